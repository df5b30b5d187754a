/** Files as people have them: which columns count, by which rule, and what is refused. */

import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import parquetjs from 'parquetjs-lite';
import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { inspect } from '#core/market/files/inspect-file.ts';
import { compressors } from '#core/market/files/parquet-limits.ts';
import { day, XLF, XLK } from '../histories.ts';
import { memoryDisk } from '../memory-disk.ts';

type Cell = number | string | bigint | Date | undefined;
type FieldType = 'TIMESTAMP_MILLIS' | 'DATE' | 'DOUBLE' | 'INT64' | 'UTF8';
type Columns = Readonly<Record<string, readonly [FieldType, readonly Cell[]]>>;

const DAYS = ['2025-06-10', '2025-06-11', '2025-06-12'];
const MIDNIGHTS = DAYS.map((date) => newYorkInstant(day(date), 0));
const PRICES = {
  Open: ['DOUBLE', [60, 61, 62]],
  High: ['DOUBLE', [61, 62.5, 63]],
  Low: ['DOUBLE', [59.5, 60.5, 61]],
  Close: ['DOUBLE', [60.5, 62, 62.5]],
  Volume: ['DOUBLE', [900, 800, 700]],
} as const satisfies Columns;
const STAMPS = { timestamp: ['TIMESTAMP_MILLIS', MIDNIGHTS] } as const satisfies Columns;

async function parquetOf(columns: Columns): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  const fields = Object.entries(columns).map(
    ([name, [type]]) =>
      [name, { type, compression: 'GZIP', optional: true, statistics: false }] as const,
  );
  const schema = new parquetjs.ParquetSchema(Object.fromEntries(fields));
  const writer = await parquetjs.ParquetWriter.openStream(schema, stream);
  const rows = Math.max(...Object.values(columns).map(([, cells]) => cells.length));
  for (let row = 0; row < rows; row++) {
    const cells = Object.entries(columns).map(([name, [, all]]) => [name, all[row]] as const);
    await writer.appendRow(Object.fromEntries(cells));
  }
  await writer.close();
  return Buffer.concat(parts);
}

async function look(columns: Columns, ticker = XLK) {
  const disk = memoryDisk();
  const name = `${ticker}_1D.parquet`;
  await disk.write(name, await parquetOf(columns));
  const latest = day('2025-06-13');
  return inspect({ disk, name, ticker, listed: undefined, latest });
}

async function sound(columns: Columns) {
  const found = await look(columns);
  if (found.kind !== 'unlisted')
    throw new Error(`expected sound rows, found ${JSON.stringify(found)}`);
  return found;
}

async function reason(columns: Columns, ticker = XLK) {
  const found = await look(columns, ticker);
  return 'reason' in found ? found.reason : found.kind;
}

describe('a close next to an adjusted close', () => {
  it.each(['Adj Close', 'adjClose', 'adjusted_close', 'ADJ CLOSE', 'Adj Close**', 'Close (adj)'])(
    'counts as %s says, with the other prices scaled by the same factor',
    async (name) => {
      const { history, repairs } = await sound({
        ...STAMPS,
        ...PRICES,
        [name]: ['DOUBLE', [30.25, 31, 62.5]],
      });
      expect([...history.close]).toEqual([30.25, 31, 62.5]);
      expect([...history.open]).toEqual([30, 30.5, 62]);
      expect([...history.high]).toEqual([30.5, 31.25, 63]);
      expect([...history.low]).toEqual([29.75, 30.25, 61]);
      expect([...history.volume]).toEqual([900, 800, 700]);
      expect(repairs).toEqual([`prices adjusted by ${name}`]);
    },
  );

  it('that is the same everywhere changes nothing and is not reported', async () => {
    const { history, repairs } = await sound({
      ...STAMPS,
      ...PRICES,
      'Adj Close': ['DOUBLE', [60.5, 62, 62.5]],
    });
    expect([[...history.close], repairs]).toEqual([[60.5, 62, 62.5], []]);
  });

  it('is rejected if a row has no adjusted close', async () => {
    const half = { 'Adj Close': ['DOUBLE', [30.25, undefined, 62.5]] } as const;
    expect(await reason({ ...STAMPS, ...PRICES, ...half })).toMatch(/row 1 .*is NaN/);
  });

  it.each([
    ...['split_adjusted_close', 'adj_c', 'adj_price', 'Total Return Close', 'TR Close', 'close_tr'],
    ...['Total Return', 'Close (dividends reinvested)', 'close2'],
  ])('is rejected if %s may be it, and %s is not a known name of it', async (name) => {
    expect(await reason({ ...STAMPS, ...PRICES, [name]: PRICES.Close })).toBe(
      `XLK_1D.parquet: column ${name} may be the adjusted close: name it Adj Close, or drop it`,
    );
  });

  it('is not expected in unadjusted prices, nor in other adjusted prices', async () => {
    const others = {
      adj_volume: PRICES.Volume,
      unadjusted_close: PRICES.Close,
      closeunadj: PRICES.Close,
      raw_close: PRICES.Close,
      'Prev Close': PRICES.Close,
      close_time: PRICES.Close,
    };
    expect((await sound({ ...STAMPS, ...PRICES, ...others })).repairs).toEqual([]);
  });

  it('is required if only another price is adjusted', async () => {
    expect(await reason({ ...STAMPS, ...PRICES, adjOpen: PRICES.Open })).toContain(
      'column adjOpen is adjusted and no close is',
    );
    const whole = { adjOpen: PRICES.Open, adjClose: ['DOUBLE', [30.25, 31, 62.5]] } as const;
    expect([...(await sound({ ...STAMPS, ...PRICES, ...whole })).history.close][0]).toBe(30.25);
  });

  it('is rejected if Close/Last exists next to Close, and is the close if it stands alone', async () => {
    const { Close, ...others } = PRICES;
    expect(await reason({ ...STAMPS, ...PRICES, 'Close/Last': Close })).toContain(
      'more than one column could be close: Close, Close/Last',
    );
    const { history } = await sound({ ...STAMPS, ...others, 'Close/Last': Close });
    expect([...history.close]).toEqual([60.5, 62, 62.5]);
  });

  it('is rejected if the plain close is missing, or two are adjusted', async () => {
    const { Close, ...others } = PRICES;
    expect(await reason({ ...STAMPS, ...others, 'Adj Close': Close })).toContain(
      'has an adjusted close and no plain one',
    );
    expect(await reason({ ...STAMPS, ...PRICES, 'Adj Close': Close, AdjClose: Close })).toContain(
      'more than one column could be the adjusted close: Adj Close, AdjClose',
    );
  });
});

