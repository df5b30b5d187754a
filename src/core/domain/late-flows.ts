/**
 * Assigns late-booked cash and shares to the close that already included them. A close records its excess
 * over the books; of the rows dated on or before its session, those that best explain the excess count in
 * it. Pure.
 */
import type { AccountState, CashFlow, EquityPoint, NotInBooks } from './account-state.ts';
import { sessionOn } from './calendar.ts';
import { newYorkDate } from './new-york.ts';
import type { Fill } from './order.ts';
import { type Cents, cents, type EpochMs, type Qty, qty, type Ticker, valueOf } from './units.ts';

/** Every subset of this many rows is tried; rows beyond them count when they were booked. */
const MAX_ROWS = 10;

/** Returns the excess of the close over the books; undefined where they agree. */
export function notInBooks(
  { ledger, booked, cashFlows }: Pick<AccountState, 'ledger' | 'booked' | 'cashFlows'>,
  { cash, holdings }: EquityPoint,
): NotInBooks | undefined {
  const more = cash - ledger.cash;
  const tickers = holdings ? new Set([...holdings.keys(), ...ledger.lots.keys()]) : [];
  const shares = [...tickers].flatMap((ticker): [Ticker, Qty][] => {
    const held = holdings?.get(ticker)?.qty ?? 0;
    const left = held - (ledger.lots.get(ticker)?.qty ?? 0);
    return left === 0 ? [] : [[ticker, qty(left)]];
  });
  // The broker keeps more decimals: each booking may be off by a cent.
  const isCash = Math.abs(more) > booked.size;
  if (!isCash && shares.length === 0) return undefined;
  return { cash: cents(isCash ? more : 0), shares: new Map(shares), flows: cashFlows.length };
}

/**
 * Returns the closes adjusted for an execution booked late, which later closes already included, and the
 * cash flows as they then count.
 */
export function withLateFill(
  book: Pick<AccountState, 'equity' | 'cashFlows'>,
  fill: Fill,
): Pick<AccountState, 'equity' | 'cashFlows'> {
  const had = ({ at }: EquityPoint): boolean => at !== undefined && at >= fill.at;
  const { equity, cashFlows } = book;
  if (!equity.some(had)) return { equity, cashFlows };
  const explained = equity.map((point) => (had(point) ? withoutFill(point, fill) : point));
  return { equity: explained, cashFlows: countedAtCloses({ equity: explained, cashFlows }) };
}

function withoutFill(
  { notInBooks: missing, ...point }: EquityPoint,
  { side, ticker, qty: shares, price }: Fill,
): EquityPoint {
  if (!missing) return point;
  const sign = side === 'buy' ? 1 : -1;
  const left = (missing.shares.get(ticker) ?? 0) - sign * shares;
  const cash = cents(missing.cash + sign * valueOf(shares, price));
  return {
    ...point,
    notInBooks: { ...missing, cash, shares: new Map(missing.shares).set(ticker, qty(left)) },
  };
}

/** Returns the cash flows, each counted at the first close that included it, else at its own date. */
export function countedAtCloses({
  equity,
  cashFlows,
}: Pick<AccountState, 'equity' | 'cashFlows'>): readonly CashFlow[] {
  const closeOf = new Map<CashFlow, EquityPoint>();
  for (const close of equity) {
    for (const flow of flowsIn(close, cashFlows, closeOf)) closeOf.set(flow, close);
  }
  return cashFlows.map((flow) => countedIn(flow, closeOf.get(flow)));
}

function countedIn(flow: CashFlow, close: EquityPoint | undefined): CashFlow {
  const counted = close === undefined ? flow.dated : (closeInstant(close) ?? flow.dated);
  const worth = close && worthIn(close, flow);
  if (flow.counted === counted && flow.worth === worth) return flow;
  return { ...flow, counted, worth };
}

/** Worth of the shares in that close, in cents; undefined where the close does not say. */
function worthIn(close: EquityPoint, { activity }: CashFlow): Cents | undefined {
  const { kind, ticker, qty: moved } = activity;
  const isMoved = (kind === 'transfer' || kind === 'other') && moved !== 0;
  const held = ticker && isMoved ? close.holdings?.get(ticker) : undefined;
  return held && held.qty > 0 ? cents(Math.round((held.value * moved) / held.qty)) : undefined;
}

function closeInstant({ session }: EquityPoint): EpochMs | undefined {
  return sessionOn(session)?.close;
}

/** The rows that this close was the first to include. */
function flowsIn(
  { session, notInBooks: missing }: EquityPoint,
  cashFlows: readonly CashFlow[],
  earlier: ReadonlyMap<CashFlow, EquityPoint>,
): readonly CashFlow[] {
  if (!missing) return [];
  const late = cashFlows.slice(missing.flows).filter((flow) => mayBeIn(flow, session));
  const explain = (target: number, amountOf: (flow: CashFlow) => number): readonly CashFlow[] => {
    const rows = late.filter((flow) => amountOf(flow) !== 0);
    const known = rows.filter((flow) => earlier.has(flow));
    const left = known.reduce((rest, flow) => rest - amountOf(flow), target);
    return closest(
      rows.filter((flow) => !earlier.has(flow)),
      amountOf,
      left,
    );
  };
  return [
    ...explain(missing.cash, ({ activity }) => activity.cash),
    ...[...missing.shares].flatMap(([ticker, left]) =>
      explain(left, ({ activity }) =>
        activity.ticker === ticker && activity.cash === 0 ? activity.qty : 0,
      ),
    ),
  ];
}

/** Reversals and accepted differences have no date of their own. */
function mayBeIn({ activity, isUndated }: CashFlow, session: string): boolean {
  return isUndated || activity.cancels !== undefined || newYorkDate(activity.at) <= session;
}

/** The subset of rows whose sum is nearest to the target; empty if no subset is nearer than zero. */
function closest(
  rows: readonly CashFlow[],
  amountOf: (flow: CashFlow) => number,
  target: number,
): readonly CashFlow[] {
  let sets: readonly { readonly rows: readonly CashFlow[]; readonly left: number }[] = [
    { rows: [], left: target },
  ];
  for (const row of rows.slice(0, MAX_ROWS)) {
    const amount = amountOf(row);
    sets = [...sets, ...sets.map((set) => ({ rows: [...set.rows, row], left: set.left - amount }))];
  }
  return sets.reduce((best, set) => (Math.abs(set.left) < Math.abs(best.left) ? set : best)).rows;
}
