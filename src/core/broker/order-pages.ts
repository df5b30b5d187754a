/** Orders, which the broker returns in pages. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { SetAsideRow } from '../domain/account.ts';
import { advances, type Order, type UnmanagedOrder } from '../domain/order.ts';
import type { EpochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { askJson } from './ask.ts';
import type { AssetClasses } from './asset-classes.ts';
import { instant } from './fields.ts';
import { foreignOrder, order, unmanagedOrder } from './order-rows.ts';
import { type IsOurs, listOf, type Row, readRows } from './rows.ts';

const PAGE_SIZE = 500;
/** Far more than an account with monthly rebalances can have; an endless list is an error. */
const MAX_PAGES = 200;

/** One reading of the broker's list, by kind of order. */
export interface OrderBook {
  /** Stock orders; oldest first, each once. */
  readonly orders: readonly Order[];
  readonly unmanaged: readonly UnmanagedOrder[];
  readonly setAside: readonly SetAsideRow[];
}

/** Dependencies of the order readers. */
export interface OrderParts {
  readonly alpaca: Alpaca;
  readonly isOurs: IsOurs;
  readonly classes: Pick<AssetClasses, 'ofRow'>;
}

/** Every open order, and every order submitted at or after `since`. */
export async function readOrders(parts: OrderParts, since: EpochMs): Promise<OrderBook> {
  const [open, recent] = await Promise.all([
    readPages(parts, 'open', undefined),
    readPages(parts, 'all', justBefore(since)),
  ]);
  return bookOf(parts, [...open, ...recent]);
}

/** Every order that may still fill. */
export async function readOpenOrders(parts: OrderParts): Promise<OrderBook> {
  return bookOf(parts, await readPages(parts, 'open', undefined));
}

function bookOf({ isOurs, classes }: OrderParts, rows: readonly Row[]): OrderBook {
  const isStock = (row: Row): boolean => classes.ofRow(row) === 'us_equity';
  const reading = { what: 'Alpaca orders', answer: 'orders', isOurs };
  const stocks = readRows(rows.filter(isStock), {
    ...reading,
    shape: (row) => (isOurs(row) ? order : foreignOrder),
  });
  const others = readRows(
    rows.filter((row) => !isStock(row)),
    { ...reading, shape: () => unmanagedOrder },
  );
  return {
    orders: merged(stocks.rows),
    unmanaged: [...new Map(others.rows.map((each) => [each.id, each])).values()],
    setAside: [...stocks.setAside, ...others.setAside],
  };
}

/** Of two readings of an order, keeps the more advanced one. */
function merged(orders: readonly Order[]): readonly Order[] {
  const byId = new Map<string, Order>();
  for (const each of orders) {
    if (advances(byId.get(each.id), each)) byId.set(each.id, each);
  }
  return [...byId.values()].sort((a, b) => a.submittedAt - b.submittedAt);
}

async function readPages(
  { alpaca }: OrderParts,
  status: 'open' | 'all',
  from: string | undefined,
): Promise<readonly Row[]> {
  const what = `Alpaca orders (${status})`;
  const found: Row[] = [];
  const seen = new Set<unknown>();
  let next: { readonly after?: string } = from === undefined ? {} : { after: from };
  for (let page = 0; page < MAX_PAGES; page++) {
    const request = { status, direction: 'asc', limit: PAGE_SIZE, ...next } as const;
    const listed = listOf(
      what,
      await askJson(what, () => alpaca.trading.orders.getAllOrdersRaw(request)),
    );
    found.push(...listed);
    if (listed.length < PAGE_SIZE) return found;
    // A row without a date cannot give the start of the next page; an earlier row can.
    const last = listed.map(submittedAt).findLast((at) => at !== undefined);
    if (last === undefined || listed.every(({ id }) => seen.has(id))) break;
    for (const { id } of listed) seen.add(id);
    next = { after: justBefore(last) };
  }
  throw new TradingError(`${what}: the list does not end`, 'retry');
}

function submittedAt(row: Row): EpochMs | undefined {
  const submitted = instant.safeParse(row['submitted_at']);
  return submitted.success ? submitted.data : instant.safeParse(row['created_at']).data;
}

/**
 * `after` is exclusive and finer than our milliseconds: starting a millisecond earlier loses nothing, and
 * duplicates are merged.
 */
function justBefore(at: EpochMs): string {
  return new Date(at - 1).toISOString();
}
