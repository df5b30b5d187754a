/**
 * Compares recorded closes with the official ones, using unadjusted bars where they are stored. Other bars
 * are adjusted: a close of the time is then derived from the recorded closes around it, which later
 * dividends and splits moved alike. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import { type Bars, closeOn } from './bar.ts';
import { splitRatio } from './split.ts';
import { cents, type SessionDate, type Ticker, toShares, valueOf } from './units.ts';

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
  const factors = factorsOver({ equity, bars, benchmark });
  return equity.flatMap((recorded, index) => {
    const near = { equity, bars, raw, benchmark, index, factors };
    const isWrong = recorded.provisional || isBenchmarkFar(near, recorded) || isHeldFar(near);
    const official = isWrong ? officialPoint(near, recorded) : undefined;
    // A provisional close waits for its bars; their absence is not a fault.
    if (!isWrong || (recorded.provisional && !official)) return [];
    return [{ recorded, official }];
  });
}

/** Whether a bar's close agrees with the broker's price of the same evening, if it gave one. */
export function isBelieved(close: number, atBroker: number | undefined): boolean {
  return atBroker === undefined || !(atBroker > 0) || Math.abs(close / atBroker - 1) <= BELIEVED;
}

interface Near {
  readonly equity: readonly EquityPoint[];
  readonly bars: Bars;
  readonly raw: Bars;
  readonly benchmark: Ticker;
  readonly index: number;
  readonly factors: Factors;
}

/** Adjusted over unadjusted close of each recorded close, by ticker; undefined where one is unknown. */
type Factors = (ticker: Ticker) => readonly (number | undefined)[];

/** Every recorded close asks for those around it. */
function factorsOver(given: Pick<Near, 'equity' | 'bars' | 'benchmark'>): Factors {
  const known = new Map<Ticker, readonly (number | undefined)[]>();
  return (ticker) => {
    const factors =
      known.get(ticker) ??
      given.equity.map((point, index) => {
        const traded = ticker === given.benchmark ? point.benchmark : priceOf(point, ticker);
        const close = closeIn(given, ticker, index);
        if (traded === undefined || close === undefined || point.provisional) return undefined;
        return close / traded;
      });
    known.set(ticker, factors);
    return factors;
  };
}

function officialPoint(
  near: Near,
  { provisional: _, at: __, ...recorded }: EquityPoint,
): EquityPoint | undefined {
  const market = officialClose(near, near.benchmark);
  if (market === undefined || !recorded.holdings) return undefined;
  if (!isBelieved(market, recorded.benchmark)) return undefined;
  const holdings = new Map(recorded.holdings);
  for (const [ticker, held] of recorded.holdings) {
    // A ticker without bars is unmanaged, and keeps the broker's value.
    if (!near.bars.has(ticker)) continue;
    const close = officialClose(near, ticker);
    const price = priceOf(recorded, ticker);
    if (close === undefined) return undefined;
    // The shares of a split may have been recorded at the pre-split price, or late.
    if (price !== undefined && splitRatio(price, close) !== undefined) return undefined;
    if (!isBelieved(close, price)) return undefined;
    holdings.set(ticker, { qty: held.qty, value: valueOf(held.qty, close) });
  }
  const moved = [...holdings].reduce(
    (sum, [ticker, { value }]) => sum + value - (recorded.holdings?.get(ticker)?.value ?? 0),
    0,
  );
  return { ...recorded, equity: cents(recorded.equity + moved), benchmark: market, holdings };
}

/** The unadjusted close, dollars a share; undefined where the adjustment since is unknown. */
function officialClose(near: Near, ticker: Ticker): number | undefined {
  const traded = rawClose(near, ticker);
  if (traded !== undefined) return traded;
  const [factor, other = factor] = factorsAround(near, ticker);
  const close = closeIn(near, ticker, near.index);
  if (factor === undefined || other === undefined || close === undefined) return undefined;
  if (Math.abs(factor / other - 1) > SAME) return undefined;
  return Math.round((close / factor) * 1e4) / 1e4;
}

function rawClose({ equity, raw, index }: Near, ticker: Ticker): number | undefined {
  const session = equity[index]?.session;
  const history = raw.get(ticker);
  return history && session && closeOn(history, session);
}

function isBenchmarkFar(near: Near, { benchmark: price }: EquityPoint): boolean {
  const traded = rawClose(near, near.benchmark);
  if (traded === undefined) return isFar(near, near.benchmark, price);
  return Math.abs(traded / price - 1) > AFTER_HOURS;
}

/** Whether a position was recorded at a price other than its official close. */
function isHeldFar(near: Near): boolean {
  const { holdings = new Map() } = near.equity[near.index] ?? {};
  return [...holdings].some(([ticker, { qty, value }]) => {
    const traded = rawClose(near, ticker);
    if (traded === undefined || splitRatio(value / 100 / toShares(qty), traded)) return false;
    return Math.abs(valueOf(qty, traded) - value) > 1 + Math.abs(value) * AFTER_HOURS;
  });
}

/** Further from the bars than any adjustment around it allows. */
function isFar(near: Near, ticker: Ticker, price: number): boolean {
  const close = closeIn(near, ticker, near.index);
  const factors = factorsAround(near, ticker);
  if (close === undefined || factors.length === 0) return false;
  return factors.every((factor) => Math.abs(close / factor / price - 1) > SLACK);
}

/**
 * Adjusted over unadjusted close: before it and after it; only 1 on the newest bar. Empty where one side
 * was not recorded: a dividend on that side would look like a wrong close.
 */
function factorsAround(near: Near, ticker: Ticker): readonly number[] {
  const { equity, bars, index } = near;
  const session = equity[index]?.session;
  if (session !== undefined && session === bars.get(ticker)?.dates.at(-1)) return [1];
  const factors = near.factors(ticker);
  const side = (from: number, to: number): readonly number[] =>
    factors.slice(Math.max(0, from), Math.max(0, to)).filter((factor) => factor !== undefined);
  const before = median(side(index - NEIGHBOURS, index));
  const after = median(side(index + 1, index + 1 + NEIGHBOURS));
  return before === undefined || after === undefined ? [] : [before, after];
}

function priceOf(point: EquityPoint | undefined, ticker: Ticker): number | undefined {
  const held = point?.holdings?.get(ticker);
  return held && held.qty > 0 && held.value > 0 ? held.value / 100 / toShares(held.qty) : undefined;
}

function closeIn(
  { equity, bars }: Pick<Near, 'equity' | 'bars'>,
  ticker: Ticker,
  index: number,
): number | undefined {
  const session: SessionDate | undefined = equity[index]?.session;
  const history = bars.get(ticker);
  return history && session && closeOn(history, session);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
