/** Parquet with whatever columns a test wants, to hold bars that no sound writer would write. */
import { Writable } from 'node:stream';
import parquetjs from 'parquetjs-lite';
import type { Bar } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';

export const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
export type Column = (typeof COLUMNS)[number];

type Type = ConstructorParameters<typeof parquetjs.ParquetSchema>[0][string]['type'];

export interface Shape {
  /** The file's columns: which name holds which of a bar's numbers, and as what type. */
  readonly columns: readonly { readonly name: string; readonly of: Column; readonly type: Type }[];
  readonly compression: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP';
  readonly statistics: boolean;
}

export const DOUBLES: Shape = {
  columns: COLUMNS.map((name) => ({
    name,
    of: name,
    type: name === 'timestamp' ? 'TIMESTAMP_MILLIS' : 'DOUBLE',
  })),
  compression: 'SNAPPY',
  statistics: true,
};

/** A number that is absent is null in the file. */
export type LooseBar = {
  readonly [K in keyof Bar]: K extends 'date' ? Bar[K] : number | undefined;
};

export async function fileOf(bars: readonly LooseBar[], shape: Shape): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  const { compression, statistics } = shape;
  const fields = shape.columns.map(({ name, of, type }) => {
    const optional = of !== 'timestamp' && bars.some((bar) => bar[of] === undefined);
    return [name, { type, compression, statistics, ...(optional && { optional }) }] as const;
  });
  const schema = new parquetjs.ParquetSchema(Object.fromEntries(fields));
  const writer = await parquetjs.ParquetWriter.openStream(schema, stream);
  for (const bar of bars) {
    const row = shape.columns.map(({ name, of, type }) => [name, valueOf(bar, of, type)] as const);
    await writer.appendRow(Object.fromEntries(row));
  }
  await writer.close();
  return Buffer.concat(parts);
}

function valueOf(bar: LooseBar, column: Column, type: Type): unknown {
  if (column === 'timestamp') {
    const instant = newYorkInstant(bar.date, 0);
    return type === 'UTF8' ? bar.date : type === 'DATE' ? new Date(`${bar.date}T00:00Z`) : instant;
  }
  const value = bar[column];
  if (value === undefined) return undefined;
  if (type === 'UTF8') return String(value);
  return type === 'INT64' || type === 'INT32' ? Math.round(value) : value;
}
