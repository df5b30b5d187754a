/** Tracks orders until they are final: REST is authoritative, the stream only says when to poll. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Fill } from '#core/domain/order.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { EngineParts, ExecutionParts } from '../parts.ts';
import {
  isBehind,
  isOrderFinal,
  orderEntries,
  ordersById,
  withoutRepeats,
} from './managed-orders.ts';

/** Polling interval without an update. */
const POLL_MS = 5_000;
/** Minimum spacing of the first two polls; each later one is a second longer, up to the polling interval. */
const SPACING_MS = 3_000;
const SPACING_STEP_MS = 1_000;
/** An order resting this long is cancelled and sent again at the current price. */
const RESTING_MS = 60_000;
/** After this long, in market time, the cycle pauses; the next wake continues it. */
const PATIENCE_MS = 10 * 60_000;
const OVERLAP_MS = 60_000;

type OrderParts = Pick<EngineParts, 'broker' | 'journal'>;

/** Records the broker's state of our orders since `since`, and all their fills. */
export async function refreshOrders(parts: OrderParts, since: EpochMs): Promise<void> {
  await readOrders(parts, since);
  await bookFills(parts);
}

/** Records the broker's state of our orders since `since`; their fills are booked later. */
export async function readOrders({ broker, journal }: OrderParts, since: EpochMs): Promise<void> {
  const orders = await broker.orders(epochMs(since - OVERLAP_MS));
  journal.append(...orderEntries(journal.book(), orders));
}

/** Books executions until every order's fills add up to its reported filled quantity. */
export async function bookFills({ broker, journal }: OrderParts): Promise<void> {
  const behind = [...journal.book().managedOrders.values()].filter(isBehind);
  if (behind.length === 0) return;
  const since = Math.min(...behind.map((managed) => managed.at)) - OVERLAP_MS;
  const byOrder = new Map(
    behind.map((managed) => [managed.order?.id, managed.intent.clientOrderId]),
  );
  const told = await broker.fills(epochMs(since));
  const fills = withoutRepeats(journal.book(), ordersById(journal.book()), told);
  journal.append(...fills.flatMap((fill) => bookableEntries(fill, byOrder.get(fill.orderId))));
}

function bookableEntries(fill: Fill, clientOrderId: string | undefined): readonly Entry[] {
  return clientOrderId === undefined ? [] : [{ kind: 'fill', clientOrderId, fill }];
}

/** The result of waiting for orders. */
export type OrderWaitResult = 'final' | 'still open';

/**
 * Waits until all orders are final. One that rests for a minute is asked to cancel, so that its remainder
 * can be sent again at the current price. Polls at most every few seconds, however many updates arrive:
 * requests are limited. Fills are booked by the comparison that follows.
 */
export async function awaitFinal(
  parts: ExecutionParts,
  live: () => readonly ManagedOrder[],
  signal: AbortSignal,
): Promise<OrderWaitResult> {
  const { broker, clocks } = parts;
  const began = Math.min(...live().map((managed) => managed.at));
  const deadline = clocks.market.now() + PATIENCE_MS;
  const asked = new Map<string, number>();
  for (let looks = 0; ; looks++) {
    const hint = nextHint(broker.onOrderUpdate);
    // The answers to the POSTs are only a moment old.
    if (looks > 0) await readOrders(parts, epochMs(began));
    const open = live().filter((managed) => !isOrderFinal(managed));
    if (open.length === 0 || clocks.market.now() > deadline) {
      hint.forget();
      return open.length === 0 ? 'final' : 'still open';
    }
    await cancelResting(parts, open, asked);
    const requestedAt = clocks.market.now();
    await Promise.race([hint.arrived, clocks.market.sleep(POLL_MS, signal)]);
    hint.forget();
    // Updates come in bursts; one poll a moment later covers them all.
    const spacing = Math.min(POLL_MS, SPACING_MS + looks * SPACING_STEP_MS);
    const early = requestedAt + spacing - clocks.market.now();
    if (early > 0) await clocks.market.sleep(early, signal);
  }
}

/** Requests cancellation of each resting order, once a minute. */
async function cancelResting(
  { broker, clocks }: Pick<EngineParts, 'broker' | 'clocks'>,
  open: readonly ManagedOrder[],
  asked: Map<string, number>,
): Promise<void> {
  for (const { order, sentAt, at } of open) {
    if (!order) continue;
    const since = asked.get(order.id) ?? sentAt ?? at;
    if (clocks.market.now() - since < RESTING_MS) continue;
    asked.set(order.id, clocks.market.now());
    await broker.cancel(order.id);
  }
}

/** Resolves at the next order update, so that a fill is seen before the next poll. */
function nextHint(subscribe: ExecutionParts['broker']['onOrderUpdate']): {
  readonly arrived: Promise<void>;
  readonly forget: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = subscribe(() => resolve());
  return { arrived: promise, forget };
}
