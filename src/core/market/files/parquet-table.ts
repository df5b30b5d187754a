/** Converts parquet bytes to columns; table-history.ts continues without the parquet libraries. */
import { parquetMetadata, parquetSchema } from 'hyparquet/src/metadata.js';
import { type BarColumns, barColumns, type StampKind } from './bar-columns.ts';
import { NUMBERS, type NumberColumn } from './column-names.ts';
import { type ColumnPart, readColumns } from './parquet-columns.ts';
import { checkFooter, checkSizes, compressors, MAX_ROWS } from './parquet-limits.ts';
import type { Parsed } from './table-history.ts';
import { dayOfInstant, dayOfNumber, dayOfText, dayOfWallTime } from './trading-day.ts';

const DAY_MS = 86_400_000;

/** The years that a ten-character date can express, 0001 to 9999, as days since 1970. */
const FIRST_DAY = -719_163;
const LAST_DAY = 2_932_897;
const EXPECTED_DAY =
  'expected YYYY-MM-DD, MM/DD/YYYY, DD.MM.YYYY or a time since 1970; pandas.to_datetime(…, dayfirst=…) reads others';

/** Timestamps as plain milliseconds: a `Date` per row would cost more than the rest of the read. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => Number(millis),
  timestampFromMicroseconds: (micros: bigint) => Number(micros / 1_000n),
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos / 1_000_000n),
  dateFromDays: (days: number) => days * DAY_MS,
};

/**
 * The bars in file order. Missing numbers are NaN, which the row check rejects. Never throws: anything that
 * a broken file makes the libraries throw is one kind of failure.
 * @param ticker whose columns count where a file has those of several.
 */
export function parseTable(bytes: ArrayBuffer, ticker?: string): Parsed {
  try {
    return tableOf(bytes, ticker);
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'refused', reason: error.message };
    const why = actualFormat(bytes) ?? (error instanceof Error ? error.message : String(error));
    return { kind: 'refused', reason: `is not readable as parquet (${why})` };
  }
}

/** The actual format of bytes that are not parquet, and the remedy; undefined where it is unknown. */
function actualFormat(bytes: ArrayBuffer): string | undefined {
  const head = Buffer.from(bytes, 0, Math.min(64, bytes.byteLength));
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (head.length === 0) return 'it is empty';
  if (text.startsWith('ARROW1')) return 'it is Arrow: pandas.read_feather reads it';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is packed by gzip: unpack it';
  return /^[\t\r\n\x20-\x7e]+$/.test(text) ? 'it is text: pandas.read_csv reads it' : undefined;
}

/**
 * @throws RangeError on too many rows or bytes, columns that are absent or ambiguous, or a row without a
 * day; Error when the bytes are not parquet.
 */
function tableOf(bytes: ArrayBuffer, ticker?: string): Parsed {
  checkFooter(bytes);
  const metadata = parquetMetadata(bytes);
  const columns = barColumns(parquetSchema(metadata), ticker);
  const { names, adjusted, symbols, stamps } = columns;
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new RangeError('has no rows');
  if (rows > MAX_ROWS) throw new RangeError(`has ${rows} rows, at most ${MAX_ROWS} are read`);
  const wanted = [
    ...Object.values(names),
    ...[...stamps, ...symbols].map(({ name }) => name),
    ...(adjusted === undefined ? [] : [adjusted]),
  ];
  checkSizes(bytes, metadata, wanted);
  const parts = readColumns(bytes, metadata, { columns: wanted, parsers: PARSERS, compressors });
  for (const symbol of ticker === undefined ? [] : symbols) {
    checkSymbols(parts, { ...symbol, rows, ticker: ticker ?? '' });
  }
  const numbers = numbersOf(parts, names, rows);
  const notes = adjusted === undefined ? [] : adjust(numbers, numberOf(parts, adjusted, rows));
  const table = { day: daysOf(parts, stamps, rows), ...numbers };
  const said = notes.length > 0 ? [`prices adjusted by ${adjusted ?? 'a column'}`] : [];
  return { kind: 'table', table, notes: said };
}

interface SymbolColumn {
  readonly name: string;
  readonly isSure: boolean;
  readonly rows: number;
  readonly ticker: string;
}

