import { CALENDAR_DAYS } from '#core/domain/calendar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { accountMetrics } from './account-metrics.ts';
import { type Answer, invalid, notFound, ok } from './answers.ts';
import type { Book } from './book.ts';
import { calendarJson, clockJson } from './calendar-dto.ts';
import { accountJson, assetJson, configurationJson, orderJson } from './dto.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeParts } from './exchange-parts.ts';
import { type Call, type Route, route } from './http.ts';
import { ofClass, shownRows, withFields } from './levers.ts';
import { listOrders } from './order-list.ts';
import { type Reading, unknownOrder } from './order-request.ts';
import type { OrderRecord, Settings } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Dependencies of the trading API. */
export interface TradingParts extends ExchangeParts {
  readonly exchange: Exchange;
}

/** The accepted order, or its rejection. */
export function made(order: Reading<OrderRecord>, random: SeededRandom): Answer {
  return order.kind === 'refused' ? order.answer : ok(orderJson(order.value, random));
}

/** The trading API, without activities and history. */
export function tradingRoutes(parts: TradingParts): readonly Route[] {
  const { book, time } = parts;
  return [
    route('GET', '/v2/account', () => ok(accountOf(parts))),
    route('GET', '/v2/account/configurations', () => ok(configurationJson(book.settings()))),
    route('PATCH', '/v2/account/configurations', ({ body }) => configure(book, body)),
    ...orderRoutes(parts),
    route('GET', '/v2/clock', () => ok(clockJson(time.now()))),
    route('GET', '/v2/calendar', ({ query }) => calendar(query)),
    route('GET', '/v2/assets', ({ query }) => ok(ofClass(assets(parts, query), query))),
    route('GET', '/v2/assets/:name', ({ query, params: { name = '' } }) => {
      const found = assets(parts, query).find(
        (each) => each['symbol'] === name || each['id'] === name,
      );
      return found ? ok(found) : notFound(`asset not found for ${name}`);
    }),
  ];
}

function accountOf({ book, market, time, levers, withheld }: TradingParts): unknown {
  const now = time.now();
  withheld.read();
  const metrics = accountMetrics(book, market, now, withheld);
  const set = levers.settings();
  return withFields(accountJson(book.settings(), metrics, now, set), set.rows.account);
}

function assets(
  { market, random, time, levers }: TradingParts,
  query: URLSearchParams,
): ReturnType<typeof shownRows> {
  const set = levers.settings();
  const isWanted = (query.get('status') ?? 'active') === 'active';
  const listed = isWanted ? market.tickers(time.now()) : [];
  return shownRows(
    listed.map((each) => assetJson(each, random, set)),
    'assets',
    set,
  );
}

function orderRoutes({ book, random, exchange, levers }: TradingParts): readonly Route[] {
  const shown = (orders: readonly OrderRecord[]): ReturnType<typeof shownRows> =>
    shownRows(
      orders.map((order) => orderJson(order, random)),
      'orders',
      levers.settings(),
    );
  /** A foreign order can also be found by its ids. */
  const one = (order: OrderRecord | undefined, field: string, id: string): Answer => {
    const row = order
      ? shown([order])[0]
      : levers.settings().foreign.orders.find((each) => each[field] === id);
    return row ? ok(row) : unknownOrder(id);
  };
  return [
    route('POST', '/v2/orders', ({ body }) => made(exchange.submit(body), random)),
    route('GET', '/v2/orders', ({ query }) => {
      const listed = listOrders(book.orders(), query);
      return listed.kind === 'refused' ? listed.answer : ok(ofClass(shown(listed.value), query));
    }),
    route('GET', '/v2/orders:by_client_order_id', ({ query }) => {
      const id = query.get('client_order_id') ?? '';
      return one(book.orderByClientId(id), 'client_order_id', id);
    }),
    route('GET', '/v2/orders/:id', ({ params: { id = '' } }) => one(book.order(id), 'id', id)),
    route('PATCH', '/v2/orders/:id', ({ body, params: { id = '' } }) =>
      made(exchange.replace(id, body), random),
    ),
    route('DELETE', '/v2/orders', () => {
      const open = book.openOrders().filter((order) => order.status !== 'pending_cancel');
      const results = open.map(({ id }) => ({ id, status: exchange.cancel(id)?.status ?? 200 }));
      return { status: 207, body: results };
    }),
    route(
      'DELETE',
      '/v2/orders/:id',
      ({ params: { id = '' } }) => exchange.cancel(id) ?? { status: 204 },
    ),
  ];
}

const FLAGS = {
  suspend_trade: 'suspendTrade',
  no_shorting: 'noShorting',
  fractional_trading: 'fractionalTrading',
} as const satisfies Readonly<Record<string, keyof Settings>>;

function configure(book: Book, body: Call['body']): Answer {
  let next = book.settings();
  for (const [name, field] of Object.entries(FLAGS)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'boolean') return invalid(`invalid ${name}`);
    next = { ...next, [field]: value };
  }
  const multiplier = body['max_margin_multiplier'];
  if (multiplier !== undefined && multiplier !== null) {
    if (!['1', '2', '4'].includes(String(multiplier)))
      return invalid('invalid max_margin_multiplier');
    next = { ...next, maxMarginMultiplier: Number(multiplier) };
  }
  book.write((pen) => pen.putSettings(next));
  return ok(configurationJson(next));
}

/** Accepts dates and full timestamps, as the SDK sends them. */
function calendar(query: URLSearchParams): Answer {
  const day = (name: string, missing: string): string => (query.get(name) ?? missing).slice(0, 10);
  const from = day('start', CALENDAR_DAYS.first);
  const to = day('end', CALENDAR_DAYS.last);
  const real = [from, to].every(
    (text) => !Number.isNaN(Date.parse(text)) && /^\d{4}-\d\d-\d\d$/.test(text),
  );
  if (!real) return invalid('invalid format for start or end');
  return ok(calendarJson(sessionDate(from), sessionDate(to)));
}
