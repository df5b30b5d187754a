import { isSession, sessionsBetween } from './calendar.ts';
import type { SessionDate, Ticker } from './units.ts';

/** One session's prices in dollars, split- and dividend-adjusted; volume in shares. */
export interface Bar {
  readonly date: SessionDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** One ticker's bars as columns of equal length, dates strictly increasing. */
export interface BarHistory {
  readonly ticker: Ticker;
  readonly dates: readonly SessionDate[];
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The histories of several tickers. */
export type Bars = ReadonlyMap<Ticker, BarHistory>;

/** All bars of a history, oldest first. */
export function barsOf(history: BarHistory): readonly Bar[] {
  return history.dates.flatMap((_, row) => barAt(history, row) ?? []);
}

/** The bar at that zero-based index; undefined beyond the ends. */
export function barAt(history: BarHistory, index: number): Bar | undefined {
  const date = history.dates[index];
  if (date === undefined) return undefined;
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return {
    date,
    open: at(history.open),
    high: at(history.high),
    low: at(history.low),
    close: at(history.close),
    volume: at(history.volume),
  };
}

/** A list of bars as columns; bars must be in date order. */
export function barHistory(ticker: Ticker, bars: readonly Bar[]): BarHistory {
  const column = (pick: (bar: Bar) => number): Float64Array => Float64Array.from(bars, pick);
  return {
    ticker,
    dates: bars.map((bar) => bar.date),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
  };
}

/** How many bars are dated on or before `date`; binary search. */
export function countThrough(history: BarHistory, date: SessionDate): number {
  let low = 0;
  let high = history.dates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history.dates[middle] ?? date) <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The close of exactly that session; undefined where it has no bar. */
export function closeOn(history: BarHistory, date: SessionDate): number | undefined {
  const { dates, close } = history;
  const last = dates.length - 1;
  // In a history without gaps it is as many rows before the last as sessions.
  const likely = last - sessionsBetween(date, dates[last] ?? date);
  const row = dates[likely] === date ? likely : countThrough(history, date) - 1;
  return dates[row] === date ? close[row] : undefined;
}

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Whether both have the same days and exactly equal numbers. */
export function sameBars(a: BarHistory, b: BarHistory): boolean {
  return (
    a.dates.length === b.dates.length &&
    a.dates.every((date, row) => date === b.dates[row]) &&
    COLUMNS.every((name) => a[name].every((value, row) => value === b[name][row]))
  );
}

/** The history up to and including `date`; columns are views, not copies. */
export function truncateTo(history: BarHistory, date: SessionDate): BarHistory {
  const end = countThrough(history, date);
  if (end === history.dates.length) return history;
  return {
    ticker: history.ticker,
    dates: history.dates.slice(0, end),
    open: history.open.subarray(0, end),
    high: history.high.subarray(0, end),
    low: history.low.subarray(0, end),
    close: history.close.subarray(0, end),
    volume: history.volume.subarray(0, end),
  };
}

/** The date of the last bar; undefined without bars. */
export function lastDate(history: BarHistory): SessionDate | undefined {
  return history.dates.at(-1);
}

/** The close of the last bar, in dollars; undefined without bars. */
export function lastClose(history: BarHistory): number | undefined {
  return history.close.at(-1);
}

/** A row of a history that breaks a rule for bars, and the rule. */
export interface RowFault {
  /** Zero-based index in the history. */
  readonly row: number;
  readonly date: SessionDate;
  readonly reason: string;
}

/**
 * Adjusted files round each column separately, so open and close may lie outside [low, high] by a rounding.
 */
const ROUNDING = 1e-9;

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * The first row that breaks a rule for bars, or undefined. Rules: one row a day, days strictly increasing,
 * each an NYSE session and none after `latest`; prices finite and positive; low <= open, close <= high
 * within 1e-9 of the price; volume finite and not negative.
 */
export function firstFault(history: BarHistory, latest: SessionDate): RowFault | undefined {
  for (let row = 0; row < history.dates.length; row++) {
    const bar = barAt(history, row);
    if (!bar) continue;
    const reason =
      dayFault(bar.date, history.dates[row - 1], latest) ?? priceFault(bar) ?? rangeFault(bar);
    if (reason !== undefined) return { row, date: bar.date, reason };
  }
  return undefined;
}

function dayFault(
  date: SessionDate,
  before: SessionDate | undefined,
  latest: SessionDate,
): string | undefined {
  if (before !== undefined && date === before) return `a second row for ${date}`;
  if (before !== undefined && date < before) return `${date} comes after ${before}`;
  if (date > latest) return `${date} is in the future, the last possible day is ${latest}`;
  if (!isSession(date)) return `${date} is not a session of the NYSE`;
  return undefined;
}

function priceFault(bar: Bar): string | undefined {
  const { open, high, low, close, volume } = bar;
  // All at once, as every start and command checks tens of thousands; one NaN makes both NaN.
  const least = Math.min(open, high, low, close);
  const most = Math.max(open, high, low, close);
  if (!(least > 0 && most < Number.POSITIVE_INFINITY)) {
    const name = PRICES.find((each) => !(bar[each] > 0 && Number.isFinite(bar[each]))) ?? 'open';
    return `${name} is ${bar[name]}, expected a positive price`;
  }
  const whole = Number.isFinite(volume) && volume >= 0;
  return whole ? undefined : `volume is ${volume}, expected 0 or more shares`;
}

function rangeFault(bar: Bar): string | undefined {
  return outside('open', bar.open, bar) ?? outside('close', bar.close, bar);
}

function outside(name: string, price: number, { high, low }: Bar): string | undefined {
  const slack = high * ROUNDING;
  if (price < low - slack) return `${name} ${price} is below low ${low}`;
  return price > high + slack ? `${name} ${price} is above high ${high}` : undefined;
}
