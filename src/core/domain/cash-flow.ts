/** Books cash and share movements that have no order. Pure. */
import type { ValuedHoldings } from './account.ts';
import type { AccountState, CashFlow } from './account-state.ts';
import { type Activity, isReturnOfCapital, isWorthless } from './activity.ts';
import { countedAtCloses } from './late-flows.ts';
import { applyMovement, type Ledger } from './ledger.ts';
import { instantOf } from './measured-equity.ts';
import { afterWithdrawal } from './raised-cash.ts';
import { type MovedKind, movedShares, withEvent } from './tax/lot-event.ts';
import { type Cents, cents, type EpochMs, epochMs, type Qty, type Ticker } from './units.ts';

/** An unexplained difference that a person accepted. Changes, not totals. */
export interface Adjustment {
  /** Undefined for cash. */
  readonly ticker: Ticker | undefined;
  readonly qty: Qty;
  readonly cash: Cents;
  /**
   * Its effect on equity, shares at the price of that moment: a flow, neither a gain nor a loss. Undefined
   * in entries that do not say.
   */
  readonly worth?: Cents;
}

/** Books an activity of the broker at the instant it counts at. */
export function bookActivity(
  book: AccountState,
  activity: Activity,
  recordedAt: EpochMs,
): Partial<AccountState> {
  const at = afterLastClose(book, recordedAt);
  const dated = isSinceClose(book, activity, at) ? at : epochMs(Math.min(activity.at, at));
  return {
    cashFlows: withFlow(book, { at, activity, dated, counted: dated }),
    ledger: applyMovement(book.ledger, activity),
    lots: lotsAfter(book, activity, at),
    booked: new Set(book.booked).add(activity.id),
    ...(activity.kind === 'withdrawal' && {
      raised: afterWithdrawal(book.raised, cents(Math.max(0, -activity.cash))),
    }),
  };
}

/** A cash flow booked after a close is dated after it, even if the machine's clock was set back. */
function afterLastClose({ equity }: AccountState, at: EpochMs): EpochMs {
  const last = equity.at(-1);
  return last ? epochMs(Math.max(at, instantOf(last) + 1)) : at;
}

/** Adds the flow; a close may already have included it, along with others booked since. */
function withFlow({ equity, cashFlows }: AccountState, flow: CashFlow): readonly CashFlow[] {
  return countedAtCloses({ equity, cashFlows: [...cashFlows, flow] });
}

/** Lots after an activity; a reversed activity removes the lot it created, and no other. */
function lotsAfter({ lots, seq, cashFlows }: AccountState, activity: Activity, at: EpochMs) {
  const earlier = cashFlows.find((flow) => flow.activity.id === activity.cancels);
  const taken = lots.events.findLast(
    (event) =>
      event.kind !== 'trade' &&
      event.recordedAt === earlier?.at &&
      event.ticker === earlier.activity.ticker &&
      event.qty === earlier.activity.qty,
  );
  if (taken) return { ...lots, events: lots.events.filter((event) => event !== taken) };
  const when = { at: activity.at, recordedAt: at };
  return withEvent(lots, movedShares({ ...activity, kind: lotKind(activity) }, seq + 1, when));
}

function lotKind(activity: Activity): MovedKind {
  if (isReturnOfCapital(activity)) return 'return-of-capital';
  if (isWorthless(activity)) return 'worthless';
  return activity.kind === 'split' ? 'action' : 'moved';
}

/** Books an unexplained difference that a person accepted: neither a gain nor a loss. */
export function bookAdjustment(
  book: AccountState,
  entry: Adjustment,
  recordedAt: EpochMs,
): Partial<AccountState> {
  const at = afterLastClose(book, recordedAt);
  const brought = flowOfAdjustment(entry, at);
  return {
    cashFlows: brought ? withFlow(book, brought) : book.cashFlows,
    ledger: applyMovement(book.ledger, entry),
    lots: withEvent(
      book.lots,
      // An accepted difference with no worth is a split: the price moved with it.
      movedShares({ ...entry, kind: entry.worth === 0 ? 'action' : 'moved' }, book.seq + 1, {
        at,
        recordedAt: at,
      }),
    ),
  };
}

type Held = ValuedHoldings extends ReadonlyMap<Ticker, infer V> ? V : never;

/** The part of the account missing from our books, in cents: cash, and held shares at their worth. */
export function unreconciledCash(
  { cash, lots }: Ledger,
  there: {
    readonly cash: Cents;
    readonly holdings?: Iterable<readonly [Ticker, Held]> | undefined;
  },
): number {
  const shares = [...(there.holdings ?? [])].map(([ticker, { qty: held, value }]) => {
    const ours = lots.get(ticker)?.qty ?? 0;
    return held === 0 ? 0 : (value * (held - ours)) / held;
  });
  return there.cash - cash + Math.round(shares.reduce((sum, each) => sum + each, 0));
}

/** The cash flow of an accepted difference; undefined where it has no worth. */
function flowOfAdjustment(
  { ticker, qty, cash, worth }: Adjustment,
  at: EpochMs,
): CashFlow | undefined {
  if (worth === undefined || worth === 0) return undefined;
  const moved =
    ticker === undefined
      ? ({ kind: worth > 0 ? 'deposit' : 'withdrawal', cash: worth } as const)
      : ({ kind: 'transfer', cash, worth } as const);
  const activity: Activity = { id: `adopted ${ticker ?? 'cash'} ${at}`, ticker, qty, at, ...moved };
  return { at, activity, dated: at, counted: at, isUndated: true };
}

/** Dated before the last recorded close, and booked after it. */
function isSinceClose({ equity }: AccountState, activity: Activity, at: EpochMs): boolean {
  const closed = equity.at(-1)?.at;
  return closed !== undefined && activity.at <= closed && closed <= at;
}
