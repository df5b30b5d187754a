/** Positions, and closing them. */
import { type Qty, qty, qtyToDecimal, type Ticker, ticker } from '#core/domain/units.ts';
import { positionMetrics } from './account-metrics.ts';
import { type Answer, invalid, notFound, ok } from './answers.ts';
import { orderJson, positionJson } from './dto.ts';
import { type Call, type Route, route } from './http.ts';
import { ofClass, shownRows } from './levers.ts';
import type { Reading } from './order-request.ts';
import type { OrderRecord } from './records.ts';
import { made, type TradingParts } from './trading-routes.ts';

/** GET and DELETE under /v2/positions. */
export function positionRoutes(parts: TradingParts): readonly Route[] {
  const find = (name: string) =>
    positions(parts).find((each) => each['symbol'] === name || each['asset_id'] === name);
  return [
    route('GET', '/v2/positions', ({ query }) => ok(ofClass(positions(parts), query))),
    route('GET', '/v2/positions/:name', ({ params: { name = '' } }) => {
      const found = find(name);
      return found ? ok(found) : notFound('position does not exist');
    }),
    route('DELETE', '/v2/positions', ({ query }) => closeAll(parts, query)),
    route('DELETE', '/v2/positions/:name', ({ query, params: { name = '' } }) => {
      const symbol = String(find(name)?.['symbol'] ?? name) as Ticker;
      const held = parts.book.holdings().shares.get(symbol);
      if (!held) return notFound(`position not found: ${name}`);
      const size = closingSize(held.qty, query);
      return size === undefined
        ? invalid('either qty or percentage must be given, above 0 and not above 100 %')
        : made(sell(parts, symbol, size), parts.random);
    }),
  ];
}

function positions({
  book,
  market,
  random,
  time,
  levers,
}: TradingParts): ReturnType<typeof shownRows> {
  const set = levers.settings();
  const held = [...book.holdings().shares.keys()].sort();
  const own = held
    .map((each) => positionMetrics(book, market, ticker(each), time.now()))
    .filter((metrics) => metrics !== undefined)
    .map((metrics) => positionJson(metrics, random, set));
  return shownRows(own, 'positions', set);
}

/** Python's client writes `True`; the broker accepts all of these. */
const TRUE = /^(1|t|true)$/i;

function closeAll(parts: TradingParts, query: Call['query']): Answer {
  const { book, exchange, random } = parts;
  if (TRUE.test(query.get('cancel_orders') ?? '')) {
    for (const { id } of book.openOrders()) exchange.cancelNow(id);
  }
  const body = [...book.holdings().shares.values()].map((held) => {
    const closing = sell(parts, held.ticker, held.qty);
    return closing.kind === 'refused'
      ? { symbol: held.ticker, ...closing.answer }
      : { symbol: held.ticker, status: 200, body: orderJson(closing.value, random) };
  });
  return { status: 207, body };
}

function sell({ exchange }: TradingParts, symbol: Ticker, size: Qty): Reading<OrderRecord> {
  const plain = { symbol, side: 'sell', type: 'market', time_in_force: 'day' };
  return exchange.submit({ ...plain, qty: qtyToDecimal(size) });
}

/**
 * The whole position unless a part is requested; the exchange rejects more than is held. Returns undefined
 * without a size.
 */
function closingSize(held: Qty, query: Call['query']): Qty | undefined {
  const [shares, percentage] = [query.get('qty'), query.get('percentage')];
  if (shares !== null && percentage !== null) return undefined;
  if (shares === null && percentage === null) return held;
  const part = Number(percentage) / 100;
  if (shares === null && part > 1) return undefined;
  const size = shares === null ? held * part : Math.round(Number(shares) * 1e9);
  return size > 0 ? qty(Math.floor(size)) : undefined;
}
