/** Prices at any time: a pure function of bars, seed and market time. */
import { type Bar, type BarHistory, type Bars, barAt, countThrough } from '#core/domain/bar.ts';
import { type Session, sessionOn } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  epochMs,
  type SessionDate,
  type Ticker,
} from '#core/domain/units.ts';
import { firstReach, type PricePath, pathOf, priceOn, rangeOn } from './price-path.ts';
import { between, type SeededRandom } from './seeded-random.ts';

/** Prices in whole cents. */
export interface Quote {
  readonly last: Cents;
  readonly bid: Cents;
  readonly ask: Cents;
  /** Time of the last trade. */
  readonly at: EpochMs;
}

/** Prices at any instant. */
export interface Market {
  /** Tickers listed by then, in alphabetical order. */
  tickers(now: EpochMs): readonly Ticker[];
  /** Returns undefined before its first bar. */
  quote(ticker: Ticker, now: EpochMs): Quote | undefined;
  /** Whether it trades in the session of the instant. */
  trades(ticker: Ticker, session: Session): boolean;
  /** When a limit is first reached in the session at or after `from`; undefined when it never is. */
  reaches(ticker: Ticker, session: Session, from: EpochMs, limit: Limit): EpochMs | undefined;
  /** The bar of its session so far, as traded; undefined before the first trade. */
  barSoFar(ticker: Ticker, index: number, now: EpochMs): Bar | undefined;
  /** Provides tickers and sessions; its prices are before any scale change. */
  bars(): Bars;
}

interface Limit {
  readonly side: 'buy' | 'sell';
  readonly price: Cents;
}

const BPS = 1e-4;
const CACHED_PATHS = 64;

/** A day from which a ticker trades at another scale: the ex-date of a split or dividend. */
export interface ScaleChange {
  readonly ticker: Ticker;
  /** The first session of the new prices. */
  readonly ex: SessionDate;
  /** 0.5 for a 2-for-1 split, 0.995 for a dividend of half a per cent. */
  readonly factor: number;
}

/** Everything that prices are computed from. */
interface PriceModel {
  readonly bars: Bars;
  readonly changes: () => readonly ScaleChange[];
  /** Price path through the session of the bar. */
  pathFor(ticker: Ticker, bar: Bar): PricePath;
  /** Half of the bid-ask spread, in cents. */
  halfSpread(ticker: Ticker, price: Cents): number;
}

/**
 * The same seed and bars give the same prices.
 * @param bars continuous prices; traded prices follow from them and the scale changes.
 */
export function createMarket(
  bars: Bars,
  random: SeededRandom,
  changes: PriceModel['changes'] = () => [],
): Market {
  const prices: PriceModel = {
    bars,
    changes,
    pathFor: createPaths(random),
    halfSpread: createHalfSpread(bars, random),
  };
  return {
    bars: () => bars,
    tickers: (now) =>
      [...bars.keys()].filter((t) => lastTrade(prices, t, now) !== undefined).sort(),
    trades: (ticker, session) => barOn(prices, ticker, session) !== undefined,
    quote: (ticker, now) => quoteAt(prices, ticker, now),
    reaches: (ticker, session, from, limit) => reachOf(prices, { ticker, session, from, limit }),
    barSoFar: (ticker, index, now) => barSoFar(prices, ticker, index, now),
  };
}

function createPaths(random: SeededRandom): PriceModel['pathFor'] {
  const paths = new Map<string, PricePath>();
  return (ticker, bar) => {
    const name = `${ticker} ${bar.date}`;
    const key = `${name} ${bar.open}`;
    const known = paths.get(key);
    if (known) return known;
    const path = pathOf(bar, (knot) => random.of('path', name, knot));
    if (paths.size >= CACHED_PATHS) paths.clear();
    paths.set(key, path);
    return path;
  };
}

function createHalfSpread(bars: Bars, random: SeededRandom): PriceModel['halfSpread'] {
  const shares = new Map(
    [...bars.keys()].map((t) => [t, between(random.of('spread', t), 1, 3) * BPS]),
  );
  return (ticker, price) => Math.max(1, Math.round(price * (shares.get(ticker) ?? 2 * BPS)));
}

/** The bar at the scale of its day. */
function tradedAt({ changes }: PriceModel, history: BarHistory, index: number): Bar | undefined {
  const bar = barAt(history, index);
  return (
    bar &&
    scaled(
      bar,
      scaleOf(changes(), history.ticker, (ex) => ex <= bar.date),
    )
  );
}

