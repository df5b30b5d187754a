/** Sums of realised gains. */

import { keepingList, keepingSame } from '../kept.ts';
import type { OrderIntent } from '../order.ts';
import { type Cents, cents, type EpochMs, epochMs } from '../units.ts';
import type { LotEvent, LotRecord } from './lot-event.ts';
import type { Disposal } from './open-lots.ts';
import { gainOf, taxLots } from './tax-lots.ts';

/** Gains in cents, after disallowed wash sale losses; negative is a loss. */
export interface Gains {
  readonly short: Cents;
  readonly long: Cents;
  /** Gains of shares with an unknown holding period. */
  readonly undated: Cents;
  /** Number of sold parts of lots with unknown cost: they are in no sum. */
  readonly unknown: number;
  /** Losses disallowed as wash sales, at least 0. */
  readonly disallowed: Cents;
}

/** Returns the sums of those sales. */
export function gainsOf(disposals: readonly Disposal[]): Gains {
  const sum = { short: 0, long: 0, undated: 0, unknown: 0, disallowed: 0 };
  for (const disposal of disposals) {
    const gain = gainOf(disposal);
    if (gain === undefined) sum.unknown += 1;
    else sum[disposal.term ?? 'undated'] += gain;
    sum.disallowed += disposal.disallowed;
  }
  const { short, long, undated, unknown, disallowed } = sum;
  return {
    short: cents(short),
    long: cents(long),
    undated: cents(undated),
    unknown,
    disallowed: cents(disallowed),
  };
}

/** Returns the total known gain, whatever its term. */
export function totalGain({ short, long, undated }: Gains): Cents {
  return cents(short + long + undated);
}

/** Marks ids of hypothetical orders. */
const PLANNED = 'planned ';

/**
 * Returns the gains that orders would realise at decision prices. `disallowed` includes earlier losses that
 * their buys would turn into wash sales.
 * @param at when they would fill; later journal entries are ignored.
 */
export function plannedGains(
  { events, costs }: LotRecord,
  orders: readonly OrderIntent[],
  at: EpochMs,
): Gains {
  const known = knownEvents(events.filter(({ recordedAt }) => recordedAt <= at));
  return keptGains({ events: known, costs, orders, at });
}

/** The card of a rebalance is made again with each of its fills, which its plan did not know. */
const knownEvents = keepingList<LotEvent>();
const keptGains = keepingSame(gainsOfPlan);

interface KnownPlan extends LotRecord {
  readonly orders: readonly OrderIntent[];
  readonly at: EpochMs;
}

function gainsOfPlan({ orders, at, ...known }: KnownPlan): Gains {
  const planned = orders.map((order, index) => plannedTrade(order, index, at));
  const before = taxLots(known).disposals;
  const after = taxLots({ ...known, events: [...known.events, ...planned] }).disposals;
  const made = gainsOf(after.filter(({ orderId }) => orderId?.startsWith(PLANNED)));
  const disallowed = gainsOf(after).disallowed - gainsOf(before).disallowed;
  return { ...made, disallowed: cents(disallowed) };
}

function plannedTrade(order: OrderIntent, index: number, at: EpochMs): LotEvent {
  const { ticker, side, qty, priceAtDecision: price } = order;
  const id = `${PLANNED}${index}`;
  const when = epochMs(at);
  const fill = { id, orderId: id, ticker, side, qty, price, at: when };
  return { kind: 'trade', lot: id, fill, at: when, recordedAt: when };
}
