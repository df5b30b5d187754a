/** Reads columns of a parquet file that is in memory, without a promise: a deadline needs one call. */
import type {
  ColumnMetaData,
  Compressors,
  DecodedArray,
  FileMetaData,
  ParquetParsers,
} from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetSchema } from 'hyparquet/src/metadata.js';
import { getTreePath } from 'hyparquet/src/schema.js';

/** Values of one column that follow one another. */
export interface ColumnPart {
  readonly name: string;
  /** The row of the first value. */
  readonly start: number;
  readonly values: DecodedArray;
}

/** The columns to read, and how their values are decoded. */
export interface ColumnRequest {
  /** Names of columns that are not nested. */
  readonly columns: readonly string[];
  readonly parsers: Partial<ParquetParsers>;
  readonly compressors: Compressors;
}

/**
 * All values of the columns, in the order of the file.
 * @throws Error when the bytes are not as the metadata says, RangeError when they end before a column does.
 */
export function readColumns(
  bytes: ArrayBuffer,
  metadata: FileMetaData,
  { columns, parsers, compressors }: ColumnRequest,
): readonly ColumnPart[] {
  const tree = parquetSchema(metadata);
  const parts: ColumnPart[] = [];
  let groupStart = 0;
  for (const { columns: chunks, num_rows } of metadata.row_groups) {
    const groupRows = Number(num_rows);
    const rows = { groupStart, groupRows, selectStart: 0, selectEnd: groupRows };
    for (const { meta_data: chunk } of chunks) {
      const [name = ''] = chunk?.path_in_schema ?? [];
      if (!chunk || !columns.includes(name)) continue;
      const path = getTreePath(tree, chunk.path_in_schema);
      const view = viewOf(bytes, chunk, name);
      const { data } = readColumn({ view, offset: 0 }, rows, {
        ...chunk,
        pathInSchema: chunk.path_in_schema,
        element: path.at(-1)?.element ?? tree.element,
        schemaPath: path,
        parsers: { ...DEFAULT_PARSERS, ...parsers },
        compressors,
      });
      let start = groupStart;
      for (const values of data) {
        parts.push({ name, start, values });
        start += values.length;
      }
    }
    groupStart += groupRows;
  }
  return parts;
}

/** @throws RangeError when the footer names bytes that the file does not have. */
function viewOf(bytes: ArrayBuffer, chunk: ColumnMetaData, name: string): DataView {
  const first = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const size = Number(chunk.total_compressed_size);
  if (first >= 0 && size >= 0 && first + size <= bytes.byteLength) {
    return new DataView(bytes, first, size);
  }
  throw new RangeError(`column ${name} is said to lie beyond the end of the file`);
}
