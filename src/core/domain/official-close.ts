/**
 * Compares recorded closes with the official ones, using unadjusted bars where they are stored. Other bars
 * are adjusted: a close of the time is then derived from the recorded closes around it, which later
 * dividends and splits moved alike. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import type { Bars } from './bar.ts';
import { splitRatio } from './split.ts';
import { adjustedClose } from './total-return.ts';
import { cents, type Ticker, toShares, valueOf } from './units.ts';

/** A recorded close that differs from the official one. */
export interface ClosingFault {
  readonly recorded: EquityPoint;
  /** The same cash and shares at the official closes; undefined where one of them is unknown. */
  readonly official: EquityPoint | undefined;
}

/** After-hours trades end this near to the official close; prices of another session rarely do. */
const SLACK = 0.002;
/** After-hours price and official unadjusted close differ by less than this; a fraction. */
const AFTER_HOURS = 0.0005;
/** A bar's close is accepted when it differs by less from the broker's price of that evening; a fraction. */
const BELIEVED = 0.1;
/** Two recorded closes have the same adjustment if it differs by less than this. */
const SAME = 0.0005;
/** Recorded closes on either side used to infer the adjustment of one between them. */
const NEIGHBOURS = 5;

/**
 * Every recorded close that differs from the official one, oldest first.
 * @param raw unadjusted bars; tickers without them are checked with the adjusted ones.
 */
export function closingFaults(
  { equity }: Pick<AccountState, 'equity'>,
  bars: Bars,
  benchmark: Ticker,
  raw: Bars = new Map(),
): readonly ClosingFault[] {
  const known = new Map<Ticker, Adjustments>();
  const adjustments = (ticker: Ticker): Adjustments => {
    const found =
      known.get(ticker) ?? equity.map((each) => adjustmentAt(bars, ticker, each, benchmark));
    known.set(ticker, found);
    return found;
  };
  return equity.flatMap((recorded, index) => {
    const near = { recorded, index, adjustments, bars, raw, benchmark };
    if (!recorded.provisional && !isBenchmarkFar(near) && !isHeldFar(near)) return [];
    const official = officialPoint(near);
    // A provisional close waits for its bars; their absence is not a fault.
    return recorded.provisional && !official ? [] : [{ recorded, official }];
  });
}

/** Whether a bar's close agrees with the broker's price of the same evening; 0 where it gave none. */
export function isBelieved(close: number | undefined, atBroker = 0): close is number {
  if (close === undefined) return false;
  return !(atBroker > 0) || Math.abs(close / atBroker - 1) <= BELIEVED;
}

/** Adjusted over unadjusted close, one for each recorded close; undefined where one is unknown. */
type Adjustments = readonly (number | undefined)[];

/** One recorded close, and the adjustments of a ticker at all of them. */
interface Near {
  readonly recorded: EquityPoint;
  readonly index: number;
  readonly adjustments: (ticker: Ticker) => Adjustments;
  readonly bars: Bars;
  readonly raw: Bars;
  readonly benchmark: Ticker;
}

function officialPoint(near: Near): EquityPoint | undefined {
  const { provisional: _, at: __, ...recorded } = near.recorded;
  const market = officialClose(near, near.benchmark);
  if (!isBelieved(market, recorded.benchmark) || !recorded.holdings) return undefined;
  const holdings = new Map(recorded.holdings);
  let moved = 0;
  for (const [ticker, held] of recorded.holdings) {
    // A ticker without bars is unmanaged, and keeps the broker's value.
    if (!near.bars.has(ticker)) continue;
    const close = officialClose(near, ticker);
    // Nor is it across a split, whose shares may have been recorded at the price before it, or late.
    if (!isBelieved(close, priceOf(recorded, ticker))) return undefined;
    const value = valueOf(held.qty, close);
    holdings.set(ticker, { qty: held.qty, value });
    moved += value - held.value;
  }
  return { ...recorded, equity: cents(recorded.equity + moved), benchmark: market, holdings };
}

/** The unadjusted close, dollars a share; undefined where the adjustment since is unknown. */
function officialClose(near: Near, ticker: Ticker): number | undefined {
  const traded = adjustedClose(near.raw, ticker, near.recorded.session);
  if (traded !== undefined) return traded;
  const around = closesAround(near, ticker);
  if (!around) return undefined;
  const [close, other] = around;
  return Math.abs(other / close - 1) > SAME ? undefined : Math.round(close * 1e4) / 1e4;
}

function isBenchmarkFar(near: Near): boolean {
  const { benchmark: price, session } = near.recorded;
  const traded = adjustedClose(near.raw, near.benchmark, session);
  if (traded === undefined) return isFar(near, near.benchmark, price);
  return Math.abs(traded / price - 1) > AFTER_HOURS;
}

/** Whether a position was recorded at a price other than its official close. */
function isHeldFar({ recorded, raw }: Near): boolean {
  return [...(recorded.holdings ?? [])].some(([ticker, { qty, value }]) => {
    const traded = adjustedClose(raw, ticker, recorded.session);
    if (traded === undefined || splitRatio(priceOf(recorded, ticker), traded)) return false;
    return Math.abs(valueOf(qty, traded) - value) > 1 + Math.abs(value) * AFTER_HOURS;
  });
}

/** Further from the bars than any adjustment around it allows. */
function isFar(near: Near, ticker: Ticker, price: number): boolean {
  const around = closesAround(near, ticker);
  if (!around) return false;
  return around.every((close) => Math.abs(close / price - 1) > SLACK);
}

/**
 * The unadjusted close by the adjustment before it and by the one after it; the newest bar has none yet.
 * Undefined where one side was not recorded: a dividend on that side would look like a wrong close.
 */
function closesAround(near: Near, ticker: Ticker): readonly [number, number] | undefined {
  const { session } = near.recorded;
  const close = adjustedClose(near.bars, ticker, session);
  if (close === undefined) return undefined;
  if (session === near.bars.get(ticker)?.dates.at(-1)) return [close, close];
  const all = near.adjustments(ticker);
  const before = median(all.slice(Math.max(0, near.index - NEIGHBOURS), near.index));
  const after = median(all.slice(near.index + 1, near.index + 1 + NEIGHBOURS));
  return before === undefined || after === undefined ? undefined : [close / before, close / after];
}

function adjustmentAt(
  bars: Bars,
  ticker: Ticker,
  point: EquityPoint,
  benchmark: Ticker,
): number | undefined {
  const traded = ticker === benchmark ? point.benchmark : priceOf(point, ticker);
  const close = adjustedClose(bars, ticker, point.session);
  return close !== undefined && traded > 0 && !point.provisional ? close / traded : undefined;
}

/** Dollars a share as it was recorded; 0 where none are held. */
function priceOf(point: EquityPoint, ticker: Ticker): number {
  const held = point.holdings?.get(ticker);
  return held ? held.value / 100 / toShares(held.qty) : 0;
}

/** Of those known, the lower of two in the middle. */
function median(values: Adjustments): number | undefined {
  const known = values.filter((each) => each !== undefined).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)];
}
