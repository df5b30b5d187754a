/**
 * Limits the memory that reading a parquet file may take, checked before anything is decompressed. A page
 * header states how many bytes and values it unpacks to, and a file of 20 kB can claim hundreds of
 * millions. The header's claim is checked against a limit first; decompressors reject anything beyond the
 * claim.
 */
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  type ZlibOptions,
  zstdDecompressSync,
} from 'node:zlib';
import type { ColumnMetaData, Compressors, FileMetaData } from 'hyparquet';
import { compressors as others } from 'hyparquet-compressors';

/** Four hundred years of sessions: more cannot be a history of daily bars. */
export const MAX_ROWS = 100_000;
/** For all pages read together: a hundred thousand rows of eight columns take less. */
const MAX_OUTPUT = 16 * 1_048_576;

/** Node's own where the output can be limited; the others produce exactly the requested size. */
export const compressors: Compressors = {
  ...others,
  GZIP: (input, length) => gunzipSync(input, atMost(length)),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

function atMost(length: number): ZlibOptions {
  return { maxOutputLength: Math.max(1, length), finishFlush: constants.Z_SYNC_FLUSH };
}

/** Length of the footer (four bytes) and `PAR1` end the file. */
const END_BYTES = 8;

/**
 * Checks that the lists in the file's footer have as many entries as they claim, before anything makes
 * room for them.
 * @throws RangeError where they do not.
 */
export function checkFooter(bytes: ArrayBuffer): void {
  const end = bytes.byteLength - END_BYTES;
  const length = end < 0 ? 0 : new DataView(bytes).getUint32(end, true);
  // Anything else is no parquet, which its reader says.
  if (length > 0 && length <= end) readStruct(createByteReader(new DataView(bytes), end - length));
}

/**
 * Checks the headers of every page of those columns.
 * @throws RangeError where they claim more bytes or values than any table of bars has.
 */
export function checkSizes(
  bytes: ArrayBuffer,
  { row_groups: groups }: FileMetaData,
  columns: readonly string[],
): void {
  let output = 0;
  for (const { columns: chunks } of groups) {
    for (const { meta_data: chunk } of chunks) {
      if (!chunk || !columns.includes(chunk.path_in_schema.join('.'))) continue;
      for (const page of pagesOf(bytes, chunk)) {
        output += page.output;
        if (output > MAX_OUTPUT || page.values > MAX_ROWS) {
          const found = page.values > MAX_ROWS ? `${page.values} values` : `${output} bytes`;
          throw new RangeError(`unfolds to ${found} in a page, more than any table of bars`);
        }
      }
    }
  }
}

interface PageSize {
  /** Bytes, once decompressed. */
  readonly output: number;
  readonly values: number;
}

function* pagesOf(bytes: ArrayBuffer, chunk: ColumnMetaData): Generator<PageSize> {
  const data = Number(chunk.data_page_offset);
  // Some writers put 0 where there is no dictionary.
  const start = Math.min(Number(chunk.dictionary_page_offset) || data, data);
  const reader = createByteReader(new DataView(bytes), start);
  const end = start + Number(chunk.total_compressed_size);
  while (reader.at() < end) {
    const page = readPageHeader(reader);
    yield page;
    reader.skip(page.input);
  }
}

/** Type codes of Thrift's compact protocol, in the lower half of a field's first byte. */
const TYPE = { yes: 1, no: 2, byte: 3, double: 7, binary: 8, list: 9, set: 10, struct: 12 };

/** A page header's fields by number; see parquet.thrift. */
const FIELD = { output: 2, input: 3, dataV1: 5, dictionary: 7, dataV2: 8, values: 1 };

/** Reads only the size fields of a page header. */
function readPageHeader(bytes: ByteReader): PageSize & { readonly input: number } {
  const fields = readStruct(bytes);
  const counts = [FIELD.dataV1, FIELD.dictionary, FIELD.dataV2].map(
    (kind) => fields.get(100 * kind + FIELD.values) ?? 0,
  );
  const [output = -1, input = -1] = [fields.get(FIELD.output), fields.get(FIELD.input)];
  if (output < 0 || input < 0) throw new RangeError('has a page without a size');
  return { output, input, values: Math.max(...counts) };
}

/** Fields of nested structures are numbered as a hundred times the parent's number plus their own. */
function readStruct(bytes: ByteReader): Map<number, number> {
  const fields = new Map<number, number>();
  let id = 0;
  for (let head = bytes.byte(); (head & 15) !== 0; head = bytes.byte()) {
    id = head >> 4 === 0 ? bytes.zigzag() : id + (head >> 4);
    const found = readValue(bytes, head & 15);
    if (typeof found === 'number') fields.set(id, found);
    else for (const [inner, each] of found ?? []) fields.set(100 * id + inner, each);
  }
  return fields;
}

/** A whole number, or the whole numbers of a structure by field; everything else is skipped. */
function readValue(bytes: ByteReader, type: number): number | Map<number, number> | undefined {
  if (type === TYPE.yes || type === TYPE.no) return undefined;
  if (type === TYPE.struct) return readStruct(bytes);
  if (type === TYPE.list || type === TYPE.set) return void skipList(bytes);
  if (type === TYPE.binary) return void bytes.skip(bytes.varint());
  if (type === TYPE.double) return void bytes.skip(8);
  return type === TYPE.byte ? bytes.byte() : bytes.zigzag();
}

function skipList(bytes: ByteReader): void {
  const head = bytes.byte();
  const size = head >> 4 === 15 ? bytes.varint() : head >> 4;
  // Each entry takes at least one byte.
  if (size > bytes.left()) throw new RangeError(`claims a list of ${size}, more than it has bytes`);
  const type = head & 15;
  for (let each = 0; each < size; each++) {
    if (type === TYPE.yes || type === TYPE.no) bytes.skip(1);
    else readValue(bytes, type);
  }
}

interface ByteReader {
  at(): number;
  /** Bytes up to the end of the file. */
  left(): number;
  skip(length: number): void;
  byte(): number;
  /** An unsigned whole number, seven bits a byte. */
  varint(): number;
  /** A signed one. */
  zigzag(): number;
}

function createByteReader(view: DataView, start: number): ByteReader {
  let at = start;
  const byte = (): number => {
    if (!(at >= 0 && at < view.byteLength)) throw new RangeError('ends in the middle of a page');
    return view.getUint8(at++);
  };
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const part = byte();
      value += (part & 127) * scale;
      if (part < 128) return value;
    }
  };
  return {
    at: () => at,
    left: () => view.byteLength - at,
    byte,
    varint,
    zigzag: () => {
      const value = varint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    skip: (length) => {
      at += length;
    },
  };
}