function barOn(prices: PriceModel, ticker: Ticker, session: Session | undefined): Bar | undefined {
  const history = prices.bars.get(ticker);
  if (!history || !session) return undefined;
  const bar = tradedAt(prices, history, countThrough(history, session.date) - 1);
  return bar?.date === session.date ? bar : undefined;
}

interface Trade {
  readonly price: number;
  readonly at: EpochMs;
}

function lastTrade(prices: PriceModel, ticker: Ticker, now: EpochMs): Trade | undefined {
  const session = sessionOn(newYorkDate(now));
  const bar = barOn(prices, ticker, session);
  if (session && bar && now >= session.close) return { price: bar.close, at: session.close };
  if (session && bar && now >= session.open) {
    return { price: priceOn(prices.pathFor(ticker, bar), shareOf(session, now)), at: now };
  }
  return closeBefore(prices, ticker, now);
}

function quoteAt(prices: PriceModel, ticker: Ticker, now: EpochMs): Quote | undefined {
  const trade = lastTrade(prices, ticker, now);
  if (!trade) return undefined;
  const last = toCents(trade.price);
  const half = prices.halfSpread(ticker, last);
  return { last, bid: cents(Math.max(1, last - half)), ask: cents(last + half), at: trade.at };
}

interface Reach {
  readonly ticker: Ticker;
  readonly session: Session;
  readonly from: EpochMs;
  readonly limit: Limit;
}

function reachOf(prices: PriceModel, { ticker, session, from, limit }: Reach): EpochMs | undefined {
  const bar = barOn(prices, ticker, session);
  if (!bar) return undefined;
  const { side, price } = limit;
  // The last trade must be half a spread better than the limit, plus a cent for rounding.
  const margin = (prices.halfSpread(ticker, price) + 0.5) / 100;
  const wanted = side === 'buy' ? price / 100 - margin : price / 100 + margin;
  const start = Math.max(0, shareOf(session, from));
  const direction = side === 'buy' ? 'falls' : 'rises';
  const share = firstReach(prices.pathFor(ticker, bar), start, wanted, direction);
  if (share === undefined) return undefined;
  const instant = Math.ceil(session.open + share * (session.close - session.open));
  return instant < session.close ? epochMs(Math.max(instant, from)) : undefined;
}

function barSoFar(
  prices: PriceModel,
  ticker: Ticker,
  index: number,
  now: EpochMs,
): Bar | undefined {
  const history = prices.bars.get(ticker);
  const bar = history && tradedAt(prices, history, index);
  const session = bar && sessionOn(bar.date);
  if (!bar || !session || now < session.open) return undefined;
  if (now >= session.close) return bar;
  const path = prices.pathFor(ticker, bar);
  const share = shareOf(session, now);
  const { high, low } = rangeOn(path, share);
  const volume = Math.round(bar.volume * share);
  return { date: bar.date, open: bar.open, high, low, close: priceOn(path, share), volume };
}

/** The product of a ticker's scale changes on the selected days; 1 if none. */
export function scaleOf(
  changes: readonly ScaleChange[],
  ticker: Ticker,
  counts: (ex: SessionDate) => boolean,
): number {
  return changes
    .filter((each) => each.ticker === ticker && counts(each.ex))
    .reduce((product, { factor }) => product * factor, 1);
}

/** The bar with every price multiplied by `by`. */
export function scaled(bar: Bar, by: number): Bar {
  if (by === 1) return bar;
  const { open, high, low, close } = bar;
  return { ...bar, open: open * by, high: high * by, low: low * by, close: close * by };
}

function closeBefore(prices: PriceModel, ticker: Ticker, now: EpochMs): Trade | undefined {
  const history = prices.bars.get(ticker);
  if (!history) return undefined;
  let index = countThrough(history, newYorkDate(now)) - 1;
  for (; index >= 0; index--) {
    const bar = tradedAt(prices, history, index);
    const session = bar && sessionOn(bar.date);
    if (bar && session && session.close <= now) return { price: bar.close, at: session.close };
  }
  return undefined;
}

function shareOf(session: Session, instant: number): number {
  return (instant - session.open) / (session.close - session.open);
}

function toCents(priceUsd: number): Cents {
  return cents(Math.max(1, Math.round(priceUsd * 100)));
}
