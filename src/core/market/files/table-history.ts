/** Converts the table of the reader's thread to a history. */
import type { Table } from 'apache-arrow';
import type { BarHistory } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { NumberColumn } from './column-names.ts';
import { sessionDateOf } from './trading-day.ts';

/** Far more days than all files together have. */
const MAX_DATES = 100_000;

/** The table's rows as a history; the number columns are views, not copies. Nothing is checked. */
export function historyOf(table: Table, ticker: Ticker): BarHistory {
  const days: Int32Array = table.getChild('day')?.toArray() ?? new Int32Array();
  const column = (name: NumberColumn): Float64Array =>
    table.getChild(name)?.toArray() ?? new Float64Array();
  return {
    ticker,
    dates: Array.from(days, sharedDate),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
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
