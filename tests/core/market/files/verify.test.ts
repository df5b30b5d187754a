import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { type Ticker, ticker } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { writeBars } from '#core/market/files/parquet.ts';
import { type FileReport, verifyFolder } from '#core/market/files/verify.ts';
import { bar, bars, day, emptyFolder, history, XLF, XLK } from '../histories.ts';

const LATEST = day('2024-03-15');
const SOUND = bars('2024-01-02', '2024-03-15');

async function report(
  files: ReadonlyMap<Ticker, readonly Bar[] | string>,
): Promise<readonly FileReport[]> {
  const folder = await emptyFolder();
  for (const [symbol, rows] of files) {
    const file = join(folder, `${symbol}_1D.parquet`);
    if (typeof rows === 'string') await writeFile(file, rows);
    else await writeBars(file, history(rows, symbol));
  }
  return (await verifyFolder([folder], LATEST, { peers: peers(UNIVERSE) })).files;
}

async function problemsOf(rows: readonly Bar[]): Promise<readonly string[]> {
  const [file] = await report(new Map([[XLK, rows]]));
  return file?.problems ?? ['no report'];
}

describe('verify', () => {
  it('reports a valid file with its rows, first and last day', async () => {
    expect(await report(new Map([[XLK, SOUND]]))).toEqual([
      {
        ticker: 'XLK',
        verdict: 'ok',
        rows: SOUND.length,
        first: '2024-01-02',
        last: '2024-03-15',
        problems: [],
        ageSessions: 0,
        source: null,
        feed: null,
        adjustment: null,
        fetchedAt: null,
        findings: [],
      },
    ]);
  });

  it('covers every ticker of the folder, in alphabetical order', async () => {
    const files = await report(
      new Map([
        [XLK, SOUND],
        [ticker('QQQ'), SOUND],
        [XLF, SOUND],
      ]),
    );
    expect(files.map((file) => file.ticker)).toEqual(['QQQ', 'XLF', 'XLK']);
  });

  it('reports repairs', async () => {
    const [file] = await report(new Map([[XLK, [...SOUND, ...SOUND.slice(0, 1)]]]));
    expect(file).toMatchObject({ verdict: 'repaired', rows: SOUND.length });
    expect(file?.problems).toEqual([
      'XLK_1D.parquet: sorted: 1 row stood before an earlier day',
      'XLK_1D.parquet: left out 1 row repeating another in every number',
    ]);
  });

  it('gives the reason for a rejected row, and the file’s range', async () => {
    const broken = SOUND.with(3, bar('2024-01-05', 100, { high: 1 }));
    const [file] = await report(new Map([[XLK, broken]]));
    expect(file).toMatchObject({ verdict: 'refused', rows: SOUND.length, last: '2024-03-15' });
    expect(file?.problems).toEqual(['XLK_1D.parquet, row 3 (2024-01-05): open 99 is above high 1']);
  });

  it('has null for the days of an unreadable file', async () => {
    const [file] = await report(new Map([[XLK, 'rubbish']]));
    expect(file).toMatchObject({ verdict: 'refused', rows: 0, first: null, last: null });
    expect(file?.problems).toHaveLength(1);
  });

  it('names sessions without a row', async () => {
    const holed = SOUND.filter(({ date }) => !['2024-01-16', '2024-02-01'].includes(date));
    expect(await problemsOf(holed)).toEqual(['2 sessions without a row: 2024-01-16, 2024-02-01']);
  });

  it('counts bars without volume and names the first three', async () => {
    const idle = SOUND.map((each, row) => (row < 5 ? { ...each, volume: 0 } : each));
    expect(await problemsOf(idle)).toEqual([
      '5 rows with a volume of 0: 2024-01-02, 2024-01-03, 2024-01-04 and 2 more',
    ]);
  });

  it('names a move that looks like an unadjusted split', async () => {
    const split = SOUND.map((each) =>
      each.date < '2024-02-01' ? each : bar(each.date, 50, { volume: Date.parse(each.date) }),
    );
    expect(await problemsOf(split)).toEqual([
      '-51.5 % on 2024-02-01; blocks decisions unless ACCEPTED_MOVES lists it',
    ]);
  });

  it('names a file that ends before the others', async () => {
    const files = await report(
      new Map([
        [XLF, SOUND],
        [XLK, SOUND.slice(0, -1)],
      ]),
    );
    expect(files.map(({ problems }) => problems)).toEqual([
      [],
      ['ends 2024-03-14, 1 session before the newest (2024-03-15)'],
    ]);
  });

  it('reports nothing of an empty folder', async () => {
    expect(await report(new Map())).toEqual([]);
  });
});
