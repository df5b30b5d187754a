/** Rows missing from one answer, and rows that only an import has: neither is lost permanently. */
import { describe, expect, it } from 'vitest';
import { type Bar, lastDate } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { epochMs } from '#core/domain/units.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { writeBars } from '#core/market/files/parquet.ts';
import { importBars } from '#core/market/import/import.ts';
import { bar, day, emptyFolder, history, XLK } from './histories.ts';
import { createWorld } from './store-world.ts';

const FRIDAY = day('2024-03-08');
const MONDAY = day('2024-03-11');

/** Closes that swing by a tenth around 100, over any number of years. */
const wave = (from: string, to: string, scale = 1): readonly Bar[] =>
  sessionsIn(day(from), day(to)).map(({ date }) =>
    bar(date, (100 + 10 * Math.sin(Date.parse(date) / 777_600_000)) * scale),
  );

/** Filled on Friday with those rows, and the source has all of them since. */
async function filledWith(rows: readonly Bar[], all: readonly Bar[]) {
  const world = await createWorld([XLK]);
  world.source.holds(XLK, rows);
  const store = world.start();
  await store.load(FRIDAY);
  world.source.holds(XLK, all);
  return { ...world, store };
}

describe('a history of which an answer lacked a part', () => {
  const ALL = wave('2013-03-01', '2024-04-30');
  const without = (...days: readonly string[]) => ALL.filter(({ date }) => !days.includes(date));
  const first = (rows: readonly Bar[]) => rows[0]?.date;

  it.each([
    ['a day that a decision reads', '2023-12-15'],
    ['a day of years ago', '2019-05-15'],
  ])('has %s after the next session', async (_, lost) => {
    const { store } = await filledWith(without(lost), ALL);
    const { bars: found } = await store.load(MONDAY);
    expect(found.get(XLK)?.dates).toContain(lost);
  });

  it('is requested again in the same session if a decision reads the missing part', async () => {
    const { store, source } = await filledWith(without('2023-12-15'), ALL);
    expect((await store.load(FRIDAY)).bars.get(XLK)?.dates).toContain('2023-12-15');
    source.asked.length = 0;
    await store.load(FRIDAY);
    expect(source.asked).toEqual([]);
  });

  it('regains its missing beginning after the next session', async () => {
    const cut = ALL.filter(({ date }) => date > '2021-06-01');
    const { store } = await filledWith(cut, ALL);
    const { bars: found } = await store.load(MONDAY);
    expect(found.get(XLK)?.dates[0]).toBe(first(ALL));
  });

  it('keeps a hole that the source has too, and continues', async () => {
    const rows = without('2023-12-15');
    const { store } = await filledWith(rows, rows);
    const { bars: found, refused } = await store.load(MONDAY);
    const history = found.get(XLK);
    expect([history && lastDate(history), refused.size]).toEqual([MONDAY, 0]);
  });

  it('keeps the stored day that an answer lacks, and is rejected until it is there', async () => {
    const { store, source, stored } = await filledWith(ALL, without('2023-12-15'));
    const { refused } = await store.load(MONDAY);
    expect(refused.get(XLK)).toMatch(/^stored close of 2023-12-15 .* the source now has no bar;/);
    expect((await stored()).dates).toContain('2023-12-15');
    source.holds(XLK, ALL);
    expect((await store.load(MONDAY)).refused.size).toBe(0);
  });
});

describe('a request', () => {
  it('goes as far back as the stored rows, however long ago the store was started', async () => {
    const long = wave('2010-01-04', '2024-04-30');
    const { store, source } = await filledWith(long, long);
    await store.load(MONDAY);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-08', 'XLK 2013-03-01 2024-03-11']);
    await store.load(day('2024-04-01'));
    expect(source.asked.at(-1)).toBe('XLK 2013-03-01 2024-04-01');
  });
});

describe('imported rows older than the source’s', () => {
  it('stay at the source’s prices when it has adjusted its own, dividend after dividend', async () => {
    const { folder, source, start } = await createWorld([XLK]);
    const old = wave('2014-01-02', '2024-03-07');
    const from = await emptyFolder();
    await writeBars(`${from}/XLK_1D.parquet`, history(old));
    await importBars({
      from,
      disk: folderDisk(folder),
      now: () => epochMs(0),
      tickers: new Set([XLK]),
      latest: FRIDAY,
      through: FRIDAY,
    });
    const store = start();
    const loaded = async (rows: readonly Bar[], through: string) => {
      source.holds(XLK, rows);
      const { bars: found, refused, provenance } = await store.load(day(through));
      expect(refused.size).toBe(0);
      return { found: found.get(XLK), source: provenance?.get(XLK)?.source };
    };
    const paid = [...wave('2021-01-04', '2024-03-07', 0.996), ...wave('2024-03-08', '2024-03-08')];
    const one = await loaded(paid, '2024-03-08');
    expect(one.found?.dates[0]).toBe('2014-01-02');
    expect(one.found?.close[0]).toBeCloseTo((old[0]?.close ?? 0) * 0.996);
    expect(one.source).toBe('import, then test source');
    const again = [
      ...paid.map((each) => bar(each.date, each.close * 0.995)),
      ...wave('2024-03-11', '2024-03-11'),
    ];
    const two = await loaded(again, '2024-03-11');
    expect(two.found?.dates.length).toBe(old.length + 2);
    expect(two.found?.close[0]).toBeCloseTo((old[0]?.close ?? 0) * 0.996 * 0.995);
  });
});
