/** Orders with our ids that this journal does not have, or that belong to another installation. */
import type { Entry } from '#core/domain/entry.ts';
import { CLIENT_ORDER_PREFIX, type Order } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { isSame } from '../execution/managed-orders.ts';
import type { ReconcileParts } from '../parts.ts';
import { LATE_MS, since } from './movements.ts';

/** Orders with our prefix that the broker has and this journal does not: the journal lost rows. */
export async function lostOrders({
  broker,
  journal,
}: Pick<ReconcileParts, 'broker' | 'journal'>): Promise<readonly Order[]> {
  const book = journal.book();
  const from = book.baseline ? epochMs(Math.max(book.baseline.at, since(book))) : epochMs(0);
  const orders = await broker.orders(from);
  return orders.filter(
    ({ clientOrderId, submittedAt }) =>
      clientOrderId.startsWith(CLIENT_ORDER_PREFIX) &&
      submittedAt >= from &&
      !book.managedOrders.has(clientOrderId) &&
      !book.recoveredOrders.has(clientOrderId),
  );
}

/**
 * Orders of another installation with our ids but another size: theirs are at the broker, and ours, which
 * never got there, are written off.
 */
export async function acceptForeignOrders(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  by: string,
): Promise<readonly Entry[]> {
  const { managedOrders } = journal.book();
  const waiting = [...managedOrders.values()].filter(
    ({ order, state }) => !order && state !== 'refused',
  );
  if (waiting.length === 0) return [];
  const orders = await broker.orders(epochMs(Math.min(...waiting.map(({ at }) => at)) - LATE_MS));
  return waiting.flatMap((managed): readonly Entry[] => {
    const { clientOrderId } = managed.intent;
    const theirs = orders.find((order) => order.clientOrderId === clientOrderId);
    if (!theirs || isSame(managed, theirs)) return [];
    const reason = `another Rotor sent its own order under this id; accepted by ${by}`;
    return [
      { kind: 'refused', clientOrderId, reason },
      { kind: 'recovered-order', clientOrderId, by },
    ];
  });
}

/** @throws TradingError `halt` when the broker has orders that this journal does not. */
export async function assertNothingLost(parts: ReconcileParts): Promise<void> {
  const lost = await lostOrders(parts);
  const first = lost[0];
  if (!first) return;
  throw new TradingError(
    `journal: the broker has ${lost.length} orders of ours that are not recorded here, the first ` +
      `${first.clientOrderId}: this journal is older than the account; restore a newer backup, or ` +
      'look at the positions and adopt them',
    'halt',
  );
}
