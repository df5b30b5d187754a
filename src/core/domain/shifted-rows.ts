/**
 * Rows that stand under the day before or after their own: the moves of such a ticker follow those of
 * the market by a day, or foretell them, which no model should be given.
 */
import { type BarHistory, countThrough } from './bar.ts';
import type { SessionDate, Ticker } from './units.ts';

/** Moves that are compared: a year of them. */
const MOVES = 252;
const FEWEST = 100;
/** The mean of fewer others is no market. */
const OTHERS = 3;
/**
 * As a correlation of a year of moves with the mean of the others: at most 0.19 a day apart, and never more
 * than 0.01 above that of the same day, for every sector and SPY of 2015 to 2025.
 */
const APART = 0.25;
const ABOVE = 0.15;

/** A ticker whose rows stand under other days than the others'. */
export interface ShiftedRows {
  readonly ticker: Ticker;
  readonly last: SessionDate;
  /** Sessions by which its rows are late; negative: early. */
  readonly by: 1 | -1;
}

/** The peers whose newest year of moves belongs to the days beside it. */
export function shiftedRows(
  peers: readonly BarHistory[],
  to?: SessionDate,
): readonly ShiftedRows[] {
  const moves = peers.map((history) => movesOf(history, to));
  const whole = new Map<SessionDate, { sum: number; count: number }>();
  for (const [day, move] of moves.flatMap((each) => [...each])) {
    const known = whole.get(day) ?? { sum: 0, count: 0 };
    whole.set(day, { sum: known.sum + move, count: known.count + 1 });
  }
  return peers.flatMap(({ ticker }, at): readonly ShiftedRows[] => {
    const own = [...(moves[at] ?? [])];
    const last = own.at(-1)?.[0];
    const market = own.map(([day, move]) => {
      const { sum = 0, count = 0 } = whole.get(day) ?? {};
      return count > OTHERS ? (sum - move) / (count - 1) : Number.NaN;
    });
    const values = own.map(([, move]) => move);
    const alike = (by: number): number => correlation(values, market, by);
    if (last === undefined) return [];
    const enough = Math.max(APART, alike(0) + ABOVE);
    const by = ([1, -1] as const).find((each) => alike(each) > enough);
    return by === undefined ? [] : [{ ticker, last, by }];
  });
}

type Moves = ReadonlyMap<SessionDate, number>;

function movesOf(history: BarHistory, to: SessionDate | undefined): Moves {
  const { dates, close } = history;
  const end = to === undefined ? dates.length : countThrough(history, to);
  const start = Math.max(1, end - MOVES);
  return new Map(
    dates.slice(start, end).map((date, index) => {
      const row = start + index;
      return [date, (close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN) - 1] as const;
    }),
  );
}

/** Of the one with the other so many days before; 0 of too few. */
function correlation(one: readonly number[], other: readonly number[], by: number): number {
  const pairs = one.flatMap((value, index): [number, number][] => {
    const its = other[index - by];
    return its === undefined || !Number.isFinite(value * its) ? [] : [[value, its]];
  });
  if (pairs.length < FEWEST) return 0;
  const [meanOne, meanOther] = [0, 1].map(
    (side) => pairs.reduce((sum, pair) => sum + (pair[side] ?? 0), 0) / pairs.length,
  ) as [number, number];
  let [both, squares, itsSquares] = [0, 0, 0];
  for (const [a, b] of pairs) {
    both += (a - meanOne) * (b - meanOther);
    squares += (a - meanOne) ** 2;
    itsSquares += (b - meanOther) ** 2;
  }
  return squares > 0 && itsSquares > 0 ? both / Math.sqrt(squares * itsSquares) : 0;
}