describe('a ticker column', () => {
  const symbols = (...cells: readonly string[]) => ({ symbol: ['UTF8', cells] }) as const;

  it('changes nothing if every row has the file’s own', async () => {
    const { history } = await sound({ ...STAMPS, ...PRICES, ...symbols('XLK', 'xlk', ' XLK ') });
    expect([...history.close]).toEqual([60.5, 62, 62.5]);
  });

  it('rejects a file with rows of another', async () => {
    expect(await reason({ ...STAMPS, ...PRICES, ...symbols('XLK', 'XLK', 'XLF') })).toBe(
      'XLK_1D.parquet: row 2 is of XLF, expected XLK: a file for each ticker',
    );
  });
});

describe('column names in two levels', () => {
  const levels = (of: string, isFirst = false) =>
    Object.fromEntries(
      Object.entries(PRICES).map(([name, column]) => [
        isFirst ? `('${of}', '${name}')` : `('${name}', '${of}')`,
        column,
      ]),
    );

  it.each([
    ['the ticker second', { "('Date', '')": STAMPS.timestamp, ...levels('XLK') }],
    ['the ticker first', { Date: STAMPS.timestamp, ...levels('XLK', true) }],
    ['two tickers', { Date: STAMPS.timestamp, ...levels('XLF'), ...levels('XLK') }],
  ])('are read, %s', async (_, columns) => {
    expect([...(await sound(columns)).history.close]).toEqual([60.5, 62, 62.5]);
  });

  it.each([
    ['Close_XLK', (name: string) => `${name}_XLK`],
    ['XLK_close', (name: string) => `XLK_${name.toLowerCase()}`],
    ['Close XLK', (name: string) => `${name} XLK`],
    ['4. close', (name: string) => `4. ${name.toLowerCase()}`],
  ])('are read if they were joined as %s, or numbered', async (_, written) => {
    const columns = Object.entries(PRICES).map(
      ([name, column]) => [written(name), column] as const,
    );
    const { history } = await sound({ ...STAMPS, ...Object.fromEntries(columns) });
    expect([...history.close]).toEqual([60.5, 62, 62.5]);
    const ofOther = await reason({ ...STAMPS, ...Object.fromEntries(columns) }, XLF);
    expect(ofOther).toMatch(written('Open').includes('XLK') ? /no column open/ : /^unlisted$/);
  });

  it('of another ticker than the file’s are rejected by name', async () => {
    expect(await reason({ ...STAMPS, ...levels('XLK') }, XLF)).toBe(
      'XLF_1D.parquet: holds columns of XLK, expected XLF',
    );
  });
});

describe('a date column', () => {
  const dates = (column: Columns[string]) => sound({ date: column, ...PRICES });

  it.each([
    ['seconds', ['INT64', MIDNIGHTS.map((at) => BigInt(at / 1_000))]],
    ['milliseconds', ['INT64', MIDNIGHTS.map((at) => BigInt(at))]],
    ['microseconds', ['INT64', MIDNIGHTS.map((at) => BigInt(at) * 1_000n)]],
    ['nanoseconds', ['INT64', MIDNIGHTS.map((at) => BigInt(at) * 1_000_000n)]],
    ['eight digits', ['INT64', [20250610n, 20250611n, 20250612n]]],
    ['American dates', ['UTF8', ['06/10/2025', '6/11/2025', '06/12/2025']]],
    ['years first', ['UTF8', ['2025/06/10', '2025/06/11', '2025/06/12']]],
  ] as const)('in %s is read', async (_, column) => {
    expect((await dates(column)).history.dates).toEqual(DAYS);
  });

  it('with the day before the month is rejected, with the row and its text', async () => {
    const days = ['UTF8', ['13/06/2025', '16/06/2025', '17/06/2025']] as const;
    expect(await reason({ date: days, ...PRICES })).toContain('row 0: the day is 13/06/2025');
  });

  it('next to another is read if both have the same days, and rejected otherwise', async () => {
    const same = { ...STAMPS, date: ['UTF8', DAYS] } as const;
    expect((await sound({ ...same, ...PRICES })).history.dates).toEqual(DAYS);
    const other = { ...STAMPS, date: ['UTF8', [...DAYS.slice(0, 2), '2025-06-13']] } as const;
    expect(await reason({ ...other, ...PRICES })).toContain(
      'row 2: columns timestamp and date name different days',
    );
  });
});

