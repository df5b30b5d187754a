import type { Fill } from './order.ts';
import { type Cents, cents, type Qty, qty, type Ticker, valueOf } from './units.ts';

/** A holding and its cost. */
export interface Lot {
  readonly qty: Qty;
  /** The cost of the shares held now, fills only; average cost method. */
  readonly cost: Cents;
}

/** Cash and shares by our own record: the baseline plus every fill, and nothing else. */
export interface Ledger {
  readonly cash: Cents;
  readonly lots: ReadonlyMap<Ticker, Lot>;
}

/** Books one execution. Cash moves by quantity times price rounded to the cent. */
export function applyFill(ledger: Ledger, fill: Fill): Ledger {
  const value = valueOf(fill.qty, fill.price);
  const held = ledger.lots.get(fill.ticker) ?? { qty: qty(0), cost: cents(0) };
  const lots = new Map(ledger.lots);
  const next = fill.side === 'buy' ? bought(held, fill.qty, value) : sold(held, fill.qty);
  if (next.qty === 0) lots.delete(fill.ticker);
  else lots.set(fill.ticker, next);
  const cash = cents(fill.side === 'buy' ? ledger.cash - value : ledger.cash + value);
  return { cash, lots };
}

/** Shares that cover a short position add no cost; shares bought beyond that do. */
function bought(held: Lot, quantity: Qty, value: Cents): Lot {
  const next = qty(held.qty + quantity);
  if (held.qty >= 0) return { qty: next, cost: cents(held.cost + value) };
  return { qty: next, cost: cents(Math.max(0, Math.round((value * next) / quantity))) };
}

/** A sale removes its share of the cost; the remainder keeps its average. */
function sold(held: Lot, quantity: Qty): Lot {
  const left = qty(held.qty - quantity);
  return { qty: left, cost: cents(left > 0 ? Math.round((held.cost * left) / held.qty) : 0) };
}

/** Books a movement without an order; the remaining shares keep their cost. */
export function applyMovement(
  ledger: Ledger,
  moved: { readonly ticker: Ticker | undefined; readonly qty: Qty; readonly cash: Cents },
): Ledger {
  const cash = cents(ledger.cash + moved.cash);
  if (moved.ticker === undefined) return { cash, lots: ledger.lots };
  const held = ledger.lots.get(moved.ticker) ?? { qty: qty(0), cost: cents(0) };
  const next = qty(held.qty + moved.qty);
  const lots = new Map(ledger.lots);
  if (next === 0) lots.delete(moved.ticker);
  else lots.set(moved.ticker, { qty: next, cost: held.cost });
  return { cash, lots };
}

/** Cash plus shares at the given prices; undefined when a held ticker has no price. */
export function equityOf(ledger: Ledger, prices: ReadonlyMap<Ticker, number>): Cents | undefined {
  let total: number = ledger.cash;
  for (const [ticker, lot] of ledger.lots) {
    const price = prices.get(ticker);
    if (price === undefined) return undefined;
    total += valueOf(lot.qty, price);
  }
  return cents(total);
}
