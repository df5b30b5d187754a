/** Our orders that may be at the broker without being listed: they count at their worst case. Pure. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Order } from '#core/domain/order.ts';
import { type EpochMs, qty } from '#core/domain/units.ts';
import { isOverdue } from './managed-orders.ts';

/**
 * Orders of unknown outcome, and orders still open after their session, as the broker would list them while
 * open: the limits must hold even if they do arrive.
 */
export function unlistedOrders(
  managedOrders: Iterable<ManagedOrder>,
  listed: readonly Order[],
  now: EpochMs,
): readonly Order[] {
  const known = new Set(listed.map(({ clientOrderId }) => clientOrderId));
  return [...managedOrders]
    .filter((managed) => !known.has(managed.intent.clientOrderId) && mayBeOpen(managed, now))
    .map(asOpen);
}

function mayBeOpen(managed: ManagedOrder, now: EpochMs): boolean {
  return managed.state === 'sending' || (managed.state === 'placed' && isOverdue(managed, now));
}

function asOpen({ intent, order, sent, sentAt, at }: ManagedOrder): Order {
  if (order) return order;
  const { clientOrderId, ticker, side } = intent;
  const limitPrice = sent?.limitPrice === undefined ? undefined : Number(sent.limitPrice);
  return {
    id: clientOrderId,
    clientOrderId,
    ticker,
    side,
    qty: sent?.qty ?? intent.qty,
    filledQty: qty(0),
    averagePrice: undefined,
    status: 'open',
    brokerStatus: 'unknown',
    submittedAt: sentAt ?? at,
    updatedAt: sentAt ?? at,
    limitPrice,
  };
}
