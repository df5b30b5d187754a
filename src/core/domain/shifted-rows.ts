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
  const numbers = new Map<SessionDate, number>();
  const daysOf = moves.map(({ days }) => numbered(days, numbers));
  const sums = new Float64Array(numbers.size);
  const counts = new Uint32Array(numbers.size);
  moves.forEach(({ values }, at) => {
    daysOf[at]?.forEach((day, index) => {
      sums[day] = (sums[day] ?? 0) + (values[index] ?? 0);
      counts[day] = (counts[day] ?? 0) + 1;
    });
  });
  return moves.map(({ values }, at) => {
    const days = daysOf[at] ?? new Uint32Array();
    return values.map((own, index) => {
      const day = days[index] ?? 0;
      const count = counts[day] ?? 0;
      return count > OTHERS ? ((sums[day] ?? 0) - own) / (count - 1) : Number.NaN;
    });
  });
}

/** A number for each day, the same one for every ticker. */
function numbered(days: readonly SessionDate[], numbers: Map<SessionDate, number>): Uint32Array {
  const found = new Uint32Array(days.length);
  days.forEach((day, at) => {
    const number = numbers.get(day) ?? numbers.size;
    if (number === numbers.size) numbers.set(day, number);
    found[at] = number;
  });
  return found;
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
  let count = 0;
  let sum = 0;
  let itsSum = 0;
  eachPair(one, other, by, (mine, its) => {
    count += 1;
    sum += mine;
    itsSum += its;
  });
  if (count < MIN_SESSIONS) return 0;
  const mean = sum / count;
  const itsMean = itsSum / count;
  let both = 0;
  let squares = 0;
  let itsSquares = 0;
  eachPair(one, other, by, (mine, its) => {
    both += (mine - mean) * (its - itsMean);
    squares += (mine - mean) ** 2;
    itsSquares += (its - itsMean) ** 2;
  });
  return squares > 0 && itsSquares > 0 ? both / Math.sqrt(squares * itsSquares) : 0;
}

/** The values of both on the days on which both are known. */
function eachPair(
  one: Float64Array,
  other: Float64Array,
  by: number,
  take: (mine: number, its: number) => void,
): void {
  for (let index = 0; index < one.length; index++) {
    const its = other[index - by] ?? Number.NaN;
    if (Number.isFinite(its)) take(one[index] ?? Number.NaN, its);
  }
}
