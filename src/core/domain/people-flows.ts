/** Deposits to and withdrawals from the account, or a part of it. Pure. */
import type { AccountState, CashFlow } from './account-state.ts';
import { flowValue } from './activity.ts';
import type { Fill } from './order.ts';
import type { Flows } from './performance.ts';
import { type Ticker, valueOf } from './units.ts';

/** From after `since` to `until`, instants. */
export interface FlowSpan {
  readonly since: number;
  readonly until: number;
  /**
   * If set: that number of the first flows does not count and all later ones do, regardless of the broker's
   * dates and of the clock.
   */
  readonly bookedAfter?: number | undefined;
}

/**
 * In cents. Limited to the cash and these tickers if given: then buying another asset is an outflow, and
 * selling it, or its income, an inflow.
 */
export function flowsBetween(
  book: Pick<AccountState, 'cashFlows' | 'externalFills'>,
  span: FlowSpan,
  own?: ReadonlySet<Ticker>,
): Flows {
  const flows = [
    ...cashFlowsIn(book, span).map((flow) => valueTo(flow, own)),
    ...(own ? book.externalFills.filter((fill) => isForeignIn(span, fill, own)) : []).map(cashOf),
  ];
  return {
    deposited: flows.reduce((sum, flow) => sum + Math.max(0, flow), 0),
    withdrawn: flows.reduce((sum, flow) => sum - Math.min(0, flow), 0),
  };
}

/** Cash and share movements without an order that count in that period. */
export function cashFlowsIn(
  { cashFlows }: Pick<AccountState, 'cashFlows'>,
  { since, until, bookedAfter }: FlowSpan,
): readonly CashFlow[] {
  if (bookedAfter !== undefined) {
    return cashFlows.slice(bookedAfter).filter(({ counted }) => counted <= until);
  }
  const sorted = byCounted(cashFlows);
  return sorted.slice(firstAfter(sorted, since), firstAfter(sorted, until));
}

/** Ten years of closes request the flows of each day: sorted once for all of them. */
const SORTED = new WeakMap<readonly CashFlow[], readonly CashFlow[]>();

function byCounted(cashFlows: readonly CashFlow[]): readonly CashFlow[] {
  const known = SORTED.get(cashFlows) ?? cashFlows.toSorted((a, b) => a.counted - b.counted);
  SORTED.set(cashFlows, known);
  return known;
}

/** The number of flows at or before that instant. */
function firstAfter(sorted: readonly CashFlow[], instant: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.counted ?? instant) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For an unmanaged asset all cash counts as a flow, and its shares do not count. */
function valueTo(flow: CashFlow, own: ReadonlySet<Ticker> | undefined): number {
  const { ticker, cash } = flow.activity;
  return ticker === undefined || !own || own.has(ticker) ? outsideValue(flow) : cash;
}

/** The external flow in cents, shares at their worth then. */
export function outsideValue({ activity, worth = activity.worth }: CashFlow): number {
  return flowValue({ ...activity, worth });
}

function isForeignIn(
  { since, until }: FlowSpan,
  { at, ticker }: Fill,
  own: ReadonlySet<Ticker>,
): boolean {
  return !own.has(ticker) && at > since && at <= until;
}

function cashOf({ side, qty, price }: Fill): number {
  return side === 'buy' ? -valueOf(qty, price) : valueOf(qty, price);
}
