/** Latest share prices: the last trade, or the quote's midpoint if that is newer. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { LatestPrice, SetAsideRow } from '../domain/account.ts';
import { fresherOf, midpointOf } from '../domain/fresh-price.ts';
import type { EpochMs, Ticker } from '../domain/units.ts';
import { TradingError, UnreadableAnswer } from '../errors.ts';
import type { Log } from '../ports.ts';
import { asDataError, askJson } from './ask.ts';
import { instant, price } from './fields.ts';
import { type Row, readRows } from './rows.ts';

/** Dependencies of readLatestPrices. */
export interface LatestPriceParts {
  readonly alpaca: Alpaca;
  /** A wider quote is ignored; basis points of its midpoint. */
  readonly maxSpreadBps: number;
  /** Our clock, to detect quotes dated in the future; undefined: every timestamp is accepted. */
  readonly now: (() => EpochMs) | undefined;
  readonly log: Pick<Log, 'warn'>;
}

/** The latest prices in dollars with their times, and the unreadable rows. */
export interface Prices {
  readonly prices: ReadonlyMap<Ticker, LatestPrice>;
  readonly setAside: readonly SetAsideRow[];
}

/** The one feed that every plan may read in real time. */
const FEED = 'iex';
const SIZES = z.number().min(0);

/**
 * A ticker without a trade and without a sound quote is absent. Without quotes only trades are used: a
 * plan, or another Alpaca-compatible server, may have none.
 * @throws TradingError `retry` when the trades are not answered.
 */
export async function readLatestPrices(
  parts: LatestPriceParts,
  tickers: readonly Ticker[],
): Promise<Prices> {
  const { stocks } = parts.alpaca.marketData;
  const request = { symbols: tickers.join(','), feed: FEED } as const;
  const [traded, quoted] = await Promise.all([
    askJson('Alpaca latest trades', () => stocks.stockLatestTradesRaw(request), asDataError),
    askJson('Alpaca latest quotes', () => stocks.stockLatestQuotesRaw(request), asDataError).catch(
      (error: unknown) => withoutQuotes(parts.log, error),
    ),
  ]);
  const wanted = new Set<string>(tickers);
  const trades = readRows(
    entriesOf(traded, 'trades', wanted),
    reading(() => trade),
  );
  if (!isRecord(record(traded)?.['trades'])) {
    throw new UnreadableAnswer('Alpaca latest trades: the answer could not be read: field trades');
  }
  const quotes = readRows(
    entriesOf(quoted, 'quotes', wanted),
    reading(() => quoteWithin(parts.maxSpreadBps)),
  );
  return {
    prices: fresher(tickers, byTicker(trades.rows), byTicker(quotes.rows), parts.now?.()),
    setAside: [...trades.setAside, ...quotes.setAside],
  };
}

/** An unreadable price is a missing price: only that ticker waits, and it is reported. */
function reading<T extends z.ZodType>(shape: (row: Row) => T) {
  return { what: 'Alpaca latest prices', answer: 'prices', shape, isOurs: () => false };
}

function fresher(
  tickers: readonly Ticker[],
  trades: ReadonlyMap<string, LatestPrice>,
  quotes: ReadonlyMap<string, LatestPrice>,
  now: EpochMs | undefined,
): ReadonlyMap<Ticker, LatestPrice> {
  return new Map(
    tickers.flatMap((ticker) => {
      const latest = fresherOf(trades.get(ticker), quotes.get(ticker), now);
      return latest ? [[ticker, { ...latest, ticker }] as const] : [];
    }),
  );
}

const trade = z.object({ symbol: z.string(), t: instant, p: price }).transform((wire) => ({
  symbol: wire.symbol,
  price: wire.p,
  at: wire.t,
  source: 'trade' as const,
}));

/** A side without a quote is 0, which is valid: such a quote has no midpoint. */
const quoteWithin = (maxSpreadBps: number) =>
  z.object({ symbol: z.string(), t: instant, bp: SIZES, ap: SIZES }).transform((wire) => {
    const middle = midpointOf({ bid: wire.bp, ask: wire.ap, at: wire.t }, maxSpreadBps);
    return { symbol: wire.symbol, price: middle, at: wire.t, source: 'quote' as const };
  });

function byTicker(
  rows: readonly {
    readonly symbol: string;
    readonly price: number | undefined;
    readonly at: EpochMs;
    readonly source: 'trade' | 'quote';
  }[],
): ReadonlyMap<string, LatestPrice> {
  return new Map(
    rows.flatMap(({ symbol, price: usd, at, source }) =>
      usd === undefined ? [] : [[symbol, { ticker: symbol as Ticker, price: usd, at, source }]],
    ),
  );
}

function entriesOf(body: unknown, key: string, wanted: ReadonlySet<string>): readonly Row[] {
  const entries = Object.entries(record(record(body)?.[key]) ?? {});
  return entries
    .filter(([symbol]) => wanted.has(symbol))
    .map(([symbol, row]): Row => ({ ...record(row), symbol }));
}

function record(value: unknown): Row | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutQuotes(log: Pick<Log, 'warn'>, error: unknown): undefined {
  if (!(error instanceof TradingError) || error.remedy !== 'retry') throw error;
  log.warn(`${error.message}; the latest trades stand alone`);
  return undefined;
}
