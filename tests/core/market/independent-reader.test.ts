import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Table, tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { describe, expect, it } from 'vitest';
import type { BarHistory } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs } from '#core/domain/units.ts';
import { createBarFiles } from '#core/market/files/bar-files.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { bars, emptyFolder, history } from './histories.ts';

/** The reader of the Arrow project for Rust: it shares no line with the one that Rotor reads with. */
function asOthersRead(bytes: Uint8Array): Table {
  return tableFromIPC(readParquet(bytes).intoIPCStream());
}

async function stored(written: BarHistory): Promise<Uint8Array> {
  const folder = await emptyFolder();
  const files = createBarFiles({ disk: folderDisk(folder), now: () => epochMs(0) });
  await files.put(written, {
    source: 'a test',
    feed: 'sip',
    adjustment: 'all',
    fetchedAt: epochMs(0),
  });
  return readFile(join(folder, 'XLK_1D.parquet'));
}

describe('a stored file in another reader', () => {
  it.each([
    ['one bar', '2024-03-08'],
    ['a year', '2023-03-08'],
    ['every session since 1990', '1990-01-02'],
  ])('has %s, bit by bit as written', async (_, from) => {
    const written = history(bars(from, '2024-03-08'));
    const table = asOthersRead(await stored(written));
    expect(table.numRows).toBe(written.dates.length);
    const stamps = table.getChild('timestamp')?.toArray() as BigInt64Array;
    expect(Array.from(stamps, Number)).toEqual(
      written.dates.map((date) => newYorkInstant(date, 0)),
    );
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
      expect(Float64Array.from(table.getChild(name)?.toArray())).toEqual(written[name]);
    }
  });

  it('has the types that pandas and DuckDB expect, and no missing value', async () => {
    const { schema, ...table } = asOthersRead(
      await stored(history(bars('2024-01-02', '2024-03-08'))),
    );
    expect(schema.fields.map(({ name, type, nullable }) => `${name} ${type} ${nullable}`)).toEqual([
      'timestamp Timestamp<MILLISECOND, UTC> false',
      'open Float64 false',
      'high Float64 false',
      'low Float64 false',
      'close Float64 false',
      'volume Float64 false',
    ]);
    expect(table.batches.every(({ nullCount }) => nullCount === 0)).toBe(true);
  });

  it('begins and ends as the format requires', async () => {
    const bytes = Buffer.from(await stored(history(bars('2024-01-02', '2024-03-08'))));
    const footer = bytes.readUInt32LE(bytes.length - 8);
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual([
      'PAR1',
      'PAR1',
    ]);
    expect(footer).toBeGreaterThan(0);
    expect(footer).toBeLessThan(bytes.length - 12);
  });
});
