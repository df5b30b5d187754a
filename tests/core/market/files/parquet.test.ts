import { readdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parquetMetadata } from 'hyparquet';
import parquetjs from 'parquetjs-lite';
import { describe, expect, it } from 'vitest';
import { barAt } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { parquetBytes, writeBars } from '#core/market/files/parquet.ts';
import { bar, bars, emptyFolder, history, XLK } from '../histories.ts';
import { readBars } from '../read-bars.ts';

const EXPECTED = 'expected timestamp or date, open, high, low, close and volume';
const AS_NUMBERS =
  "where it is text, pandas.read_csv(…, thousands=',') or (…, sep=';', decimal=',') reads numbers";

const FIXTURES = join(import.meta.dirname, '../fixtures');
const SHAPES = readdirSync(FIXTURES).filter((name) => name.endsWith('.parquet'));

/** What every fixture holds. */
const SIX = history([
  six('2024-03-07', 10, 10.75, 9.75, 10.5, 1000),
  six('2024-03-08', 10.5, 11.25, 10.25, 11, 2000),
  six('2024-03-11', 11, 11.5, 10.5, 10.75, 1500),
  six('2024-03-12', 10.75, 11, 10.25, 10.5, 2500),
  six('2024-11-01', 12, 12.75, 11.75, 12.5, 3000),
  six('2024-11-04', 12.5, 13, 12.25, 12.75, 3500),
]);

function six(date: string, open: number, high: number, low: number, close: number, volume: number) {
  return bar(date, close, { open, high, low, volume });
}

function memory(): { stream: Writable; bytes: () => Buffer } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(parts) };
}

function refusedFixture(name: string): Promise<unknown> {
  return readBars(join(FIXTURES, 'refused', name), XLK);
}

describe('reading what pandas and pyarrow write', () => {
  it('has fixtures to read', () => {
    expect(SHAPES.length).toBeGreaterThanOrEqual(15);
  });

  it.each(SHAPES)('reads the same six bars from %s', async (name) => {
    expect(await readBars(join(FIXTURES, name), XLK)).toEqual(SIX);
  });

  it('returns a missing price as NaN, which the row check rejects', async () => {
    const read = await readBars(join(FIXTURES, 'refused', 'close-null.parquet'), XLK);
    expect([...read.close]).toEqual([10.5, 11, 10.75, Number.NaN, 12.5, 12.75]);
  });

  it.each([
    ['ambiguous-close.parquet', 'more than one column could be close: close, Close'],
    ['no-volume.parquet', `no column volume among timestamp, open, high, low, close; ${EXPECTED}`],
    [
      'no-day.parquet',
      `no column timestamp or date among open, high, low, close, volume; ${EXPECTED}`,
    ],
    ['close-is-text.parquet', `column close is not a number; ${AS_NUMBERS}`],
    ['day-null.parquet', 'row 2: the day is absent'],
  ])('rejects %s, saying: %s', async (name, reason) => {
    await expect(refusedFixture(name)).rejects.toThrow(new Error(`${name}: ${reason}`));
  });
});

describe('reading a file that is not parquet', () => {
  it.each([
    ['an empty file', '', 'it is empty'],
    ['a text', 'date,close\n2024-01-02,100\n', 'it is text: pandas.read_csv reads it'],
    ['a text with a mark', '\uFEFFdate;close\r\n', 'it is text: pandas.read_csv reads it'],
    ['a web page saved by mistake', `<html>${' '.repeat(5000)}</html>`, 'it is text'],
    ['Arrow', 'ARROW1\0\0', 'it is Arrow: pandas.read_feather reads it'],
    ['what gzip packed', Buffer.from([0x1f, 0x8b, 8, 0]), 'it is packed by gzip: unpack it'],
  ])('rejects %s by its name, saying what it is', async (_, content, what) => {
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeFile(file, content);
    await expect(readBars(file, XLK)).rejects.toThrow(
      `XLK_1D.parquet: is not readable as parquet (${what}`,
    );
  });

  it('rejects every truncation of a file', async () => {
    const whole = await parquetBytes(history(bars('2024-01-02', '2024-03-01')));
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    for (let kept = 0; kept < whole.length; kept += 97) {
      await writeFile(file, whole.subarray(0, kept));
      await expect(readBars(file, XLK)).rejects.toThrow(/^XLK_1D\.parquet: /);
    }
  });

  it('rejects a page damaged beyond decompression', async () => {
    const bytes = Buffer.from(await readFile(join(FIXTURES, 'index-unnamed-us-gzip.parquet')));
    bytes.fill(0xff, 40, 400);
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeFile(file, bytes);
    await expect(readBars(file, XLK)).rejects.toThrow(/^XLK_1D\.parquet: /);
  });
});

