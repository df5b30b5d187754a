/** Cancelled orders, from the view of their rebalance. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { isFinal } from '#core/domain/order.ts';
import type { EngineParts } from '../parts.ts';
import { isOverdue, LOST_MS } from './managed-orders.ts';
import type { OrderBlock } from './order-block.ts';

/** The block on an order that a person cancelled, or undefined. */
export function cancelRequested(
  { journal }: Pick<EngineParts, 'journal'>,
  clientOrderId: string,
): OrderBlock | undefined {
  const by = journal.book().managedOrders.get(clientOrderId)?.cancelRequestedBy;
  if (by === undefined) return undefined;
  return { kind: 'refuse', limit: 'taken back', reason: `cancelled by ${by}` };
}

/** Whether a cancelled order of unknown outcome may be written off. */
export function mayWriteOff(
  { clocks }: Pick<EngineParts, 'clocks'>,
  managed: ManagedOrder | undefined,
): boolean {
  if (managed?.cancelRequestedBy === undefined || managed.sentAt === undefined) return false;
  return clocks.market.now() - managed.sentAt >= LOST_MS;
}

/**
 * Requests cancellation of orders that a person cancelled but that are still open: one may have arrived
 * only after the request, or the process may have ended before sending it. `asked` holds those already
 * requested, and is added to.
 */
export async function cancelRequestedOrders(
  { broker, clocks, journal }: Pick<EngineParts, 'broker' | 'clocks' | 'journal'>,
  asked: Set<string>,
): Promise<void> {
  for (const managed of journal.book().managedOrders.values()) {
    const { order, cancelRequestedBy } = managed;
    if (cancelRequestedBy === undefined || !order || isFinal(order) || asked.has(order.id))
      continue;
    // After the end of its session no further requests are sent; its state is shown as it is.
    if (isOverdue(managed, clocks.market.now())) continue;
    await broker.cancel(order.id);
    asked.add(order.id);
  }
}
