/** Orders that a person took back, seen from the rebalance that they belong to. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { isFinal } from '#core/domain/order.ts';
import type { EngineParts } from '../parts.ts';
import type { OrderBlock } from './order-block.ts';
import { isOverdue } from './stuck-orders.ts';

/**
 * An order that nobody has seen so long after its last POST never arrived. Long enough for any
 * answer that is late; it is not sent again either way.
 */
const LOST_MS = 10 * 60_000;

/** The objection to an order that a person took back, or undefined. */
export function cancelRequested(
  { journal }: Pick<EngineParts, 'journal'>,
  clientOrderId: string,
): OrderBlock | undefined {
  const by = journal.book().managedOrders.get(clientOrderId)?.cancelRequestedBy;
  if (by === undefined) return undefined;
  return { kind: 'refuse', limit: 'taken back', reason: `cancelled by ${by}` };
}

/** Whether a taken back order of unknown outcome may be written off. */
export function presumedLost(
  { clocks }: Pick<EngineParts, 'clocks'>,
  managed: ManagedOrder | undefined,
): boolean {
  if (managed?.cancelRequestedBy === undefined || managed.sentAt === undefined) return false;
  return clocks.market.now() - managed.sentAt >= LOST_MS;
}

/**
 * Asks the broker to cancel what was taken back and is open there: it may have arrived only after
 * the person asked, or the process died between the word and the request. `asked` are those that
 * were asked for already, and grows.
 */
export async function cancelRequestedOrders(
  { broker, clocks, journal }: Pick<EngineParts, 'broker' | 'clocks' | 'journal'>,
  asked: Set<string>,
): Promise<void> {
  for (const managed of journal.book().managedOrders.values()) {
    const { order, cancelRequestedBy } = managed;
    if (cancelRequestedBy === undefined || !order || isFinal(order) || asked.has(order.id))
      continue;
    // One that outlived its session has been asked often enough; it is shown as what it is.
    if (isOverdue(managed, clocks.market.now())) continue;
    await broker.cancel(order.id);
    asked.add(order.id);
  }
}
