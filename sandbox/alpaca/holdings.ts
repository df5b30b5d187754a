/** Cash and shares as a reduction of activities: integers only, so the account is exact to the cent. */
import { type Cents, cents, type Qty, qty, type Ticker } from '#core/domain/units.ts';
import type { Activity, FillActivity } from './records.ts';

/** Shares of one ticker. */
export interface Holding {
  readonly ticker: Ticker;
  readonly qty: Qty;
  /** Cost of the shares still held, at average cost. */
  readonly cost: Cents;
}

/** Cash and shares at an instant. */
export interface Holdings {
  readonly cash: Cents;
  readonly shares: ReadonlyMap<Ticker, Holding>;
}

/** Only cash. */
export function openingHoldings(cash: Cents): Holdings {
  return { cash, shares: new Map() };
}

/** @throws RangeError when a sum exceeds the range of exact integers. */
export function after(held: Holdings, activity: Activity): Holdings {
  const cash = cents(held.cash + activity.amount);
  if (activity.kind === 'cash' || activity.kind === 'fee' || activity.kind === 'dividend')
    return { cash, shares: held.shares };
  const before = held.shares.get(activity.ticker) ?? { qty: qty(0), cost: cents(0) };
  const { qty: next, cost } =
    activity.kind === 'fill'
      ? afterFill(before, activity)
      : { qty: qty(before.qty + activity.qty), cost: before.cost };
  const shares = new Map(held.shares);
  if (next === 0) shares.delete(activity.ticker);
  else shares.set(activity.ticker, { ticker: activity.ticker, qty: next, cost });
  return { cash, shares };
}

interface Lot {
  readonly qty: Qty;
  readonly cost: Cents;
}

/** A sale removes its proportional cost, rounded to the cent; the last one removes the rest. */
function afterFill(before: Lot, fill: FillActivity): Lot {
  if (fill.side === 'buy') {
    return { qty: qty(before.qty + fill.qty), cost: cents(before.cost - fill.amount) };
  }
  const left = qty(before.qty - fill.qty);
  if (left === 0 || before.qty === 0) return { qty: left, cost: cents(0) };
  const cost =
    (BigInt(before.cost) * BigInt(left) * 2n + BigInt(before.qty)) / (BigInt(before.qty) * 2n);
  return { qty: left, cost: cents(Number(cost)) };
}
