/** Daily bars, paged as in the data API: by symbol, then by day, with one limit over all symbols. */
import { type Bar, countThrough } from '#core/domain/bar.ts';
import { newYorkDate, newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { badRequest, RECENT_SIP } from './answers.ts';
import type { DataFaults } from './data-faults.ts';
import type { MarketDataView } from './market-data-view.ts';
import type { Reading } from './order-request.ts';
import { microsOf } from './timestamps.ts';

interface BarQuery {
  /** Alphabetical. */
  readonly symbols: readonly string[];
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Latest instant that the feed shows. */
  readonly seen: EpochMs;
  readonly limit: number;
  readonly descending: boolean;
  readonly token: PageToken | undefined;
  readonly feed: 'sip' | 'iex';
  /** As traded; otherwise fully adjusted. */
  readonly isRaw: boolean;
}

interface PageToken {
  readonly symbol: string;
  readonly date: string;
}

interface BarPage {
  readonly bars: ReadonlyMap<string, readonly unknown[]>;
  readonly next: string | null;
}

const DELAY_MS = 15 * 60_000;
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;
/** Fraction of the consolidated volume that IEX reports. */
const IEX_SHARE = 0.03;

/** The query, validated as Alpaca does. */
export function readBarQuery(
  query: URLSearchParams,
  symbols: readonly string[],
  now: EpochMs,
): Reading<BarQuery> {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  const feed = query.get('feed') ?? 'sip';
  const adjustment = query.get('adjustment') ?? 'raw';
  const fault = symbolFault(symbols) ?? formFault(query, { limit, feed, adjustment });
  if (fault !== undefined) return bad(fault);

  const range = readRange(query, now, feed);
  if (range.kind === 'refused') return range;
  const page = readPage(query.get('page_token') ?? '');
  if (page.kind === 'refused') return page;
  return {
    kind: 'read',
    value: {
      symbols: [...symbols].sort(),
      ...range.value,
      limit,
      descending: query.get('sort') === 'desc',
      token: page.value,
      feed: feed === 'iex' ? 'iex' : 'sip',
      isRaw: adjustment === 'raw',
    },
  };
}

function bad(message: string): Reading<never> {
  return { kind: 'refused', answer: badRequest(message) };
}

function symbolFault(symbols: readonly string[]): string | undefined {
  if (symbols.length === 0) return 'symbols is required';
  const odd = symbols.find((symbol) => !/^[A-Z][A-Z0-9.]{0,9}$/.test(symbol));
  return odd === undefined ? undefined : `invalid symbol: ${odd}`;
}

function formFault(
  query: URLSearchParams,
  form: { readonly limit: number; readonly feed: string; readonly adjustment: string },
): string | undefined {
  const { limit, feed, adjustment } = form;
  if (!['1Day', '1D'].includes(query.get('timeframe') ?? ''))
    return 'invalid timeframe: only 1Day here';
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return 'invalid limit';
  if (!['sip', 'iex', 'delayed_sip'].includes(feed)) return `invalid feed: ${feed}`;
  return ['raw', 'all'].includes(adjustment) ? undefined : 'invalid adjustment: raw or all here';
}

function readPage(written: string): Reading<BarQuery['token']> {
  const token = written === '' ? undefined : readToken(written);
  return written !== '' && !token ? bad('invalid page_token') : { kind: 'read', value: token };
}

/** From the start of the New York day to the feed's latest instant, unless the query says otherwise. */
function readRange(
  query: URLSearchParams,
  now: EpochMs,
  feed: string,
): Reading<Pick<BarQuery, 'from' | 'to' | 'seen'>> {
  const seen = epochMs(feed === 'iex' ? now : now - DELAY_MS);
  const from = instantOf(query.get('start'), newYorkInstant(newYorkDate(now), 0));
  const to = instantOf(query.get('end'), seen);
  if (from === undefined) return bad('invalid start');
  if (to === undefined) return bad('invalid end');
  if (from > to && query.get('end') !== null) return bad('end should not be before start');
  if (feed === 'sip' && to > seen) return { kind: 'refused', answer: RECENT_SIP };
  return { kind: 'read', value: { from, to, seen } };
}

function pageOfBars(market: MarketDataView, query: BarQuery): BarPage {
  const bars = new Map<string, unknown[]>();
  let left = query.limit;
  for (const symbol of query.symbols) {
    for (const bar of barsOf(market, symbol as Ticker, query)) {
      if (left === 0) return { bars, next: writeToken({ symbol, date: bar.date }) };
      const volume = Math.round(bar.volume * (query.feed === 'iex' ? IEX_SHARE : 1));
      const mine = bars.get(symbol) ?? [];
      mine.push(barJson({ ...bar, volume }));
      bars.set(symbol, mine);
      left -= 1;
    }
  }
  return { bars, next: null };
}

/** Pages, with faults if set: one lost, repeated tokens, a missing ticker, or data past the end. */
export function createPager(
  market: MarketDataView,
  faults: DataFaults,
): (query: BarQuery) => BarPage {
  let count = 0;

  function pageOf(query: BarQuery): BarPage {
    const lost = faults.peek('page-lost');
    const repeats = faults.peek('page-repeats');
    count = query.token ? count + 1 : 1;
    const points = lost?.points ?? repeats?.points ?? query.limit;
    const cut = { ...query, limit: Math.min(query.limit, points) };
    const page = pageOfBars(market, cut);
    if (lost?.page === count) {
      faults.use('page-lost');
      return page.next === null
        ? { ...page, bars: new Map() }
        : pageOfBars(market, from(cut, page));
    }
    if (!repeats || page.next === null) return page;
    return query.token ? { ...page, next: writeToken(query.token) } : page;
  }

  return (query) => {
    if (faults.use('empty')) return { bars: new Map(), next: null };
    const seen = faults.peek('past-the-end') ? { ...query, to: query.seen } : query;
    const { bars, next } = pageOf(seen);
    const left = [...bars].filter(([symbol]) => !isAbsent(symbol, query));
    return { bars: new Map(left), next };
  };

  function isAbsent(symbol: string, { symbols }: BarQuery): boolean {
    return faults
      .all('absent')
      .some(({ ticker, alone }) => ticker === symbol && (alone || symbols.length > 1));
  }
}

function from(query: BarQuery, { next }: BarPage): BarQuery {
  return { ...query, token: next === null ? undefined : readToken(next) };
}

/** One bar as in the data API; `t` is midnight in New York. */
export function barJson(bar: Bar): Readonly<Record<string, unknown>> {
  const t = new Date(newYorkInstant(bar.date, 0)).toISOString().replace('.000Z', 'Z');
  const vw = Math.round(((bar.high + bar.low + bar.close) / 3) * 1e6) / 1e6;
  const n = Math.ceil(bar.volume / 100);
  return { t, o: bar.open, h: bar.high, l: bar.low, c: bar.close, v: bar.volume, n, vw };
}

/** The symbol's bars for the query, including today's as far as the feed shows it, from the token on. */
function barsOf(market: MarketDataView, ticker: Ticker, query: BarQuery): readonly Bar[] {
  const history = market.bars().get(ticker);
  if (!history || (query.token && ticker < query.token.symbol)) return [];
  const from = newYorkInstant(newYorkDate(query.from), 0) < query.from ? 1 : 0;
  const first = countThrough(history, dayBefore(newYorkDate(query.from), from));
  const last = countThrough(history, newYorkDate(Math.min(query.to, query.seen)));
  const found: Bar[] = [];
  for (let index = first; index < last; index++) {
    const bar = market.barSoFar(ticker, index, query.seen, query);
    if (bar) found.push(bar);
  }
  const ordered = query.descending ? found.reverse() : found;
  const { token } = query;
  if (!token || token.symbol !== ticker) return ordered;
  return ordered.filter((bar) =>
    query.descending ? bar.date <= token.date : bar.date >= token.date,
  );
}

/** The day before; the day itself if its midnight is outside the query. */
function dayBefore(date: SessionDate, midnightOutside: 0 | 1): SessionDate {
  if (midnightOutside === 1) return date;
  return newYorkDate(newYorkInstant(date, 0) - 1);
}

/** A date means its midnight in New York. */
function instantOf(text: string | null, missing: EpochMs): EpochMs | undefined {
  if (text === null || text === '') return missing;
  const micros = microsOf(text);
  if (micros === undefined) return undefined;
  return /^\d{4}-\d\d-\d\d$/.test(text)
    ? newYorkInstant(text as SessionDate, 0)
    : epochMs(Math.floor(micros / 1000));
}

function writeToken({ symbol, date }: PageToken): string {
  return Buffer.from(`${symbol}|D|${date}`).toString('base64');
}

function readToken(text: string): PageToken | undefined {
  const match = /^([A-Z0-9.]+)\|D\|(\d{4}-\d\d-\d\d)$/.exec(Buffer.from(text, 'base64').toString());
  return match?.[1] && match[2] ? { symbol: match[1], date: match[2] } : undefined;
}