describe('writing', () => {
  it('can be read back bit by bit', async () => {
    const folder = await emptyFolder();
    const written = history([
      bar('2024-03-08', 1 / 3, { volume: 9_007_199_254_740_991 }),
      bar('2024-03-11', 0.1 + 0.2, { volume: 0.5 }),
      bar('2024-11-04', 123_456.789),
    ]);
    await writeBars(join(folder, 'XLK_1D.parquet'), written);
    expect(await readBars(join(folder, 'XLK_1D.parquet'), XLK)).toEqual(written);
  });

  it('keeps more rows than a page or a row group usually holds', async () => {
    const long = history(bars('1990-01-02', '2026-11-20'));
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeBars(file, long);
    expect(long.dates.length).toBeGreaterThan(9_000);
    expect(await readBars(file, XLK)).toEqual(long);
  });

  it('writes equal bytes for equal bars', async () => {
    const once = await parquetBytes(history(bars('2024-01-02', '2024-06-28')));
    const twice = await parquetBytes(history(bars('2024-01-02', '2024-06-28')));
    expect(Buffer.compare(once, twice)).toBe(0);
  });

  it('gives the same bytes as appending row by row', async () => {
    const written = history(bars('2020-01-02', '2024-06-28'));
    const double = { type: 'DOUBLE', compression: 'SNAPPY' } as const;
    const { stream, bytes } = memory();
    const writer = await parquetjs.ParquetWriter.openStream(
      new parquetjs.ParquetSchema({
        timestamp: { type: 'TIMESTAMP_MILLIS', compression: 'SNAPPY' },
        open: double,
        high: double,
        low: double,
        close: double,
        volume: double,
      }),
      stream,
    );
    for (const [row, date] of written.dates.entries()) {
      await writer.appendRow({ ...barAt(written, row), timestamp: newYorkInstant(date, 0) });
    }
    await writer.close();
    expect(Buffer.compare(bytes(), await parquetBytes(written))).toBe(0);
  });

  it('names its columns in lower case and stores timestamps in milliseconds', async () => {
    const bytes = await parquetBytes(history([bar('2024-03-08')]));
    const { schema } = parquetMetadata(new Uint8Array(bytes).buffer);
    const columns = schema.slice(1).map(({ name, converted_type }) => [name, converted_type]);
    expect(columns[0]).toEqual(['timestamp', 'TIMESTAMP_MILLIS']);
    expect(columns.map(([name]) => name)).toEqual([
      'timestamp',
      'open',
      'high',
      'low',
      'close',
      'volume',
    ]);
  });

  it('replaces a file and leaves nothing else behind', async () => {
    const folder = await emptyFolder();
    const file = join(folder, 'XLK_1D.parquet');
    await writeFile(file, 'an older file');
    await writeBars(file, history([bar('2024-03-08')]));
    expect(await readdir(folder)).toEqual(['XLK_1D.parquet']);
  });

  it('changes no draft but its own, as another process may be writing the same file', async () => {
    const folder = await emptyFolder();
    const file = join(folder, 'XLK_1D.parquet');
    const theirs = ['draft', '1.draft', `${hostname()}-1.draft`].map((end) => `${file}.${end}`);
    for (const draft of theirs) await writeFile(draft, 'half of what another process writes');
    await writeBars(file, history([bar('2024-03-08')]));
    expect((await readBars(file, XLK)).dates).toEqual(['2024-03-08']);
    for (const draft of theirs) {
      expect(await readFile(draft, 'utf8')).toBe('half of what another process writes');
    }
  });

  it('leaves the old file unchanged when the new one cannot be written', async () => {
    const folder = await emptyFolder();
    const file = join(folder, 'XLK_1D.parquet');
    await writeBars(file, history([bar('2024-03-08')]));
    const broken = { ...history([bar('2024-03-11')]), close: new Float64Array() };
    await expect(writeBars(file, broken)).rejects.toThrow('bars: close has 0 values for 1 days');
    expect((await readBars(file, XLK)).dates).toEqual(['2024-03-08']);
  });
});

