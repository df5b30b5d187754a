import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { bar, bars, day, history, XLF, XLK } from './histories.ts';
import { createWorld } from './store-world.ts';

const ALL = bars('2023-04-03', '2024-03-15');
const FRIDAY = day('2024-03-08');
const MONDAY = day('2024-03-11');
const until = (date: string): readonly Bar[] => ALL.filter((each) => each.date <= date);

describe('the first load', () => {
  it('fetches eleven years for every ticker in one request, and stores the result', async () => {
    const { source, start, stored } = await createWorld([XLK, XLF]);
    source.holds(XLK, ALL);
    source.holds(XLF, ALL);
    const store = start();
    const { bars: found, refused } = await store.load(FRIDAY);
    expect(source.asked).toEqual(['XLK XLF 2013-03-01 2024-03-08']);
    expect(found.get(XLK)).toEqual(history(until(FRIDAY)));
    expect(found.get(XLF)?.dates.at(-1)).toBe('2024-03-08');
    expect(refused.size).toBe(0);
    expect(await stored()).toEqual(history(until(FRIDAY)));
    expect(store.name).toBe('test source');
  });

  it('is followed by another of a complete ticker that is doubted, and only of that', async () => {
    const { source, start } = await createWorld([XLK, XLF]);
    source.holds(XLK, ALL);
    source.holds(XLF, ALL);
    const store = start();
    await store.load(FRIDAY);
    await store.load(FRIDAY);
    await store.load(FRIDAY, undefined, new Set([XLF]));
    expect(source.asked).toHaveLength(2);
    expect(source.asked[1]).toMatch(/^XLF .* 2024-03-08$/);
  });

  it('counts the finished tickers', async () => {
    const { source, start } = await createWorld([XLK, XLF]);
    source.holds(XLK, ALL);
    source.holds(XLF, ALL);
    const steps: string[] = [];
    await start().load(FRIDAY, (done, of) => steps.push(`${done}/${of}`));
    expect(steps).toEqual(['1/2', '2/2']);
  });

  it('leaves a ticker that the source lacks simply behind', async () => {
    const { folder, source, start } = await createWorld([XLK, XLF]);
    source.holds(XLK, ALL);
    const { bars: found, refused } = await start().load(FRIDAY);
    expect([found.has(XLF), refused.has(XLF)]).toEqual([false, false]);
    expect(await readdir(folder)).toEqual(['XLK_1D.parquet', 'manifest.json']);
  });

  it('takes a row that the answer repeats once, but not two different rows of a day', async () => {
    const { lines, source, start, stored } = await createWorld([XLK, XLF]);
    const rows = until(FRIDAY);
    source.holds(XLK, [...rows.slice(0, 100), ...rows.slice(99)]);
    source.holds(XLF, [...rows, bar(FRIDAY, 90)]);
    const { refused } = await start().load(FRIDAY);
    expect(await stored()).toEqual(history(rows));
    expect([...refused]).toEqual([[XLF, 'test source, 2024-03-08: a second row for 2024-03-08']]);
    expect(lines[0]).toBe(
      'bars: XLK, test source: left out 1 row repeating another in every number',
    );
  });

  it('does not store invalid bars, and names them', async () => {
    const { folder, source, start } = await createWorld();
    source.holds(XLK, [...until('2024-03-07'), bar(FRIDAY, 100, { low: Number.NaN })]);
    const { bars: found, refused } = await start().load(FRIDAY);
    expect(found.size).toBe(0);
    expect(refused.get(XLK)).toBe('test source, 2024-03-08: low is NaN, expected a positive price');
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  it('requests rejected bars again, and reports the same problem once', async () => {
    const { source, start, lines } = await createWorld();
    source.holds(XLK, [bar('2024-03-07', 100, { close: 0 })]);
    const store = start();
    await store.load(FRIDAY);
    await store.load(FRIDAY);
    expect([source.asked.length, lines.length]).toEqual([2, 1]);
    source.holds(XLK, ALL);
    const { bars: found, refused } = await store.load(FRIDAY);
    expect([found.has(XLK), refused.has(XLK)]).toEqual([true, false]);
  });
});

describe('a later load', () => {
  async function afterFriday() {
    const world = await createWorld();
    world.source.holds(XLK, ALL);
    const store = world.start();
    await store.load(FRIDAY);
    world.source.asked.length = 0;
    return { ...world, store };
  }

  it('that needs nothing sends no request and returns the identical history', async () => {
    const { source, store } = await afterFriday();
    const first = (await store.load(FRIDAY)).bars.get(XLK);
    expect((await store.load(FRIDAY)).bars.get(XLK)).toBe(first);
    expect(source.asked).toEqual([]);
  });

  it('fetches the whole history once per session, and stores the new rows', async () => {
    const { source, store, stored } = await afterFriday();
    const { bars: found } = await store.load(MONDAY);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-11']);
    expect(found.get(XLK)).toEqual(history(until(MONDAY)));
    expect(await stored()).toEqual(history(until(MONDAY)));
  });

  it('in another process compares the files with the source like the process before', async () => {
    const { source, start } = await afterFriday();
    const { bars: found } = await start().load(MONDAY);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-11']);
    expect(found.get(XLK)).toEqual(history(until(MONDAY)));
  });

  it('accepts corrections of the source smaller than rounding', async () => {
    const { source, store } = await afterFriday();
    source.holds(
      XLK,
      ALL.map((each) => (each.date === FRIDAY ? { ...each, volume: 7 } : each)),
    );
    const { bars: found } = await store.load(MONDAY);
    expect(found.get(XLK)?.volume.at(-2)).toBe(7);
  });

  it('accepts a history that was adjusted since, and says so', async () => {
    const { source, store, stored, lines } = await afterFriday();
    source.holds(XLK, bars('2023-04-03', '2024-03-15', 0.5));
    const { bars: found } = await store.load(MONDAY);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-11']);
    const whole = history(bars('2023-04-03', '2024-03-11', 0.5));
    expect(found.get(XLK)).toEqual(whole);
    expect(await stored()).toEqual(whole);
    expect(lines).toContain('bars: XLK was adjusted since');
  });

  it('rejects a ticker whose stored bars contradict the source, until they agree again', async () => {
    const { source, store, stored, lines } = await afterFriday();
    source.holds(
      XLK,
      ALL.map((each) => (each.date === '2024-03-05' ? bar(each.date, 50) : each)),
    );
    const { bars: found, refused } = await store.load(MONDAY);
    expect(found.has(XLK)).toBe(false);
    expect(refused.get(XLK)).toContain('stored close of 2024-03-05 is 106.4');
    expect((await stored()).dates.at(-1)).toBe('2024-03-08');
    await store.load(MONDAY);
    expect(lines.filter((line) => line.startsWith('bars: refused XLK'))).toHaveLength(1);
    source.holds(XLK, ALL);
    expect((await store.load(MONDAY)).bars.get(XLK)?.dates.at(-1)).toBe('2024-03-11');
    expect((await store.load(MONDAY)).refused.size).toBe(0);
  });

  it('leaves the store unchanged when the source does not answer, and reports it once', async () => {
    const { folder, source, store, lines } = await afterFriday();
    const before = await readFile(join(folder, 'XLK_1D.parquet'));
    source.outage = 'bars: Alpaca gave no answer';
    for (let attempt = 0; attempt < 3; attempt++) {
      const { bars: found, refused } = await store.load(MONDAY);
      expect(found.get(XLK)?.dates.at(-1)).toBe('2024-03-08');
      expect(refused.size).toBe(0);
    }
    expect(await readFile(join(folder, 'XLK_1D.parquet'))).toEqual(before);
    source.outage = undefined;
    expect((await store.load(MONDAY)).bars.get(XLK)?.dates.at(-1)).toBe('2024-03-11');
    expect(lines).toEqual([
      'bars: nothing new: bars: Alpaca gave no answer',
      'bars: the source answers again',
    ]);
  });

  it('never stores a bar after the requested session', async () => {
    const { source, store, stored } = await afterFriday();
    const fetchHonestly = source.fetcher.fetch;
    source.fetcher.fetch = (tickers, from) => fetchHonestly(tickers, from, day('2024-03-15'));
    const { refused } = await store.load(MONDAY);
    expect(refused.get(XLK)).toContain('2024-03-12 is in the future');
    expect((await stored()).dates.at(-1)).toBe('2024-03-08');
  });

  it('fetches and writes once when two loads meet', async () => {
    const { source, store } = await afterFriday();
    const [one, two] = await Promise.all([store.load(MONDAY), store.load(MONDAY)]);
    expect(source.asked).toHaveLength(1);
    expect(two.bars.get(XLK)).toBe(one.bars.get(XLK));
  });

  it('passes on an unexpected error, and works again afterwards', async () => {
    const { source, store } = await afterFriday();
    const sound = source.fetcher.fetch;
    source.fetcher.fetch = async () => {
      throw new TypeError('a mistake of ours');
    };
    await expect(store.load(MONDAY)).rejects.toThrow('a mistake of ours');
    source.fetcher.fetch = sound;
    expect((await store.load(MONDAY)).bars.get(XLK)?.dates.at(-1)).toBe('2024-03-11');
  });
});

describe('files added by others', () => {
  it('are quarantined, and fetched in the same load', async () => {
    const { folder, source, start, stored, lines } = await createWorld();
    await mkdir(folder);
    await writeFile(join(folder, 'XLK_1D.parquet'), 'not bars');
    source.holds(XLK, ALL);
    const { bars: found, refused } = await start().load(FRIDAY);
    expect([found.get(XLK), refused.size]).toEqual([history(until(FRIDAY)), 0]);
    expect(await stored()).toEqual(history(until(FRIDAY)));
    expect(lines).toEqual([
      expect.stringMatching(/^bars: refused XLK: XLK_1D\.parquet: is not in manifest\.json/),
    ]);
    const [kept = '', why = ''] = (await readdir(join(folder, 'quarantine'))).sort();
    expect(await readFile(join(folder, 'quarantine', kept), 'utf8')).toBe('not bars');
    expect(await readFile(join(folder, 'quarantine', why), 'utf8')).toContain(
      'is not in manifest.json',
    );
  });
});
