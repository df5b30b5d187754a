/**
 * Bars as columns that share one index: row r is the same session for every ticker. What decides
 * works on this and makes no text, map or record.
 */
import type { BarHistory, Bars } from '../domain/bar.ts';
import { sessionsIn } from '../domain/calendar.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { instruments, type Universe } from '../domain/universe.ts';

/** The bars of a universe by session and ticker; NaN where there is no bar. */
export interface Panel {
  readonly universe: Universe;
  /** The sessions from the first bar of anybody to the last one, each. */
  readonly dates: readonly SessionDate[];
  /** What may be traded, in universe order, then the benchmark. */
  readonly tickers: readonly Ticker[];
  /** The places of the sectors among the tickers. */
  readonly sectors: Int32Array;
  readonly defensive: number;
  readonly benchmark: number;
  /** By ticker, dollars a share. */
  readonly open: readonly Float64Array[];
  readonly close: readonly Float64Array[];
  /** The same in whole millionths of a dollar, which money is counted with. */
  readonly openMicros: readonly Float64Array[];
  readonly closeMicros: readonly Float64Array[];
  /** The row of the first session that each ticker was listed on; negative before the panel begins. */
  readonly listed: Int32Array;
}

/** A number of a column; NaN beyond its ends. */
export function at(column: Float64Array, row: number): number {
  return column[row] ?? Number.NaN;
}

/** A whole number of a column; -1 beyond its ends. */
export function indexAt(column: Int32Array, row: number): number {
  return column[row] ?? -1;
}

/** The bars in one table. Tickers without a history have columns of NaN. */
export function panelOf(bars: Bars, universe: Universe): Panel {
  const known = instruments(universe);
  const tickers = known.map(({ ticker }) => ticker);
  const dates = sessionsOf(tickers.flatMap((ticker) => bars.get(ticker) ?? []));
  const rows = new Map(dates.map((date, row) => [date, row]));
  const columns = (pick: (history: BarHistory) => Float64Array): readonly Float64Array[] =>
    tickers.map((ticker) => aligned(bars.get(ticker), rows, pick));
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

/** The row of a session; -1 where the panel has none of that day. */
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

function aligned(
  history: BarHistory | undefined,
  rows: ReadonlyMap<SessionDate, number>,
  pick: (history: BarHistory) => Float64Array,
): Float64Array {
  const column = new Float64Array(rows.size).fill(Number.NaN);
  if (!history) return column;
  const values = pick(history);
  for (let index = 0; index < history.dates.length; index++) {
    const row = rows.get(history.dates[index] ?? ('' as SessionDate));
    if (row !== undefined) column[row] = at(values, index);
  }
  return column;
}

function microsOf(column: Float64Array): Float64Array {
  return column.map((price) => Math.round(price * 1_000_000));
}

/** How many sessions lie between the first row and the listing; negative where it came before. */
function listedRow(first: SessionDate, dates: readonly SessionDate[]): number {
  const [begin] = dates;
  if (begin === undefined) return 0;
  return first > begin ? sessionsIn(begin, first).length - 1 : 1 - sessionsIn(first, begin).length;
}
