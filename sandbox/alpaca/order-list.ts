import { invalid } from './answers.ts';
import type { Reading } from './order-request.ts';
import { isOpen, type OrderRecord } from './records.ts';
import { microsOf } from './timestamps.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** The filters of GET /v2/orders; `after` and `until` are exclusive and refer to submission. */
export function listOrders(
  orders: readonly OrderRecord[],
  query: URLSearchParams,
): Reading<readonly OrderRecord[]> {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return refused('invalid limit');
  const status = query.get('status') ?? 'open';
  if (!['open', 'closed', 'all'].includes(status)) return refused('invalid status');
  const after = bound(query, 'after', Number.NEGATIVE_INFINITY);
  const until = bound(query, 'until', Number.POSITIVE_INFINITY);
  if (after === undefined || until === undefined) return refused('invalid timestamp');
  const symbols = list(query, 'symbols');
  const side = query.get('side');

  const found = orders.filter((order) => {
    const at = submittedMicros(order);
    if (status !== 'all' && isOpen(order) !== (status === 'open')) return false;
    if (symbols.length > 0 && !symbols.includes(order.ticker)) return false;
    if (side !== null && side !== order.side) return false;
    return at > after && at < until;
  });
  const inOrder = between(orders, found, query);
  const directed = query.get('direction') === 'asc' ? inOrder : inOrder.toReversed();
  return { kind: 'read', value: directed.slice(0, limit) };
}

/** Microseconds, so that orders of the same millisecond keep their order across pages. */
function submittedMicros(order: OrderRecord): number {
  return order.submittedAt * 1000 + (order.seq % 1000);
}

function between(
  orders: readonly OrderRecord[],
  found: readonly OrderRecord[],
  query: URLSearchParams,
): readonly OrderRecord[] {
  const seqOf = (name: string): number | undefined =>
    orders.find((order) => order.id === query.get(name))?.seq;
  const least = seqOf('after_order_id') ?? 0;
  const most = seqOf('before_order_id') ?? Number.POSITIVE_INFINITY;
  return found.filter((order) => order.seq > least && order.seq < most);
}

function bound(query: URLSearchParams, name: string, missing: number): number | undefined {
  const text = query.get(name);
  return text === null || text === '' ? missing : microsOf(text);
}

function list(query: URLSearchParams, name: string): readonly string[] {
  return query
    .getAll(name)
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '');
}

function refused(message: string): Reading<never> {
  return { kind: 'refused', answer: invalid(message) };
}
