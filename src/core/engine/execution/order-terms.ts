/** Quantity and limit price of an order. Pure. */
import type { Side } from '#core/domain/order.ts';
import { type Cents, type Qty, qty, valueOf } from '#core/domain/units.ts';

/** A price under a dollar has four decimals at the exchange, any other has two. */
const FINE_BELOW_USD = 1;
const NANOS = 1_000_000_000;

/** The smallest order in billionths of a share. */
export function stepOf(fractional: boolean): number {
  return fractional ? 1 : NANOS;
}

/**
 * The limit of a day order: `limitBps` basis points beyond the fresh price, in the direction that fills.
 * Rounded to the exchange's tick, buys down and sells up, so that rounding never lets an order pay more, or
 * receive less, than allowed.
 * @param fresh dollars a share, above 0.
 * @param limitBps basis points, 0 to 50.
 */
export function limitPriceOf(side: Side, fresh: number, limitBps: number): number {
  const beyond = side === 'buy' ? 1 + limitBps / 10_000 : 1 - limitBps / 10_000;
  const steps = fresh < FINE_BELOW_USD ? 10_000 : 100;
  // Allowance for rounding of the product, or 100 × 1.005 would be a cent too low.
  const exact = fresh * beyond * steps;
  const whole = side === 'buy' ? Math.floor(exact + 1e-6) : Math.ceil(exact - 1e-6);
  return whole / steps;
}

/**
 * The maximum number of shares, up to `wanted`, that cost at most `room` at the limit price.
 * @param step the smallest order in billionths of a share: 1, or a whole share.
 */
export function affordable(wanted: Qty, limitPrice: number, room: Cents, step: number): Qty {
  const whole = Math.floor(wanted / step) * step;
  if (valueOf(qty(whole), limitPrice) <= room) return qty(whole);
  return qty(Math.floor(((Math.max(0, room) / 100 / limitPrice) * NANOS) / step) * step);
}

/**
 * The shares of a sell: the wanted quantity, as far as the broker holds it unreserved by other orders.
 * Whole shares only where fractions may not be traded.
 * @param step the smallest order in billionths of a share.
 */
export function sellable(wanted: Qty, available: Qty, step: number): Qty {
  return qty(Math.floor(Math.max(0, Math.min(wanted, available)) / step) * step);
}
