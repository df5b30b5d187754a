/**
 * Finds rows that two tickers share: one's file has the other's numbers, entirely or from some day on. The
 * shape of a day is compared (open, high and low over its close, and the close over the previous one), so
 * that rescaled rows are found as well.
 */
import { type BarHistory, countThrough } from './bar.ts';
import type { SessionDate, Ticker } from './units.ts';

/** Maximum distance of two equal shapes: prices may be rescaled and rounded to a cent. */
const SHAPE_TOLERANCE = 5e-4;
/** Synthetic or frozen prices have the same shape every day, which does not identify a ticker. */
const MIN_VARIATION = 5e-3;
/** Consecutive days. In eleven years of the thirteen tickers no pair shares two. */
const MIN_DAYS = 5;
/** Sessions by which the other's rows may be shifted where a part was copied under a wrong date. */
const WRONG_DAYS = [1, -1] as const;

/** Consecutive days on which a ticker has the rows of another. */
export interface SharedRows {
  readonly ticker: Ticker;
  readonly of: Ticker;
  readonly last: SessionDate;
  readonly days: number;
}

/** Days with from <= date <= to; all days if omitted. */
interface Range {
  readonly from?: SessionDate;
  readonly to?: SessionDate;
}

/** Every run of shared days, reported for both tickers of each pair. */
export function sharedRows(
  histories: readonly BarHistory[],
  range: Range = {},
): readonly SharedRows[] {
  const pairs = histories.flatMap((one, at) =>
    histories.slice(at + 1).map((other) => [one, other] as const),
  );
  return pairs.flatMap(([one, other]) =>
    pairRuns(one, other, range).flatMap((run) => [
      { last: run.last, days: run.days, ticker: one.ticker, of: other.ticker },
      { last: run.last, days: run.days, ticker: other.ticker, of: one.ticker },
    ]),
  );
}

/** A sweep asks for the same whole histories again with every set of tickers that it ranks. */
const WHOLE = new WeakMap<BarHistory, WeakMap<BarHistory, readonly Run[]>>();

function pairRuns(one: BarHistory, other: BarHistory, range: Range): readonly Run[] {
  const isWhole = range.from === undefined && range.to === undefined;
  const known = isWhole && WHOLE.get(one)?.get(other);
  if (known) return known;
  const pair = pairOf(one, other, range);
  const runs = [...runsOf(pair), ...splicedRuns(pair)];
  if (isWhole) WHOLE.set(one, (WHOLE.get(one) ?? new WeakMap()).set(other, runs));
  return runs;
}

/** Two histories, and the rows of the first one that are compared. */
interface Pair {
  readonly one: BarHistory;
  readonly other: BarHistory;
  /** The end is not included. */
  readonly start: number;
  readonly end: number;
  /** How many rows earlier the first one has the day `start`. */
  readonly ahead: number;
  /** Growth of the closes into each row of either. */
  readonly growth: readonly [Float64Array, Float64Array];
}

function pairOf(one: BarHistory, other: BarHistory, range: Range): Pair {
  const [start, end] = rowsIn(one, range);
  const first = one.dates[start];
  const ahead = first === undefined ? 0 : countThrough(other, first) - 1 - start;
  return { one, other, start, end, ahead, growth: [growthOf(one), growthOf(other)] };
}

/** The other's row of the same day; -1 where it has none. Days missing in one of them are rare. */
function theirRow({ one, other, ahead }: Pair, row: number): number {
  const date = one.dates[row];
  if (date === undefined) return -1;
  if (other.dates[row + ahead] === date) return row + ahead;
  const last = countThrough(other, date) - 1;
  return other.dates[last] === date ? last : -1;
}

/**
 * One run within the range that differs before it: two whole histories that follow each other by a day are
 * synthetic.
 */
function splicedRuns(pair: Pair): readonly Run[] {
  return WRONG_DAYS.flatMap((shift) => {
    const [run, ...more] = runsOf(pair, shift);
    return run && more.length === 0 && run.row > pair.start + MIN_DAYS ? [run] : [];
  });
}

