/** Bars in parquet files: reads what pandas, pyarrow and Rotor write, and writes Rotor's own. */
import { open, readFile, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { Writable } from 'node:stream';
import parquetjs from 'parquetjs-lite';
import type { BarHistory } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { historyOf, tableOf } from './parquet-table.ts';

/**
 * The rows as the file has them, in its order; check them before use.
 * @throws TradingError `fix-config` with the file's name and a plain reason when it cannot be read.
 */
export async function readBars(file: string, ticker: Ticker): Promise<BarHistory> {
  try {
    const bytes = await readFile(file);
    return historyOf(await tableOf(new Uint8Array(bytes).buffer), ticker);
  } catch (error) {
    // Translates only: whatever a broken file makes the libraries throw is one kind of trouble.
    throw new TradingError(`${basename(file)}: ${plainReason(error)}`, 'fix-config', {
      cause: error,
    });
  }
}

function plainReason(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  if (!(error instanceof Error)) return 'cannot be read';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `cannot be read (${code})`;
  return `is not readable as parquet (${error.message})`;
}

/**
 * Writes the file whole or not at all: a reader, or a start after a crash, finds the old bars or the
 * new ones. Columns `timestamp` (New York midnight in UTC), open, high, low, close, volume.
 */
export async function writeBars(file: string, history: BarHistory): Promise<void> {
  const bytes = await parquetBytes(history);
  // Its own name: a Rotor that was paused past its lease may be writing the same file.
  const draft = `${file}.${hostname()}-${process.pid}.draft`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/** Makes the rename itself survive a power cut; a system that cannot open folders needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Writer = Awaited<ReturnType<typeof parquetjs.ParquetWriter.openStream>>;

const SCHEMA = new parquetjs.ParquetSchema({
  timestamp: { type: 'TIMESTAMP_MILLIS', compression: 'SNAPPY' },
  open: { type: 'DOUBLE', compression: 'SNAPPY' },
  high: { type: 'DOUBLE', compression: 'SNAPPY' },
  low: { type: 'DOUBLE', compression: 'SNAPPY' },
  close: { type: 'DOUBLE', compression: 'SNAPPY' },
  volume: { type: 'DOUBLE', compression: 'SNAPPY' },
});

/** The file's bytes: a function of the history alone. */
export async function parquetBytes(history: BarHistory): Promise<Uint8Array> {
  const { stream, bytes } = memory();
  const writer = await parquetjs.ParquetWriter.openStream(SCHEMA, stream);
  // Whole columns at once: appending row by row costs several times as much and gives the same bytes.
  // The buffer is the writer's own business, so a test compares the two.
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
