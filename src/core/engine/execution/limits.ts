/** What limits every order, and what of the day counts against them. Pure. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { ManagedRules } from '#core/domain/managed-account.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Cents, EpochMs } from '#core/domain/units.ts';

/** Every limit of a setting that an order can meet. */
export interface TradingLimits extends ManagedRules {
  /** Sum of positions and open orders over managed equity, 1.0 to 1.5. */
  readonly maxGross: number;
  /** One sector's share of managed equity, before prices moved it; checked with a little room. */
  readonly maxWeight: number;
  readonly maxOrder: Cents;
  readonly maxOrdersPerDay: number;
  /** Sum of order values in a day over equity. */
  readonly maxTurnoverPerDay: number;
  /** How far the latest price may be from the close that was decided on, as a fraction. */
  readonly priceCollar: number;
  /** From the peak, as a fraction; beyond it nothing adds exposure. */
  readonly maxDrawdown: number;
  /** How far beyond the fresh price an order's limit is, in basis points, 0 to 50. */
  readonly limitBps: number;
  /** A price of this session no older than that may be traded on, in milliseconds. */
  readonly maxPriceAgeMs: number;
  /** How far equity may be from cash and positions of the same look, as a fraction. */
  readonly equityTolerance: number;
}

/**
 * Orders whose last POST was begun on the New York day of the instant, less those that were refused: the
 * broker never had them, and asking again is paced by itself.
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