function runsOf(pair: Pair, shift = 0): readonly Run[] {
  const found: Run[] = [];
  if (!mayShare(pair, shift)) return found;
  const { one, start, end } = pair;
  let [days, begin] = [0, start];
  for (let row = start; row <= end; row++) {
    if (row < end && isShared(pair, row, shift)) {
      if (!isNear(one, row, one, row - 1, MIN_VARIATION)) days += 1;
      continue;
    }
    const last = one.dates[row - 1];
    if (last !== undefined && days >= MIN_DAYS) found.push({ last, days, row: begin });
    [days, begin] = [0, row + 1];
  }
  return found;
}

/** False where no run is possible: every run contains some n-th row. Most pairs end here. */
function mayShare(pair: Pair, shift: number): boolean {
  const { one, start, end } = pair;
  for (let row = start + MIN_DAYS - 1; row < end; row += MIN_DAYS) {
    if (!isShared(pair, row, shift)) continue;
    const varied = variedBefore(one);
    return (varied[end] ?? 0) - (varied[start] ?? 0) >= MIN_DAYS;
  }
  return false;
}

function isShared(pair: Pair, row: number, shift: number): boolean {
  const its = theirRow(pair, row);
  return (
    its >= 0 && mayBeNear(pair, row, its + shift) && isNear(pair.one, row, pair.other, its + shift)
  );
}

/** Almost every pair of days differs in this first ratio; rounded otherwise than in `isNear`. */
function mayBeNear({ growth: [mine, its] }: Pair, row: number, theirs: number): boolean {
  const ratio = (its[theirs] ?? Number.NaN) / (mine[row] ?? Number.NaN);
  return Math.abs(ratio - 1) <= 2 * SHAPE_TOLERANCE;
}

const GROWTH = new WeakMap<BarHistory, Float64Array>();

/** Each close over the one before it; NaN for the first. */
function growthOf(history: BarHistory): Float64Array {
  const known = GROWTH.get(history);
  if (known) return known;
  const { close } = history;
  const growth = new Float64Array(close.length);
  for (let row = 0; row < close.length; row++)
    growth[row] = (close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN);
  GROWTH.set(history, growth);
  return growth;
}

const VARIED = new WeakMap<BarHistory, Uint32Array>();

/** For each row: how many earlier rows differ in shape from the one before them. */
function variedBefore(history: BarHistory): Uint32Array {
  const known = VARIED.get(history);
  if (known) return known;
  const counts = new Uint32Array(history.dates.length + 1);
  for (const row of history.dates.keys()) {
    const varies = !isNear(history, row, history, row - 1, MIN_VARIATION);
    counts[row + 1] = (counts[row] ?? 0) + Number(varies);
  }
  VARIED.set(history, counts);
  return counts;
}

interface Run extends Pick<SharedRows, 'last' | 'days'> {
  /** Its first row. */
  readonly row: number;
}

const PRICES = ['open', 'high', 'low'] as const;

/** Whether two days have the same shape. */
function isNear(
  one: BarHistory,
  row: number,
  other: BarHistory,
  theirs: number,
  within: number = SHAPE_TOLERANCE,
): boolean {
  const mine = one.close[row] ?? Number.NaN;
  const its = other.close[theirs] ?? Number.NaN;
  const into = ((one.close[row - 1] ?? Number.NaN) / (other.close[theirs - 1] ?? Number.NaN)) * its;
  // NaN, for a missing price, is near nothing.
  if (!(Math.abs(into / mine - 1) <= within)) return false;
  return PRICES.every((name) => {
    const ratio = (one[name][row] ?? Number.NaN) / (other[name][theirs] ?? Number.NaN);
    return Math.abs((ratio * its) / mine - 1) <= within;
  });
}

/** The rows of a range, end exclusive. */
function rowsIn(history: BarHistory, { from, to }: Range): readonly [number, number] {
  const start = from === undefined ? 1 : Math.max(1, countThrough(history, from));
  return [start, to === undefined ? history.dates.length : countThrough(history, to)];
}