describe('reading oversized data', () => {
  async function written(type: 'TIMESTAMP_MILLIS' | 'DATE', stamps: readonly number[]) {
    const double = { type: 'DOUBLE' } as const;
    const schema = new parquetjs.ParquetSchema({
      timestamp: { type, statistics: false },
      open: double,
      high: double,
      low: double,
      close: double,
      volume: double,
    });
    const { stream, bytes } = memory();
    const writer = await parquetjs.ParquetWriter.openStream(schema, stream);
    const row = { open: 10, high: 11, low: 9, close: 10, volume: 7 };
    for (const timestamp of stamps) await writer.appendRow({ ...row, timestamp });
    await writer.close();
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeFile(file, bytes());
    return file;
  }

  it('rejects a footer that claims a list longer than the file, before making room for it', async () => {
    // Field 2, a list (0x29) of structures (0xfc), with 2^31 - 1 entries.
    const footer = [0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
    const mark = [...Buffer.from('PAR1')];
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeFile(file, Uint8Array.from([...mark, ...footer, footer.length, 0, 0, 0, ...mark]));
    await expect(readBars(file, XLK)).rejects.toThrow(
      'XLK_1D.parquet: claims a list of 2147483647, more than it has bytes',
    );
  });

  it('rejects more rows than any history has, according to the footer', async () => {
    const file = await written('TIMESTAMP_MILLIS', Array<number>(100_001).fill(0));
    await expect(readBars(file, XLK)).rejects.toThrow(
      'XLK_1D.parquet: has 100001 rows, at most 100000 are read',
    );
  });

  it.each([
    ['TIMESTAMP_MILLIS', 8e15],
    ['DATE', 2 ** 31 - 1],
    ['DATE', 2_932_897],
  ] as const)('rejects a %s of %d, which is not in any calendar', async (type, stamp) => {
    const file = await written(type, [stamp]);
    await expect(readBars(file, XLK)).rejects.toThrow(/^XLK_1D\.parquet: row 0: the day is \d+/);
  });
});

describe('reading files from parquetjs-lite', () => {
  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP'] as const)('reads %s', async (compression) => {
    const double = { type: 'DOUBLE', compression } as const;
    const schema = new parquetjs.ParquetSchema({
      DATE: { type: 'DATE', compression, optional: true },
      Open: double,
      HIGH: double,
      Low: double,
      Close: double,
      Volume: { type: 'INT64', compression },
      Dividends: double,
    });
    const { stream, bytes } = memory();
    const writer = await parquetjs.ParquetWriter.openStream(schema, stream, {
      useDataPageV2: false,
    });
    const row = { Open: 10, HIGH: 11, Low: 9, Close: 10.5, Volume: 7, Dividends: 0 };
    await writer.appendRow({ ...row, DATE: new Date('2024-03-08T00:00:00Z') });
    await writer.close();
    const file = join(await emptyFolder(), 'XLK_1D.parquet');
    await writeFile(file, bytes());
    expect(await readBars(file, XLK)).toEqual(
      history([bar('2024-03-08', 10.5, { open: 10, high: 11, low: 9, volume: 7 })]),
    );
  });
});
