/**
 * From weights to shares. Everything rounds down: never above the target, never above the money available.
 */
import type { PlanRules } from '../domain/decision.ts';
import { valueOf } from '../domain/units.ts';

const NANOS = 1_000_000_000;

/** Allowance for rounding in the four operations before it, so that 29 shares do not become 28. */
const ROUNDING = 1e-14;

/** The smallest step of an order, in billionths of a share. */
export function stepOf(rules: PlanRules): number {
  return rules.fractional ? 1 : NANOS;
}

/**
 * Billionths of a share that a weight of the equity (cents) buys at the price (dollars a share), rounded
 * down.
 */
export function nanosOf(weight: number, equity: number, price: number): number {
  return Math.floor(((weight * (equity / 100)) / price) * NANOS * (1 + ROUNDING));
}

/**
 * The order that brings a holding to its target: positive buys, negative sells, in billionths. A multiple
 * of `step`, rounded down, so the holding ends at or below the target and within one step of it. Of a
 * holding at most the whole steps are sold: what is less than a step cannot be traded, and stays.
 */
export function changeTo(target: number, held: number, step: number): number {
  const change = Math.floor((target - held) / step) * step;
  // Adding 0 makes 0 of -0.
  return held > 0 ? Math.max(change, -Math.floor(held / step) * step) + 0 : change;
}

/** The value of that many billionths of a share at a price (dollars a share), cents. */
export function worthOf(nanos: number, price: number): number {
  return valueOf(nanos as Parameters<typeof valueOf>[0], price);
}

/**
 * The factor that shrinks purchases to the money available, 1 if they fit. All shrink by the same factor and
 * round down to a step: no ticker is preferred and their order does not matter.
 * @param cost of all purchases together, cents.
 */
export function purchaseFactor(cost: number, purchases: number, available: number): number {
  if (cost <= available) return 1;
  // Each value was rounded to a cent, so a cent per purchase is held back.
  return Math.max(0, available - purchases) / cost;
}

/** A purchase times a factor, rounded down to a step. */
export function shrunk(change: number, factor: number, step: number): number {
  return Math.floor((change * factor) / step) * step;
}
