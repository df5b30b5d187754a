/**
 * Finds rows dated a day too early or too late: such a ticker's moves follow or predict those of the market
 * by a day, which no model should see.
 */
import { type BarHistory, countThrough } from './bar.ts';
import type { SessionDate, Ticker } from './units.ts';

/** Number of moves compared: one year. */
const MOVES = 252;
const MIN_SESSIONS = 100;
/** A mean of fewer peers does not represent the market. */
const OTHERS = 3;
/**
 * Correlation of a year of moves with the mean of the others: at most 0.19 at a shift of one day, and never
 * more than 0.01 above that of the same day, for every sector and SPY from 2015 to 2025.
 */
const APART = 0.25;
const ABOVE = 0.15;

/** A ticker whose rows are dated differently from the others'. */
export interface ShiftedRows {
  readonly ticker: Ticker;
  readonly last: SessionDate;
  /** Sessions by which its rows are late; negative: early. */
  readonly by: 1 | -1;
}

/** The peers whose latest year of moves matches the market shifted by a day. */
export function shiftedRows(
  peers: readonly BarHistory[],
  to?: SessionDate,
): readonly ShiftedRows[] {
  const moves = peers.map((history) => movesOf(history, to));
  const markets = marketsOf(moves);
  return moves.flatMap(({ ticker, days, values }, at): readonly ShiftedRows[] => {
    const [last, market] = [days.at(-1), markets[at]];
    if (last === undefined || !market) return [];
    const by = ([1, -1] as const).find((each) => {
      const alike = correlation(values, market, each);
      return alike > APART && alike > correlation(values, market, 0) + ABOVE;
    });
    return by === undefined ? [] : [{ ticker, last, by }];
  });
}

/** Each day's move, in date order. */
interface Moves {
  readonly ticker: Ticker;
  readonly days: readonly SessionDate[];
  readonly values: Float64Array;
}

/** For each ticker the mean move of all the others on each of its days; NaN with too few of them. */
function marketsOf(moves: readonly Moves[]): readonly Float64Array[] {
  const whole = new Map<SessionDate, { sum: number; count: number }>();
  const daysOf = moves.map(({ days, values }) =>
    days.map((day, index) => {
      const known = whole.get(day) ?? { sum: 0, count: 0 };
      if (known.count === 0) whole.set(day, known);
      known.sum += values[index] ?? 0;
      known.count += 1;
      return known;
    }),
  );
  return moves.map(({ values }, at) =>
    values.map((value, index) => {
      const { sum, count } = daysOf[at]?.[index] ?? { sum: 0, count: 0 };
      return count > OTHERS ? (sum - value) / (count - 1) : Number.NaN;
    }),
  );
}

function movesOf(history: BarHistory, to: SessionDate | undefined): Moves {
  const { ticker, dates, close } = history;
  const end = to === undefined ? dates.length : countThrough(history, to);
  const start = Math.max(1, end - MOVES);
  const days = dates.slice(start, end);
  const values = new Float64Array(days.length);
  for (let row = start; row < end; row++) {
    values[row - start] = (close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN) - 1;
  }
  return { ticker, days, values };
}

/** Correlation of the one with the other that many days earlier; 0 for too few. */
function correlation(one: Float64Array, other: Float64Array, by: number): number {
  const [mine, its] = pairsOf(one, other, by);
  if (mine.length < MIN_SESSIONS) return 0;
  const [mean, itsMean] = [meanOf(mine), meanOf(its)];
  let [both, squares, itsSquares] = [0, 0, 0];
  for (let index = 0; index < mine.length; index++) {
    const a = (mine[index] ?? 0) - mean;
    const b = (its[index] ?? 0) - itsMean;
    both += a * b;
    squares += a * a;
    itsSquares += b * b;
  }
  return squares > 0 && itsSquares > 0 ? both / Math.sqrt(squares * itsSquares) : 0;
}

/** The values of both on the days on which both are known. */
function pairsOf(
  one: Float64Array,
  other: Float64Array,
  by: number,
): readonly [Float64Array, Float64Array] {
  const [mine, its] = [new Float64Array(one.length), new Float64Array(one.length)];
  let count = 0;
  for (let index = Math.max(0, by); index < one.length; index++) {
    const here = one[index] ?? Number.NaN;
    const there = other[index - by] ?? Number.NaN;
    if (!Number.isFinite(here * there)) continue;
    mine[count] = here;
    its[count] = there;
    count += 1;
  }
  return [mine.subarray(0, count), its.subarray(0, count)];
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
