/** Exports tables as files that pandas, DuckDB and Arrow open: parquet, or Arrow IPC. */
import { Writable } from 'node:stream';
import {
  type DataType,
  DateDay,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import parquetjs from 'parquetjs-lite';
import type { CellType, DataTable, TableColumn } from '#core/domain/table.ts';
import { type Disk, putInPlace, thisWriter, writeDraft } from './disk.ts';

const DAY_MS = 86_400_000;

const PARQUET = {
  text: 'UTF8',
  day: 'DATE',
  instant: 'TIMESTAMP_MILLIS',
  double: 'DOUBLE',
  whole: 'INT64',
} as const satisfies Record<CellType, string>;

const FORMATS = { parquet: tableToParquet, arrow: tableToArrow } as const;
/** The export formats. */
export type Format = keyof typeof FORMATS;

/**
 * Writes `NAME.parquet` or `NAME.arrow` for each table. All drafts are complete before the first is renamed
 * into place, so that a failed write leaves the older files, and no draft.
 */
export async function writeTables(
  disk: Disk,
  tables: readonly DataTable[],
  format: Format,
  writer: string = thisWriter(),
): Promise<void> {
  const drafts = new Map<string, string>();
  try {
    for (const table of tables) {
      const name = `${table.name}.${format}`;
      const bytes = await FORMATS[format](table);
      drafts.set(name, await writeDraft(disk, name, writer, bytes));
    }
    for (const [name, draft] of drafts) {
      await putInPlace(disk, draft, name);
      drafts.delete(name);
    }
  } finally {
    // The failure is already known; leftover drafts do no harm.
    await Promise.allSettled([...drafts.values()].map((draft) => disk.remove(draft)));
  }
}

/** The table's bytes as parquet; an empty table is a file with columns and no rows. */
async function tableToParquet(table: DataTable): Promise<Uint8Array> {
  const fields = table.columns.map(({ name, type, nullable }) => {
    // Without statistics: the writer's text order differs from the readers'.
    const field = { type: PARQUET[type], compression: 'SNAPPY', statistics: false } as const;
    return [name, { ...field, ...(nullable && { optional: true }) }] as const;
  });
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  const schema = new parquetjs.ParquetSchema(Object.fromEntries(fields));
  const writer = await parquetjs.ParquetWriter.openStream(schema, stream);
  for (let row = 0; row < table.rows; row++) {
    const cells = table.columns.map(
      (column) => [column.name, parquetValue(column, column.values[row])] as const,
    );
    await writer.appendRow(Object.fromEntries(cells));
  }
  await writer.close();
  return Buffer.concat(parts);
}

function parquetValue({ type }: TableColumn, value: TableColumn['values'][number]): unknown {
  return type === 'day' && value !== undefined ? dayNumber(value) : value;
}

/** The table's bytes as an Arrow IPC file, which is the same as Feather 2. */
function tableToArrow(table: DataTable): Uint8Array {
  const fields = table.columns.map(
    ({ name, type, nullable }) => new Field(name, ARROW[type](), nullable),
  );
  const children = table.columns.map(({ type, values }) => {
    const cells = values.map((value) => (value === undefined ? null : arrowValue(type, value)));
    const [data] = vectorFromArray(cells, ARROW[type]()).data;
    return data ?? makeData({ type: ARROW[type]() });
  });
  const data = makeData({ type: new Struct(fields), length: table.rows, nullCount: 0, children });
  const schema = new Schema(fields);
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

const ARROW: Readonly<Record<CellType, () => DataType>> = {
  text: () => new Utf8(),
  day: () => new DateDay(),
  instant: () => new TimestampMillisecond('UTC'),
  double: () => new Float64(),
  whole: () => new Int64(),
};

function arrowValue(type: CellType, value: string | number): unknown {
  if (type === 'whole') return BigInt(value);
  return type === 'day' ? new Date(dayNumber(value) * DAY_MS) : value;
}

/** Days since 1970-01-01. */
function dayNumber(date: string | number): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}
