/** Converts the columns of a file to a history. */
import type { BarHistory } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { NumberColumn } from './column-names.ts';
import { sessionDateOf } from './trading-day.ts';

/** A file's columns: `day` in days since 1970-01-01, the others as doubles. */
export type BarTable = Readonly<Record<NumberColumn, Float64Array>> & {
  readonly day: Int32Array;
};

/** A file's columns, or why there are none; `notes` list the adjustments made. */
export type Parsed =
  | { readonly kind: 'table'; readonly table: BarTable; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Far more days than all files together have. */
const MAX_DATES = 100_000;

/** The table's rows as a history; the number columns are the same arrays. Nothing is checked. */
export function historyOf({ day, ...numbers }: BarTable, ticker: Ticker): BarHistory {
  return { ticker, dates: Array.from(day, sharedDate), ...numbers };
}

/** All tickers have the same days: they share one string per day. */
const dates = new Map<number, SessionDate>();

function sharedDate(day: number): SessionDate {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = sessionDateOf(day);
  if (dates.size >= MAX_DATES) dates.clear();
  dates.set(day, date);
  return date;
}
