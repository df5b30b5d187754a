import { CALENDAR_DAYS } from '#core/domain/calendar.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import type { MarketTime } from '#ops/market-time/market-time.ts';
import { accountMetrics, positionMetrics } from './account-metrics.ts';
import { type Answer, invalid, notFound, ok } from './answers.ts';
import type { Book } from './book.ts';
import { calendarJson, clockJson } from './calendar-dto.ts';
import {
  accountJson,
  assetId,
  assetJson,
  configurationJson,
  orderJson,
  positionJson,
} from './dto.ts';
import type { Exchange } from './exchange.ts';
import { type Call, type Route, route } from './http.ts';
import type { Market } from './market.ts';
import { listOrders } from './order-list.ts';
import { unknownOrder } from './order-request.ts';
import type { Settings } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface TradingParts {
  readonly book: Book;
  readonly market: Market;
  readonly random: SeededRandom;
  readonly time: MarketTime;
  readonly exchange: Exchange;
}

/** The trading API, without activities and history. */
export function tradingRoutes(parts: TradingParts): readonly Route[] {
  const { book, market, random, time } = parts;
  return [
    route('GET', '/v2/account', () => {
      const now = time.now();
      return ok(accountJson(book.settings(), accountMetrics(book, market, now), now));
    }),
    route('GET', '/v2/account/configurations', () => ok(configurationJson(book.settings()))),
    route('PATCH', '/v2/account/configurations', ({ body }) => configure(book, body)),
    route('GET', '/v2/positions', () => ok(positions(parts))),
    route('GET', '/v2/positions/:name', ({ params: { name = '' } }) => {
      const found = positions(parts).find(
        (each) => each['symbol'] === name || each['asset_id'] === name,
      );
      return found ? ok(found) : notFound('position does not exist');
    }),
    ...orderRoutes(parts),
    route('GET', '/v2/clock', () => ok(clockJson(time.now()))),
    route('GET', '/v2/calendar', ({ query }) => calendar(query)),
    route('GET', '/v2/assets', ({ query }) => {
      const wanted = (query.get('status') ?? 'active') === 'active';
      const listed = wanted ? market.tickers(time.now()) : [];
      return ok(listed.map((each) => assetJson(each, random)));
    }),
    route('GET', '/v2/assets/:name', ({ params: { name = '' } }) => {
      const listed = market.tickers(time.now());
      const found = listed.find((each) => each === name || assetId(each, random) === name);
      return found ? ok(assetJson(found, random)) : notFound(`asset not found for ${name}`);
    }),
  ];
}

function orderRoutes({ book, random, exchange }: TradingParts): readonly Route[] {
  return [
    route('POST', '/v2/orders', ({ body }) => {
      const made = exchange.submit(body);
      return made.kind === 'refused' ? made.answer : ok(orderJson(made.value, random));
    }),
    route('GET', '/v2/orders', ({ query }) => {
      const listed = listOrders(book.orders(), query);
      if (listed.kind === 'refused') return listed.answer;
      return ok(listed.value.map((order) => orderJson(order, random)));
    }),
    route('GET', '/v2/orders:by_client_order_id', ({ query }) => {
      const id = query.get('client_order_id') ?? '';
      const order = book.orderByClientId(id);
      return order ? ok(orderJson(order, random)) : unknownOrder(id);
    }),
    route('GET', '/v2/orders/:id', ({ params: { id = '' } }) => {
      const order = book.order(id);
      return order ? ok(orderJson(order, random)) : unknownOrder(id);
    }),
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

function positions({
  book,
  market,
  random,
  time,
}: TradingParts): readonly Readonly<Record<string, unknown>>[] {
  const held = [...book.holdings().shares.keys()].sort();
  return held
    .map((each) => positionMetrics(book, market, ticker(each), time.now()))
    .filter((metrics) => metrics !== undefined)
    .map((metrics) => positionJson(metrics, random));
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

/** Takes days and full instants, as the SDK sends them. */
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
