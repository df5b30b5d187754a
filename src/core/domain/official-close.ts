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
  return equity.flatMap((recorded, index) => {
    const before = equity.slice(Math.max(0, index - NEIGHBOURS), index);
    const after = equity.slice(index + 1, index + 1 + NEIGHBOURS);
    const near = { recorded, before, after, bars, raw, benchmark };
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

/** One recorded close, and those around it. */
interface Near {
  readonly recorded: EquityPoint;
  readonly before: readonly EquityPoint[];
  readonly after: readonly EquityPoint[];
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
  const [before, after] = [near.before, near.after].map((points) =>
    median(points.flatMap((point) => adjustmentAt(near, ticker, point))),
  );
  return before === undefined || after === undefined ? undefined : [close / before, close / after];
}

/** Adjusted over unadjusted close; empty where one is unknown. */
function adjustmentAt(near: Near, ticker: Ticker, point: EquityPoint): readonly number[] {
  const traded = ticker === near.benchmark ? point.benchmark : priceOf(point, ticker);
  const close = adjustedClose(near.bars, ticker, point.session);
  return close !== undefined && traded > 0 && !point.provisional ? [close / traded] : [];
}

/** Dollars a share as it was recorded; 0 where none are held. */
function priceOf(point: EquityPoint, ticker: Ticker): number {
  const held = point.holdings?.get(ticker);
  return held ? held.value / 100 / toShares(held.qty) : 0;
}

/** The lower of two in the middle. */
function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
