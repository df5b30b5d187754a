/** The part of parquetjs-lite that Rotor uses; the package has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream';

  interface Field {
    readonly type: 'TIMESTAMP_MILLIS' | 'DATE' | 'DOUBLE' | 'FLOAT' | 'INT64' | 'INT32' | 'UTF8';
    readonly compression?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP';
    readonly optional?: boolean;
    /** False omits the minimum and maximum of each page. */
    readonly statistics?: boolean;
  }

  interface Schema {
    readonly fields: Readonly<Record<string, unknown>>;
  }

  /** A column as buffered by the writer before it encodes a page. */
  interface ColumnBuffer {
    readonly values: readonly number[];
    /** Definition and repetition levels: 0 for every value of a required column. */
    readonly dlevels: readonly number[];
    readonly rlevels: readonly number[];
    readonly distinct_values: ReadonlySet<number>;
    readonly count: number;
  }

  interface RowBuffer {
    readonly rowCount: number;
    readonly pageRowCount: number;
    readonly columnData: Readonly<Record<string, ColumnBuffer>>;
    readonly pages: Readonly<Record<string, unknown[]>>;
  }

  interface Writer {
    /** Filled by `appendRow`, encoded by `close`. */
    rowBuffer: RowBuffer;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }

  const parquetjs: {
    readonly ParquetSchema: new (fields: Readonly<Record<string, Field>>) => Schema;
    readonly ParquetWriter: {
      openStream(
        schema: Schema,
        stream: Writable,
        options?: { readonly rowGroupSize?: number; readonly useDataPageV2?: boolean },
      ): Promise<Writer>;
    };
  };
  export = parquetjs;
}
