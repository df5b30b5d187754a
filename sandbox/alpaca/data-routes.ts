import { countThrough } from '#core/domain/bar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type Ticker, toDollars } from '#core/domain/units.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import {
  type Answer,
  badRequest,
  NO_ENTITLEMENT,
  NO_SIP,
  ok,
  RECENT_SIP,
  stormOf,
} from './answers.ts';
import { barJson, createPager, readBarQuery } from './bars-page.ts';
import type { DataFaults } from './data-faults.ts';
import { type Call, type Route, route } from './http.ts';
import type { Levers } from './levers.ts';
import type { Quote } from './market.ts';
import type { MarketDataView } from './market-data-view.ts';
import { shownQuote, shownTrade } from './shown-prices.ts';
import { utcTimestamp } from './timestamps.ts';

interface DataParts {
  readonly market: MarketDataView;
  readonly time: MarketTime;
  readonly faults: DataFaults;
  readonly levers: Levers;
  /** Start of its trading halt; undefined while it trades. */
  readonly haltedAt: (ticker: Ticker) => EpochMs | undefined;
}

/** The market data API of the free plan: history from sip, the present from iex. */
export function dataRoutes({
  market,
  time,
  faults,
  levers,
  haltedAt,
}: DataParts): readonly Route[] {
  const pageOf = createPager(market, faults);
  const routes = [
    route('GET', '/v2/stocks/bars', ({ query }) => {
      const read = readBarQuery(query, symbolsOf(query), time.now());
      if (read.kind === 'refused') return read.answer;
      const page = pageOf(read.value);
      return ok({ bars: Object.fromEntries(page.bars), next_page_token: page.next });
    }),
    route('GET', '/v2/stocks/:symbol/bars', ({ query, params: { symbol = '' } }) => {
      const read = readBarQuery(query, [symbol], time.now());
      if (read.kind === 'refused') return read.answer;
      const page = pageOf(read.value);
      return ok({ bars: page.bars.get(symbol) ?? null, symbol, next_page_token: page.next });
    }),
    ...latestRoutes({ market, time, levers, haltedAt }),
  ];
  return routes.map(({ handle, ...rest }) => ({
    ...rest,
    handle: (call) => refusal(faults, call.query) ?? handle(call),
  }));
}

/** The rejection of any market data request, by plan or by an overloaded server. */
function refusal(faults: DataFaults, query: URLSearchParams): Answer | undefined {
  const storm = faults.use('storm');
  if (storm) {
    const { status, retryAfterSeconds: after } = storm;
    return {
      ...stormOf(status),
      ...(after !== undefined && { headers: { 'retry-after': `${after}` } }),
    };
  }
  if (faults.use('no-entitlement')) return NO_ENTITLEMENT;
  return (query.get('feed') ?? 'sip') === 'sip' && faults.use('no-sip') ? NO_SIP : undefined;
}

function latestRoutes({
  market,
  time,
  levers,
  haltedAt,
}: Omit<DataParts, 'faults'>): readonly Route[] {
  const perSymbol = <T>(
    query: URLSearchParams,
    each: (ticker: Ticker, quote: Quote) => T | undefined,
  ): Answer | Map<string, T> => {
    const symbols = symbolsOf(query);
    if (symbols.length === 0) return badRequest('symbols is required');
    if (query.get('feed') === 'sip') return RECENT_SIP;
    const found = new Map<string, T>();
    for (const symbol of symbols) {
      const ticker = symbol as Ticker;
      const quote = market.quote(ticker, haltedAt(ticker) ?? time.now());
      const told = quote && each(symbol as Ticker, quote);
      if (told !== undefined) found.set(symbol, told);
    }
    return found;
  };
  const mapped = <T>(
    name: string | undefined,
    each: (ticker: Ticker, quote: Quote) => T | undefined,
  ): ((call: Call) => Answer) => {
    return ({ query }) => {
      const found = perSymbol(query, each);
      if (!(found instanceof Map)) return found;
      const map = Object.fromEntries(found);
      return ok(name === undefined ? map : { [name]: map });
    };
  };
  const snapshot = (ticker: Ticker, quote: Quote): unknown =>
    snapshotJson(market, ticker, quote, time.now());
  const latestBar = (ticker: Ticker): unknown => dailyBars(market, ticker, time.now())[0];
  return [
    route(
      'GET',
      '/v2/stocks/trades/latest',
      mapped('trades', (ticker, quote) => {
        const told = shownTrade(ticker, quote, market, levers.settings(), time.now());
        return told && tradeJson(told);
      }),
    ),
    route(
      'GET',
      '/v2/stocks/quotes/latest',
      mapped('quotes', (ticker, quote) => {
        const told = shownQuote(ticker, quote, market, levers.settings(), time.now());
        return told && quoteJson(told);
      }),
    ),
    route('GET', '/v2/stocks/bars/latest', mapped('bars', latestBar)),
    route('GET', '/v2/stocks/snapshots', mapped(undefined, snapshot)),
  ];
}

function tradeJson(quote: Quote): unknown {
  const p = toDollars(quote.last);
  return {
    t: utcTimestamp(quote.at),
    x: 'V',
    p,
    s: 100,
    c: ['@'],
    i: Math.floor(quote.at / 1000) % 1e9,
    z: 'B',
  };
}

function quoteJson(quote: Quote): unknown {
  const [ap, bp] = [toDollars(quote.ask), toDollars(quote.bid)];
  return { t: utcTimestamp(quote.at), ax: 'V', ap, as: 5, bx: 'V', bp, bs: 5, c: ['R'], z: 'B' };
}

function snapshotJson(market: MarketDataView, ticker: Ticker, quote: Quote, now: EpochMs): unknown {
  const [today, before] = dailyBars(market, ticker, now);
  const price = toDollars(quote.last);
  const minute = {
    date: newYorkDate(now),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 100,
  };
  return {
    latestTrade: tradeJson(quote),
    latestQuote: quoteJson(quote),
    minuteBar: {
      ...barJson(minute),
      t: utcTimestamp(epochMs(Math.floor(quote.at / 60_000) * 60_000)),
    },
    dailyBar: today ?? null,
    prevDailyBar: before ?? null,
  };
}

/** The latest bar, unfinished during a session, and the previous one. */
function dailyBars(market: MarketDataView, ticker: Ticker, now: EpochMs): readonly unknown[] {
  const history = market.bars().get(ticker);
  if (!history) return [];
  const last = countThrough(history, newYorkDate(now)) - 1;
  const today = market.barSoFar(ticker, last, now);
  const first = today ? last : last - 1;
  const before = (index: number) => market.barSoFar(ticker, index, now);
  return [today ?? before(first), before(first - 1)]
    .filter((bar) => bar !== undefined)
    .map(barJson);
}

function symbolsOf(query: URLSearchParams): readonly string[] {
  const written = query.getAll('symbols').flatMap((text) => text.split(','));
  return [...new Set(written.map((text) => text.trim()).filter((text) => text !== ''))];
}
