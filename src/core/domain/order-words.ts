/** The status of an order in plain words. Pure. */
import type { Order } from './order.ts';

/** Open statuses that say more than that the order is at the broker. */
const OPEN_WORDS: ReadonlyMap<string, string> = new Map([
  ['done_for_day', 'done for today'],
  ['pending_cancel', 'being cancelled'],
  ['pending_replace', 'being replaced by somebody'],
  ['stopped', 'a fill is guaranteed'],
  ['suspended', 'suspended by the exchange'],
  ['calculated', 'done for today, being calculated by the broker'],
  ['held', 'held back by the broker'],
  ['filled', 'reported as filled, but not all fills have arrived'],
]);

/** Open statuses that say no more than that; any other status of the broker is shown as it is. */
const PLAIN_OPEN: ReadonlySet<string> = new Set([
  'new',
  'accepted',
  'pending_new',
  'accepted_for_bidding',
  'partially_filled',
]);

/** How an order ended: `cancelled`, `replaced by somebody`; for an open one, that it is open. */
export function endingOf(order: Pick<Order, 'status' | 'brokerStatus' | 'side'>): string {
  switch (order.status) {
    case 'canceled':
      return 'cancelled';
    case 'expired':
    case 'rejected':
      return order.status;
    case 'replaced':
      return 'replaced by somebody';
    case 'filled':
      return sizedWords(order);
    case 'open': {
      const standing = standingOf(order);
      return `still open at the broker${standing === undefined ? '' : ` (${standing})`}`;
    }
    default:
      return order.status satisfies never;
  }
}

/** Why an order was smaller than planned. */
export function sizedWords({ side }: Pick<Order, 'side'>): string {
  return side === 'buy'
    ? 'reduced to what cash and limits allow'
    : 'reduced to the shares available';
}

/** Unusual facts about an open order; undefined where there are none, and for one that has ended. */
export function standingOf({
  status,
  brokerStatus,
}: Pick<Order, 'status' | 'brokerStatus'>): string | undefined {
  if (status !== 'open' || PLAIN_OPEN.has(brokerStatus)) return undefined;
  return OPEN_WORDS.get(brokerStatus) ?? `the broker says ${brokerStatus}`;
}
