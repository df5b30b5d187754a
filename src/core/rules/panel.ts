/**
 * Bars as columns with one shared index: row r is the same session for every ticker. Decision rules work on
 * this and create no text, maps or records.
 */
import { type BarHistory, type Bars, countThrough } from '../domain/bar.ts';
import { sessionsBetween, sessionsIn } from '../domain/calendar.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { instruments, type Universe } from '../domain/universe.ts';

/** The bars of a universe by session and ticker; NaN where there is no bar. */
export interface Panel {
  readonly universe: Universe;
  /** Every session from the first bar of any ticker to the last. */
  readonly dates: readonly SessionDate[];
  /** Tradable tickers, in universe order, then the benchmark. */
  readonly tickers: readonly Ticker[];
  /** Indices of the sectors among the tickers. */
  readonly sectors: Int32Array;
  readonly defensive: number;
  readonly benchmark: number;
  /** By ticker, dollars a share. */
  readonly open: readonly Float64Array[];
  readonly close: readonly Float64Array[];
  /** The same in whole millionths of a dollar, used for money calculations. */
  readonly openMicros: readonly Float64Array[];
  readonly closeMicros: readonly Float64Array[];
  /** The row of each ticker's first listed session; negative before the panel begins. */
  readonly listed: Int32Array;
}

/** A number in a column; NaN beyond its ends. */
export function at(column: Float64Array, row: number): number {
  return column[row] ?? Number.NaN;
}

/** A whole number in a column; -1 beyond its ends. */
export function indexAt(column: Int32Array, row: number): number {
  return column[row] ?? -1;
}

/** The bars as one table. Tickers without a history have columns of NaN. */
export function panelOf(bars: Bars, universe: Universe): Panel {
  const known = instruments(universe);
  const dates = sessionsOf(known.flatMap(({ ticker }) => bars.get(ticker) ?? []));
  const tickers = known.map(({ ticker }) => ticker);
  const histories = tickers.map((ticker) => bars.get(ticker));
  const indices = histories.map((history) => history && barsOn(history, dates));
  const columns = (pick: (history: BarHistory) => Float64Array): readonly Float64Array[] =>
    histories.map((history, place) =>
      aligned(dates.length, indices[place], history && pick(history)),
    );
  const open = columns((history) => history.open);
  const close = columns((history) => history.close);
  return {
    universe,
    dates,
    tickers,
    sectors: Int32Array.from(universe.sectors, (_, index) => index),
    defensive: universe.sectors.length,
    benchmark: tickers.length - 1,
    open,
    close,
    openMicros: open.map(microsOf),
    closeMicros: close.map(microsOf),
    listed: Int32Array.from(known, ({ firstSession }) => listedRow(firstSession, dates)),
  };
}

/** The row of a session; -1 where the panel does not have it. */
export function rowOf({ dates }: Panel, date: SessionDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dates[middle] ?? date) < date) low = middle + 1;
    else high = middle;
  }
  return dates[low] === date ? low : -1;
}

function sessionsOf(histories: readonly BarHistory[]): readonly SessionDate[] {
  const firsts = histories.flatMap(({ dates }) => dates[0] ?? []).sort();
  const lasts = histories.flatMap(({ dates }) => dates.at(-1) ?? []).sort();
  const [first, last] = [firsts[0], lasts.at(-1)];
  return first && last ? sessionsIn(first, last).map(({ date }) => date) : [];
}

/** For each session the index of its bar in the history, -1 where there is none. Both are ascending. */
export function barsOn(history: BarHistory, sessions: readonly SessionDate[]): Int32Array {
  const [first] = sessions;
  let index = first === undefined ? 0 : Math.max(0, countThrough(history, first) - 1);
  return Int32Array.from(sessions, (date) => {
    while ((history.dates[index] ?? date) < date) index += 1;
    return history.dates[index] === date ? index : -1;
  });
}

function aligned(
  sessions: number,
  indices: Int32Array | undefined,
  values: Float64Array | undefined,
): Float64Array {
  const column = new Float64Array(sessions).fill(Number.NaN);
  if (!indices || !values) return column;
  for (let row = 0; row < sessions; row++) {
    column[row] = at(values, indexAt(indices, row));
  }
  return column;
}

function microsOf(column: Float64Array): Float64Array {
  return column.map((price) => Math.round(price * 1_000_000));
}

/** Number of sessions between the first row and the listing; negative where it was listed earlier. */
function listedRow(first: SessionDate, [begin]: readonly SessionDate[]): number {
  return begin === undefined ? 0 : sessionsBetween(begin, first);
}
