/** Writes bars as parquet. */
import { basename, dirname } from 'node:path';
import { Writable } from 'node:stream';
import type parquetjs from 'parquetjs-lite';
import type { BarHistory } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { folderDisk, putInPlace, thisWriter, writeDraft } from './disk.ts';

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
