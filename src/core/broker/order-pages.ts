/** Orders, which the broker gives out page by page. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import { advances, type Order } from '../domain/order.ts';
import type { EpochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { orders as orderList } from './answers.ts';
import { askJson, parse } from './ask.ts';
import { instant, optional, word } from './fields.ts';

const A_PAGE = 500;
/** Far beyond what a desk of monthly rebalances can have; a list without end is a fault. */
const MOST_PAGES = 200;

/** Every open order, and every one submitted at or after `since`; oldest first, each once. */
export async function readOrders(alpaca: Alpaca, since: EpochMs): Promise<readonly Order[]> {
  const [open, recent] = await Promise.all([
    readPages(alpaca, 'open', undefined),
    readPages(alpaca, 'all', justBefore(since)),
  ]);
  return merged([...open, ...recent]);
}

/** Every order that may still fill, oldest first. */
export async function readOpenOrders(alpaca: Alpaca): Promise<readonly Order[]> {
  return merged(await readPages(alpaca, 'open', undefined));
}

/** Of an order that was read twice, what is further on. */
function merged(orders: readonly Order[]): readonly Order[] {
  const byId = new Map<string, Order>();
  for (const order of orders) {
    if (advances(byId.get(order.id), order)) byId.set(order.id, order);
  }
  return [...byId.values()].sort((a, b) => a.submittedAt - b.submittedAt);
}

const submissions = z.array(
  z.looseObject({ id: word, created_at: instant, submitted_at: optional(instant) }),
);

async function readPages(
  alpaca: Alpaca,
  status: 'open' | 'all',
  from: string | undefined,
): Promise<readonly Order[]> {
  const what = `Alpaca orders (${status})`;
  const found: Order[] = [];
  const seen = new Set<string>();
  let next: { readonly after?: string } = from === undefined ? {} : { after: from };
  for (let page = 0; page < MOST_PAGES; page++) {
    const request = { status, direction: 'asc', limit: A_PAGE, ...next } as const;
    const body = await askJson(what, () => alpaca.trading.orders.getAllOrdersRaw(request));
    const listed = parse(what, body, submissions);
    found.push(...parse(what, body, orderList));
    const last = listed.at(-1);
    if (!last || listed.length < A_PAGE) return found;
    if (listed.every(({ id }) => seen.has(id))) break;
    for (const { id } of listed) seen.add(id);
    next = { after: justBefore(last.submitted_at ?? last.created_at) };
  }
  throw new TradingError(`${what}: the list does not end`, 'retry');
}

/**
 * `after` is exclusive and finer than our milliseconds: a millisecond earlier loses nothing, and what
 * comes twice is merged.
 */
function justBefore(at: EpochMs): string {
  return new Date(at - 1).toISOString();
}
