/** Whether a plan is still the one that was shown, and how far it has moved. Pure. */
import type { Decision } from '../domain/decision.ts';
import { type Ticker, toDollars, toShares } from '../domain/units.ts';
import type { EngineParts } from './parts.ts';

/**
 * The difference between the orders, sells against buys, in basis points of current equity. Shares at
 * current prices: a plan with the same dollars but other shares would buy something else.
 */
export function movedBps(shown: Decision, now: Decision): number {
  const [before, after] = [sharesOf(shown), sharesOf(now)];
  const tickers = new Set([...before.keys(), ...after.keys()]);
  const moved = [...tickers].reduce((sum, each) => {
    const price = now.prices.get(each) ?? shown.prices.get(each) ?? 0;
    return sum + Math.abs((after.get(each) ?? 0) - (before.get(each) ?? 0)) * price;
  }, 0);
  if (moved === 0) return 0;
  const equity = toDollars(now.holdings.equity);
  return equity > 0 ? (moved / equity) * 10_000 : Infinity;
}

/** By ticker; a sell is negative, so that a change of side counts in full. */
function sharesOf({ plan }: Decision): ReadonlyMap<Ticker, number> {
  return new Map(
    plan.orders.map(({ ticker, side, qty }) => [
      ticker,
      side === 'buy' ? toShares(qty) : -toShares(qty),
    ]),
  );
}

/** A digest of the orders shown to people. */
export function planHash(
  { hash }: Pick<EngineParts, 'hash'>,
  { id, asOf, plan }: Decision,
): string {
  const orders = plan.orders.map(({ side, ticker, qty }) => [side, ticker, qty]);
  return hash(JSON.stringify([id, asOf, orders])).slice(0, 12);
}