/** `XLK.US` is XLK. @throws RangeError for a row of a ticker other than the file's. */
function checkSymbols(
  parts: readonly ColumnPart[],
  { name, isSure, rows, ticker }: SymbolColumn,
): void {
  visit(parts, name, rows, (value, row) => {
    const symbol = String(value ?? ticker).trim();
    if (symbol.toUpperCase().replace(/[.: ]US$/, '') === ticker) return;
    if (!isSure && !/^[A-Z]{1,5}$/.test(symbol)) return;
    throw new RangeError(`row ${row} is of ${symbol}, expected ${ticker}: a file for each ticker`);
  });
}

/** The days of the first column; every other one must have the same. */
function daysOf(
  parts: readonly ColumnPart[],
  stamps: BarColumns['stamps'],
  rows: number,
): Int32Array {
  const [first, ...others] = stamps.map(({ name, kind }) => {
    const days = new Int32Array(rows);
    visit(parts, name, rows, (value, row) => {
      days[row] = dayOf(value, row, kind);
    });
    return { name, days };
  });
  if (!first) return new Int32Array(rows);
  for (const { name, days } of others) {
    const row = days.findIndex((day, at) => day !== first.days[at]);
    if (row < 0) continue;
    throw new RangeError(`row ${row}: columns ${first.name} and ${name} name different days`);
  }
  return first.days;
}

/** Multiplies every price by the factor between its day's two closes. Returns the rows changed. */
function adjust(numbers: Record<NumberColumn, Float64Array>, adjusted: Float64Array): number[] {
  const changed: number[] = [];
  adjusted.forEach((price, row) => {
    const factor = price / (numbers.close[row] ?? Number.NaN);
    if (factor === 1) return;
    changed.push(row);
    for (const name of ['open', 'high', 'low'] as const) {
      numbers[name][row] = (numbers[name][row] ?? Number.NaN) * factor;
    }
    numbers.close[row] = price;
  });
  return changed;
}

function numbersOf(
  parts: readonly ColumnPart[],
  names: BarColumns['names'],
  rows: number,
): Record<NumberColumn, Float64Array> {
  const columns = NUMBERS.map((name) => [name, numberOf(parts, names[name], rows)] as const);
  return Object.fromEntries(columns) as Record<NumberColumn, Float64Array>;
}

function numberOf(parts: readonly ColumnPart[], name: string, rows: number): Float64Array {
  const column = new Float64Array(rows);
  visit(parts, name, rows, (value, row) => {
    column[row] = value === null || value === undefined ? Number.NaN : Number(value);
  });
  return column;
}

function dayOf(value: unknown, row: number, stamp: StampKind): number {
  const day = readDay(value, stamp);
  if (day > FIRST_DAY && day < LAST_DAY) return day;
  const found =
    value === null || value === undefined ? 'absent' : `${String(value)}, ${EXPECTED_DAY}`;
  throw new RangeError(`row ${row}: the day is ${found}`);
}

function readDay(value: unknown, stamp: StampKind): number {
  if (typeof value === 'string') return dayOfText(value);
  if (stamp === 'number') return dayOfNumber(Number(value ?? Number.NaN));
  if (typeof value !== 'number') return Number.NaN;
  return stamp === 'instant' ? sharedDay(value) : dayOfWallTime(value);
}

/** All tickers have the same timestamps, and computing the New York day costs more than the rest of a row. */
const days = new Map<number, number>();

function sharedDay(instant: number): number {
  const known = days.get(instant);
  if (known !== undefined) return known;
  const day = dayOfInstant(instant);
  if (days.size >= MAX_ROWS) days.clear();
  days.set(instant, day);
  return day;
}

/** Every value of a column with its row. @throws RangeError unless there are exactly `rows`. */
function visit(
  parts: readonly ColumnPart[],
  column: string,
  rows: number,
  take: (value: unknown, row: number) => void,
): void {
  let found = 0;
  for (const { name, values, start } of parts) {
    if (name !== column) continue;
    for (let at = 0; at < values.length; at++) take(values[at], start + at);
    found += values.length;
  }
  if (found !== rows) throw new RangeError(`column ${column}: ${found} values for ${rows} rows`);
}
