/**
 * Implementation shortfall: the cost of a rebalance against the paper model, which trades the whole plan at
 * the closes it was decided on. The parts add up to the difference to the cent.
 */
import type { AccountState, CashFlow, Rebalance } from '../domain/account-state.ts';
import { managedOrdersOf } from '../domain/account-state.ts';
import { type Bars, closeOn } from '../domain/bar.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Fill, OrderIntent } from '../domain/order.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  qty,
  type SessionDate,
  type Ticker,
  valueOf,
} from '../domain/units.ts';

/** In cents; positive is a loss against the model, negative a gain. */
export interface ShortfallParts {
  /** From the closes of the decision's bars to the prices used for sizing. */
  readonly delay: Cents;
  /** From those to the fills: spread and impact. */
  readonly impact: Cents;
  readonly fees: Cents;
  /** Planned but unfilled, from decision prices to the close of the last day. */
  readonly unfilled: Cents;
}

/** The shortfall of one finished rebalance. */
export interface Shortfall {
  readonly decisionId: string;
  readonly at: EpochMs;
  /** Undefined where a required close is unknown. */
  readonly parts: ShortfallParts | undefined;
  /** Value of the planned orders at those closes: the base of the parts. */
  readonly planned: Cents;
}

/** Every finished rebalance with orders, newest first. */
export function shortfalls(book: AccountState, bars: Bars): readonly Shortfall[] {
  const all = [...book.rebalances.values()].toSorted((a, b) => a.at - b.at);
  return all
    .flatMap((rebalance, index) => shortfallOf(book, bars, rebalance, all[index + 1]?.at) ?? [])
    .toReversed();
}

/** The sum of the parts. */
export function totalShortfall({ delay, impact, fees, unfilled }: ShortfallParts): Cents {
  return cents(delay + impact + fees + unfilled);
}

/** The sums of the known ones; undefined where there are none. */
export function sumShortfalls(all: readonly Shortfall[]): ShortfallParts | undefined {
  const known = all.flatMap(({ parts }) => parts ?? []);
  const sum = (part: keyof ShortfallParts): Cents =>
    cents(known.reduce((total, parts) => total + parts[part], 0));
  if (known.length === 0) return undefined;
  return {
    delay: sum('delay'),
    impact: sum('impact'),
    fees: sum('fees'),
    unfilled: sum('unfilled'),
  };
}

function shortfallOf(
  book: AccountState,
  bars: Bars,
  { decision, at, finishedAt }: Rebalance,
  next: EpochMs | undefined,
): Shortfall | undefined {
  const { id, plan, closes, asOf } = decision;
  if (finishedAt === undefined || plan.orders.length === 0) return undefined;
  const fills = managedOrdersOf(book, id).flatMap((managed) => managed.fills);
  const last = lastPrices(bars, asOf, newYorkDate(finishedAt), closes);
  const orders = plan.orders.map((order) =>
    partsOf(order, fillsOf(fills, order), closes.get(order.ticker), last(order.ticker)),
  );
  const fees = feesBetween(book.cashFlows, at, finishedAt, next);
  const planned = plan.orders.reduce(
    (sum, each) => sum + valueOf(each.qty, closes.get(each.ticker) ?? each.priceAtDecision),
    0,
  );
  return { decisionId: id, at, planned: cents(planned), parts: withFees(orders, fees) };
}

type OrderParts = Omit<ShortfallParts, 'fees'>;

function withFees(
  orders: readonly (OrderParts | undefined)[],
  fees: Cents,
): ShortfallParts | undefined {
  const known = orders.filter((parts) => parts !== undefined);
  if (known.length < orders.length) return undefined;
  const sum = (part: keyof OrderParts): Cents =>
    cents(known.reduce((total, parts) => total + parts[part], 0));
  return { delay: sum('delay'), impact: sum('impact'), unfilled: sum('unfilled'), fees };
}

/**
 * One planned order compared with its fills. The last price is used only for the unfilled part: without it
 * a complete fill is still exact, and anything else is unknown.
 */
function partsOf(
  { side, qty: planned, priceAtDecision }: OrderIntent,
  fills: readonly Fill[],
  close: number | undefined,
  last: number | undefined,
): OrderParts | undefined {
  const filled = qty(fills.reduce((sum, fill) => sum + fill.qty, 0));
  const end = filled === planned ? priceAtDecision : last;
  if (close === undefined || end === undefined) return undefined;
  const paid = fills.reduce((sum, fill) => sum + valueOf(fill.qty, fill.price), 0);
  const decided = valueOf(planned, priceAtDecision);
  const sign = side === 'buy' ? 1 : -1;
  const signed = (value: number): Cents => cents(sign * value || 0);
  return {
    delay: signed(decided - valueOf(planned, close)),
    impact: signed(paid - valueOf(filled, priceAtDecision)),
    unfilled: signed(
      valueOf(planned, end) - valueOf(filled, end) - (decided - valueOf(filled, priceAtDecision)),
    ),
  };
}

function fillsOf(fills: readonly Fill[], { ticker, side }: OrderIntent): readonly Fill[] {
  return fills.filter((fill) => fill.ticker === ticker && fill.side === side);
}

/** Closes of the last day, on the scale of the decision's: later dividends adjust the bars again. */
function lastPrices(
  bars: Bars,
  asOf: SessionDate,
  day: SessionDate,
  closes: ReadonlyMap<Ticker, number>,
): (ticker: Ticker) => number | undefined {
  return (ticker) => {
    const history = bars.get(ticker);
    const then = closes.get(ticker);
    const [from, to] = history ? [closeOn(history, asOf), closeOn(history, day)] : [];
    if (then === undefined || from === undefined || to === undefined || from <= 0) return undefined;
    return (then * to) / from;
  };
}

/** Trading fees that the broker dates to the days of the rebalance; positive when paid. */
function feesBetween(
  flows: readonly CashFlow[],
  begun: EpochMs,
  finished: EpochMs,
  next: EpochMs | undefined,
): Cents {
  const [first, last] = [newYorkDate(begun), newYorkDate(finished)];
  const after = next === undefined ? undefined : newYorkDate(next);
  const own = flows.filter(({ activity }) => {
    const day = newYorkDate(activity.at);
    // A day shared by two rebalances belongs to the later one.
    return activity.kind === 'fee' && day >= first && day <= last && day !== after;
  });
  return cents(own.reduce((sum, { activity }) => sum - activity.cash, 0) || 0);
}