describe('a row without prices', () => {
  const empty = (at: number): Columns =>
    Object.fromEntries(
      Object.entries(PRICES).map(([name, [type, cells]]) => [
        name,
        [type, cells.map((cell, row) => (row === at && name !== 'Volume' ? undefined : cell))],
      ]),
    );

  it('is left out and reported if it is the latest: that day was not over', async () => {
    const { history, repairs } = await sound({ ...STAMPS, ...empty(2) });
    expect(history.dates).toEqual(DAYS.slice(0, 2));
    expect(repairs).toEqual(['left out the row of 2025-06-12, which has no prices']);
  });

  it('is rejected anywhere else', async () => {
    expect(await reason({ ...STAMPS, ...empty(1) })).toMatch(/row 1 .*open is NaN/);
  });
});

describe('a file that decompresses to more than any table of bars', () => {
  it('is rejected by its declared size, before it is decompressed', async () => {
    const long = 'x'.repeat(100_000);
    const rows = Array.from({ length: 200 }, (_, row) => `${row}${long}`);
    const column = Array.from({ length: 200 }, () => 10);
    const numbers = Object.fromEntries(
      Object.keys(PRICES).map((name) => [name, ['DOUBLE', column]] as const),
    ) as Columns;
    expect(await reason({ date: ['UTF8', rows], ...numbers })).toMatch(
      /unfolds to \d{8,} bytes in a page, more than any table of bars/,
    );
  });

  it('is rejected if it holds more than it declares', () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    expect(() => compressors.GZIP?.(bomb, 1_000)).toThrow(/larger than 1000 bytes/);
    expect(compressors.GZIP?.(bomb, 1_000_000)).toHaveLength(1_000_000);
  });
});

describe('prices of which none is in cents', () => {
  const days = ['2025-06-04', '2025-06-05', '2025-06-06', '2025-06-09', '2025-06-10'];
  const stamps = ['TIMESTAMP_MILLIS', days.map((date) => newYorkInstant(day(date), 0))] as const;
  const times = (by: number) => ({
    timestamp: stamps,
    Open: ['DOUBLE', days.map((_, at) => (60.02 + at) * by)] as const,
    High: ['DOUBLE', days.map((_, at) => (61.05 + at) * by)] as const,
    Low: ['DOUBLE', days.map((_, at) => (59.51 + at) * by)] as const,
    Close: ['DOUBLE', days.map((_, at) => (60.75 + at) * by)] as const,
    Volume: ['DOUBLE', days.map(() => 900)] as const,
  });
  const whole = (columns: ReturnType<typeof times>) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, [type, cells]]) => [
        name,
        [type, cells.map((cell) => (typeof cell === 'number' ? Math.round(cell) : cell))] as const,
      ]),
    );

  it('are rejected, as a decimal comma was lost', async () => {
    expect((await sound(times(1))).history.dates).toHaveLength(5);
    expect(await reason(whole(times(100)))).toContain('every price is a whole number');
  });
});

describe('a file of Stooq', () => {
  it('is read with its names in angle brackets and its US ticker', async () => {
    const { history } = await sound({
      '<TICKER>': ['UTF8', DAYS.map(() => 'XLK.US')],
      '<DATE>': ['INT64', DAYS.map((date) => BigInt(date.replaceAll('-', '')))],
      '<TIME>': ['INT64', DAYS.map(() => 0n)],
      '<OPEN>': PRICES.Open,
      '<HIGH>': PRICES.High,
      '<LOW>': PRICES.Low,
      '<CLOSE>': PRICES.Close,
      '<VOL>': PRICES.Volume,
    });
    expect([history.dates, [...history.close]]).toEqual([DAYS, [60.5, 62, 62.5]]);
  });
});

describe('a name column', () => {
  const named = (name: string, value: string) => ({
    ...STAMPS,
    ...PRICES,
    [name]: ['UTF8', DAYS.map(() => value)] as const,
  });

  it('may contain the fund’s name, but no other ticker', async () => {
    expect(await reason(named('Name', 'XLF'))).toContain('row 0 is of XLF, expected XLK');
    expect(await reason(named('Name', 'Technology Select Sector SPDR'))).toBe('unlisted');
    expect(await reason(named('tic', 'anything'))).toContain('row 0 is of anything');
  });
});
