import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { readColumns } from '#core/market/files/parquet-columns.ts';
import { bars, history } from '../histories.ts';

const REQUEST = { columns: ['close'], parsers: {}, compressors: {} };

/** The file, and its metadata with another place of the column `close`. */
async function placedAt(first: bigint, size: bigint) {
  const { buffer } = new Uint8Array(await parquetBytes(history(bars('2024-01-02', '2024-03-15'))));
  const metadata: FileMetaData = structuredClone(parquetMetadata(buffer));
  const chunks = metadata.row_groups.flatMap(({ columns }) => columns);
  const chunk = chunks.find(({ meta_data }) => meta_data?.path_in_schema[0] === 'close')?.meta_data;
  if (!chunk) throw new Error('no column close');
  delete chunk.dictionary_page_offset;
  Object.assign(chunk, { data_page_offset: first, total_compressed_size: size });
  return { buffer, metadata };
}

describe('a column', () => {
  it.each([
    ['begins behind the end', 1_000_000n, 10n],
    ['begins before the start', -4n, 10n],
    ['is longer than the file', 4n, 1_000_000n],
    ['has a negative length', 4n, -1n],
  ])('that %s is named', async (_, first, size) => {
    const { buffer, metadata } = await placedAt(first, size);
    expect(() => readColumns(buffer, metadata, REQUEST)).toThrow(
      new RangeError('column close is said to lie beyond the end of the file'),
    );
  });
});
