/** From weights to shares. Everything rounds down: never over the target, never over the money. */
import type { PlanRules } from '../domain/decision.ts';
import { type Cents, type Qty, qty, toDollars, valueOf } from '../domain/units.ts';

const NANOS = 1_000_000_000;

/** Room for the rounding of the four operations before it, so that 29 shares do not become 28. */
const ROUNDING = 1e-14;

/** The smallest step of an order, in billionths of a share. */
export function stepOf(rules: PlanRules): number {
  return rules.fractional ? 1 : NANOS;
}

/** Shares that a weight of the equity buys at the price (dollars a share), to the billionth below. */
export function sharesOf(weight: number, equity: Cents, price: number): Qty {
  return qty(Math.floor(((weight * toDollars(equity)) / price) * NANOS * (1 + ROUNDING)));
}

/**
 * The order that brings a holding to its target: positive buys, negative sells, in billionths. A
 * multiple of `step`, rounded down, so the holding ends at or below the target and within one step of
 * it. A holding of less than one step above it is sold whole rather than oversold.
 */
export function changeTo(target: Qty, held: Qty, step: number): number {
  const change = Math.floor((target - held) / step) * step;
  return held > 0 ? Math.max(change, -held) : change;
}

/** A quantity to buy and its price. */
export interface Purchase {
  readonly qty: Qty;
  /** Dollars a share. */
  readonly price: number;
}

/**
 * Quantities of the purchases that together cost at most `available`. Where they do not fit, all
 * shrink by the same factor and round down to a step: no ticker is preferred, no order matters.
 */
export function fitPurchases(
  purchases: readonly Purchase[],
  available: Cents,
  step: number,
): readonly Qty[] {
  const cost = purchases.reduce((sum, buy) => sum + valueOf(buy.qty, buy.price), 0);
  if (cost <= available) return purchases.map((buy) => buy.qty);
  // Each value was rounded to a cent, so a cent for each is kept back.
  const factor = Math.max(0, available - purchases.length) / cost;
  return purchases.map((buy) => qty(Math.floor((buy.qty * factor) / step) * step));
}
