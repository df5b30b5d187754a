/** How an order stands or ended, in the words that people use. Pure. */
import type { Order } from './order.ts';

/** Open states that say more than that the broker has it. */
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

/** Open states that say no more than that; another word of the broker is shown as it is. */
const PLAIN_OPEN: ReadonlySet<string> = new Set([
  'new',
  'accepted',
  'pending_new',
  'accepted_for_bidding',
  'partially_filled',
]);

/** How an order ended: `cancelled`, `replaced by somebody`. Of an open one, that it is. */
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

/** Why an order was for less than was planned. */
export function sizedWords({ side }: Pick<Order, 'side'>): string {
  return side === 'buy'
    ? 'reduced to what cash and limits allow'
    : 'reduced to the shares available';
}

/** What is unusual about an open order; undefined where nothing is, and for one that has ended. */
export function standingOf({
  status,
  brokerStatus,
}: Pick<Order, 'status' | 'brokerStatus'>): string | undefined {
  if (status !== 'open' || PLAIN_OPEN.has(brokerStatus)) return undefined;
  return OPEN_WORDS.get(brokerStatus) ?? `the broker says ${brokerStatus}`;
}
