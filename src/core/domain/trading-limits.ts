/** The limits of every order, and the part of the day that counts against them. Pure. */
import type { ManagedOrder } from './account-state.ts';
import type { ManagedRules } from './managed-account.ts';
import { newYorkDate } from './new-york.ts';
import type { Cents, EpochMs } from './units.ts';

/** All configured limits that apply to orders. */
export interface TradingLimits extends ManagedRules {
  /** Sum of positions and open orders over managed equity, 1.0 to 1.5. */
  readonly maxGross: number;
  /** One sector's share of managed equity before price moves; checked with a small allowance. */
  readonly maxWeight: number;
  readonly maxOrder: Cents;
  readonly maxOrdersPerDay: number;
  /** Sum of order values in a day over equity. */
  readonly maxTurnoverPerDay: number;
  /** Maximum distance of the latest price from the close that the decision used, a fraction. */
  readonly priceCollar: number;
  /** From the peak, a fraction; beyond it nothing adds exposure. */
  readonly maxDrawdown: number;
  /** Distance of an order's limit from the fresh price, in basis points, 0 to 50. */
  readonly limitBps: number;
  /** Maximum age of a price of this session to trade on, in milliseconds. */
  readonly maxPriceAgeMs: number;
  /** Maximum distance of equity from cash and positions of the same refresh, a fraction. */
  readonly equityTolerance: number;
}

/**
 * Orders whose last POST began on the New York day of the instant, except refused ones: the broker never
 * had them, and their retries have their own pace.
 */
export function sentOnDay(
  managedOrders: Iterable<ManagedOrder>,
  now: EpochMs,
): readonly ManagedOrder[] {
  const today = newYorkDate(now);
  return [...managedOrders].filter(
    ({ sentAt, state }) =>
      state !== 'refused' && sentAt !== undefined && newYorkDate(sentAt) === today,
  );
}
