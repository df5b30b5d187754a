/** Bars in parquet files: reads what pandas, pyarrow and Rotor write, and writes Rotor's own. */
import { basename, dirname } from 'node:path';
import { Writable } from 'node:stream';
import type parquetjs from 'parquetjs-lite';
import type { BarHistory } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { folderDisk, putInPlace, thisWriter, writeDraft } from './disk.ts';
import { type BarReader, sharedReader } from './reader.ts';
import { historyOf } from './table-history.ts';

/** A hundred times the bars of one ticker since 1990. */
export const MAX_BYTES = 32 * 1_048_576;

/**
 * The rows of the file, in its order; check them before use.
 * @throws TradingError `fix-config` with the file's name and a plain reason when it cannot be read.
 */
export async function readBars(
  file: string,
  ticker: Ticker,
  reader: BarReader = sharedReader(),
): Promise<BarHistory> {
  const name = basename(file);
  const disk = folderDisk(dirname(file));
  const size = await disk.size(name).catch((error: unknown) => unreadable(error));
  if (typeof size === 'string') throw refused(name, size);
  if (size === undefined) throw refused(name, unreadable({ code: 'ENOENT' }));
  if (size > MAX_BYTES) throw refused(name, tooLarge(size));
  const bytes = await disk.read(name).catch((error: unknown) => unreadable(error));
  if (typeof bytes === 'string') throw refused(name, bytes);
  const reading = await reader.parse(bytes ?? new Uint8Array(), ticker);
  if (reading.kind === 'table') return historyOf(reading.table, ticker);
  throw refused(name, reading.reason);
}

/** Returns why a file of that many bytes is not read. */
export function tooLarge(size: number): string {
  return `has ${size} bytes, at most ${MAX_BYTES} are read`;
}

function refused(name: string, reason: string): TradingError {
  return new TradingError(`${name}: ${reason}`, 'fix-config');
}

/** A file that the system cannot read is rejected like a broken one. */
export function unreadable(error: unknown): string {
  const code = error instanceof Object && 'code' in error ? error.code : 'no reason given';
  return `cannot be read (${String(code)})`;
}

/**
 * Writes the file completely or not at all: a reader, or a start after a crash, finds either the old bars
 * or the new ones. Columns `timestamp` (New York midnight in UTC), open, high, low, close, volume.
 */
export async function writeBars(file: string, history: BarHistory): Promise<void> {
  const disk = folderDisk(dirname(file));
  const name = basename(file);
  const draft = await writeDraft(disk, name, thisWriter(), await parquetBytes(history));
  await putInPlace(disk, draft, name);
}

type Writer = Awaited<ReturnType<typeof parquetjs.ParquetWriter.openStream>>;

const COLUMNS = {
  timestamp: { type: 'TIMESTAMP_MILLIS', compression: 'SNAPPY' },
  open: { type: 'DOUBLE', compression: 'SNAPPY' },
  high: { type: 'DOUBLE', compression: 'SNAPPY' },
  low: { type: 'DOUBLE', compression: 'SNAPPY' },
  close: { type: 'DOUBLE', compression: 'SNAPPY' },
  volume: { type: 'DOUBLE', compression: 'SNAPPY' },
} as const;

/** The file's bytes, which depend on the history alone. */
export async function parquetBytes(history: BarHistory): Promise<Uint8Array> {
  // Most starts write no bars.
  const { default: parquet } = await import('parquetjs-lite');
  const { stream, bytes } = memory();
  const schema = new parquet.ParquetSchema(COLUMNS);
  const writer = await parquet.ParquetWriter.openStream(schema, stream);
  // Whole columns at once: appending row by row costs several times as much and gives the same bytes. The
  // buffer is internal to the writer, so a test compares the two.
  if (history.dates.length > 0) writer.rowBuffer = rowBuffer(history);
  await writer.close();
  return bytes();
}

function rowBuffer(history: BarHistory): Writer['rowBuffer'] {
  const rows = history.dates.length;
  const levels = new Array<number>(rows).fill(0);
  const { open, high, low, close, volume } = history;
  const timestamp = history.dates.map((date) => newYorkInstant(date, 0));
  const columns = Object.entries({ timestamp, open, high, low, close, volume }).map(
    ([name, column]) => {
      const values = Array.from(column);
      if (values.length !== rows) {
        throw new RangeError(`bars: ${name} has ${values.length} values for ${rows} days`);
      }
      const distinct_values = new Set(values);
      return [
        name,
        { values, dlevels: levels, rlevels: levels, distinct_values, count: rows },
      ] as const;
    },
  );
  return {
    rowCount: rows,
    pageRowCount: rows,
    columnData: Object.fromEntries(columns),
    pages: Object.fromEntries(columns.map(([name]) => [name, []])),
  };
}

function memory(): { stream: Writable; bytes: () => Uint8Array } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(parts) };
}
