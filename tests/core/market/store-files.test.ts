import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { ticker } from '#core/domain/units.ts';
import { createBarFiles } from '#core/market/files/bar-files.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { writeBars } from '#core/market/files/parquet.ts';
import { importBars } from '#core/market/import/import.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { bar, bars, day, emptyFolder, history, XLF, XLK } from './histories.ts';
import { memoryDisk, Stopped } from './memory-disk.ts';
import { createWorld } from './store-world.ts';

const ALL = bars('2023-04-03', '2024-03-15');
const FRIDAY = day('2024-03-08');
const MIDDLE = day('2024-01-16');
const MONDAY = day('2024-03-11');
const EVENING = newYorkInstant(FRIDAY, 16 * 60 + 16);
const until = (date: string) => ALL.filter((each) => each.date <= date);

async function afterFriday(tickers = [XLK]) {
  const world = await createWorld(tickers);
  for (const each of tickers) world.source.holds(each, ALL);
  const store = world.start(leapingClock(EVENING));
  await store.load(FRIDAY);
  world.source.asked.length = 0;
  return { ...world, store, file: join(world.folder, 'XLK_1D.parquet') };
}

describe('the origin of the store’s bars', () => {
  it('is given with rows, days, source, feed, adjustment, instant and findings', async () => {
    const { source, start } = await createWorld();
    const idle = (each: Bar) => (each.date === MIDDLE ? { ...each, volume: 0 } : each);
    source.holds(XLK, ALL.map(idle));
    const fetcher = { ...source.fetcher, originOf: () => ({ feed: 'sip', adjustment: 'all' }) };
    const store = start(leapingClock(EVENING), { fetcher });
    expect((await store.load(FRIDAY)).provenance?.get(XLK)).toEqual({
      rows: until(FRIDAY).length,
      first: '2023-04-03',
      last: '2024-03-08',
      source: 'test source',
      feed: 'sip',
      adjustment: 'all',
      fetchedAt: EVENING,
      findings: [
        {
          rule: 'no-volume',
          ticker: XLK,
          date: MIDDLE,
          severity: 'note',
          text: 'no trade on 2024-01-16',
        },
      ],
    });
  });

  it('is read from the file after a start, with both of two sources and feeds', async () => {
    const { source, start } = await afterFriday();
    const again = start(leapingClock((EVENING + 60_000) as never));
    expect((await again.load(FRIDAY)).provenance?.get(XLK)).toMatchObject({
      source: 'test source',
      fetchedAt: EVENING,
    });
    const fetcher = { ...source.fetcher, originOf: () => ({ feed: 'iex', adjustment: 'all' }) };
    const other = start(leapingClock(EVENING), { fetcher, name: 'another' });
    expect((await other.load(MONDAY)).provenance?.get(XLK)).toMatchObject({
      source: 'test source, then another',
      feed: 'unknown, then iex',
    });
  });
});

describe('a first load', () => {
  it('requests three whole histories at a time, and counts the tickers', async () => {
    const tickers = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI'].map(ticker);
    const { source, start } = await createWorld(tickers);
    for (const each of tickers) source.holds(each, ALL);
    const steps: string[] = [];
    await start().load(FRIDAY, (done, of) => steps.push(`${done}/${of}`));
    expect(source.asked).toEqual([
      'XLK XLF XLE 2013-03-01 2024-03-08',
      'XLV XLI 2013-03-01 2024-03-08',
    ]);
    expect(steps).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
  });

  it('that is interrupted continues where it was', async () => {
    const tickers = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI'].map(ticker);
    const { source, start } = await createWorld(tickers);
    for (const each of tickers) source.holds(each, ALL);
    const sound = source.fetcher.fetch;
    source.fetcher.fetch = async (...request) => {
      const answer = await sound(...request);
      source.outage = 'bars: Alpaca gave status 500';
      return answer;
    };
    expect([...(await start().load(FRIDAY)).bars.keys()]).toEqual(['XLK', 'XLF', 'XLE']);
    source.outage = undefined;
    source.asked.length = 0;
    expect((await start().load(FRIDAY)).bars.size).toBe(5);
    expect(source.asked).toEqual(['XLV XLI 2013-03-01 2024-03-08']);
  });
});

describe('a damaged file', () => {
  it('whose rows are cached is written again from them, without a request', async () => {
    const { file, store, source, stored, lines } = await afterFriday();
    await writeFile(file, 'not bars');
    source.outage = 'bars: Alpaca gave no answer';
    const { bars: found, refused } = await store.load(MONDAY);
    expect([found.get(XLK), refused.size]).toEqual([history(until(FRIDAY)), 0]);
    expect(await stored()).toEqual(history(until(FRIDAY)));
    expect(lines[0]).toMatch(
      /refused XLK: XLK_1D\.parquet: its SHA-256 .* the rows held before stay/,
    );
  });

  it('found at a start is fetched completely', async () => {
    const { file, source, start, stored } = await afterFriday();
    await writeFile(file, (await readFile(file)).fill(0, 100, 160));
    const { bars: found, refused } = await start().load(FRIDAY);
    expect([found.get(XLK), refused.size]).toEqual([history(until(FRIDAY)), 0]);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-08']);
    expect(await stored()).toEqual(history(until(FRIDAY)));
  });

  it('replaced by another process meanwhile is that process’s', async () => {
    const { folder, store, source } = await afterFriday();
    const imported = history(bars('2023-01-03', '2024-03-08'));
    const files = createBarFiles({ disk: folderDisk(folder), now: () => EVENING, writer: 'other' });
    await files.put(imported, {
      source: 'import',
      feed: 'sip',
      adjustment: 'all',
      fetchedAt: EVENING,
    });
    source.outage = 'bars: Alpaca gave no answer';
    const set = await store.load(MONDAY);
    expect(set.bars.get(XLK)).toEqual(imported);
    expect(set.provenance?.get(XLK)?.source).toBe('import');
  });
});

describe('a history that contradicts the source', () => {
  const WRONG = ALL.map((each) => (each.date === '2024-02-20' ? bar(each.date, 50) : each));

  it('is rejected with a remedy, and following it repairs the running store', async () => {
    const { file, folder, source, store, stored } = await afterFriday();
    source.holds(XLK, WRONG);
    const { bars: found, refused, provenance } = await store.load(MONDAY);
    expect([found.has(XLK), provenance?.get(XLK)?.last]).toEqual([false, '2024-03-08']);
    expect(refused.get(XLK)).toMatch(
      /^stored close of 2024-02-20 is 105, the source now has .* 50; no/,
    );
    expect(refused.get(XLK)).toContain(`remove XLK_1D.parquet from ${folder} to take the source's`);
    await rm(file);
    const healed = await store.load(MONDAY);
    expect([healed.refused.size, healed.bars.get(XLK)?.dates.at(-1)]).toEqual([0, '2024-03-11']);
    expect((await stored()).close).toEqual(history(WRONG.filter((b) => b.date <= MONDAY)).close);
  });

  it('is accepted if a dividend entered late explains it', async () => {
    const { source, store, lines } = await afterFriday();
    const late = [...bars('2023-04-03', '2024-03-01', 0.99), ...bars('2024-03-04', '2024-03-15')];
    source.holds(XLK, late);
    const { bars: found, refused } = await store.load(MONDAY);
    expect(refused.size).toBe(0);
    expect(found.get(XLK)).toEqual(history(late.filter((each) => each.date <= MONDAY)));
    expect(lines).toContain('bars: XLK was adjusted since');
  });

  it('is accepted if the source corrects its own last close slightly', async () => {
    const { source, store, lines } = await afterFriday();
    source.holds(
      XLK,
      ALL.map((each) => (each.date === FRIDAY ? { ...each, close: each.close * 1.004 } : each)),
    );
    const { bars: found } = await store.load(MONDAY);
    expect(found.get(XLK)?.close.at(-2)).toBeCloseTo(106.7 * 1.004);
    expect(lines.at(-1)).toMatch(/^bars: XLK was corrected \(stored close of 2024-03-08 is 106\.7/);
  });

  it('keeps its raw jump out: raw data labelled as adjusted is rejected', async () => {
    const { source, store } = await afterFriday();
    const raw = [...bars('2023-04-03', '2024-02-29', 2), ...bars('2024-03-01', '2024-03-15')];
    source.holds(XLK, raw);
    expect((await store.load(MONDAY)).refused.has(XLK)).toBe(true);
  });
});

describe('a file that somebody added', () => {
  it('is quarantined, and the source provides the whole history', async () => {
    const { folder, source, start, lines } = await createWorld();
    source.holds(XLK, ALL);
    await folderDisk(folder).write('keep', new Uint8Array());
    const forged = until(FRIDAY).map((each) => ({ ...each, close: each.high }));
    await writeBars(join(folder, 'XLK_1D.parquet'), history(forged));
    const { bars: found, provenance } = await start().load(FRIDAY);
    expect(found.get(XLK)).toEqual(history(until(FRIDAY)));
    expect(provenance?.get(XLK)?.source).toBe('test source');
    expect(lines.join('\n')).toContain('XLK_1D.parquet: is not in manifest.json');
  });

  it('is not used while the source is away, nor are files whose list was lost', async () => {
    const { folder, source, start } = await createWorld();
    source.holds(XLK, ALL);
    await start().load(FRIDAY);
    await rm(join(folder, 'manifest.json'));
    source.outage = 'away';
    expect((await start().load(FRIDAY)).bars.has(XLK)).toBe(false);
  });
});

/** A file of bars that the source never gave comes to be in the store. */
async function importOf(folder: string, rows: readonly Bar[]): Promise<void> {
  const from = await emptyFolder();
  await writeBars(join(from, 'XLK_1D.parquet'), history(rows));
  const days = { latest: FRIDAY, through: FRIDAY, now: () => EVENING };
  await importBars({ from, disk: folderDisk(folder), tickers: new Set([XLK]), ...days });
}

describe('rows from a file', () => {
  const LONG = bars('2022-06-01', '2024-03-15');
  const OFF = LONG.filter(({ date }) => date <= FRIDAY).at(-195)?.date ?? FRIDAY;

  async function started(rows: readonly Bar[]) {
    const world = await createWorld();
    await folderDisk(world.folder).write('keep', new Uint8Array());
    await importOf(world.folder, rows);
    world.source.holds(XLK, LONG);
    return { ...world, store: world.start(leapingClock(EVENING)) };
  }

  it('must agree with the source over all that a decision reads, and then become its own', async () => {
    const rows = LONG.filter(({ date }) => date <= FRIDAY);
    const near = rows.map((each) => (each.date === OFF ? { ...each, volume: 7 } : each));
    const { store, source: alpaca } = await started(near);
    const { bars: found, provenance } = await store.load(FRIDAY);
    expect(found.get(XLK)).toEqual(history(rows));
    expect(provenance?.get(XLK)?.source).toBe('test source');
    alpaca.asked.length = 0;
    await store.load(FRIDAY);
    expect(alpaca.asked).toEqual([]);
  });

  it('are rejected for one wrong close, 194 sessions before the last', async () => {
    const rows = LONG.filter(({ date }) => date <= FRIDAY);
    const off = rows.map((each) =>
      each.date === OFF ? { ...each, close: each.close * 1.01 } : each,
    );
    const { store } = await started(off);
    const { bars: found, refused } = await store.load(FRIDAY);
    expect([found.has(XLK), refused.get(XLK)]).toEqual([false, expect.stringContaining(OFF)]);
  });
});

describe('a store folder', () => {
  it('that cannot be written stops nothing: the bars are kept in memory and it is reported', async () => {
    const { source, start, lines } = await createWorld();
    source.holds(XLK, ALL);
    const disk = {
      ...memoryDisk(),
      write: () => Promise.reject(new Error('ENOSPC: no space left')),
    };
    const { bars: found } = await start(leapingClock(EVENING), { disk }).load(FRIDAY);
    expect(found.get(XLK)).toEqual(history(until(FRIDAY)));
    expect(lines).toEqual([
      'bars: XLK_1D.parquet could not be stored: Error: ENOSPC: no space left',
    ]);
  });

  it('of a newer Rotor is rejected ticker by ticker, and not written', async () => {
    const { folder, source, start } = await afterFriday();
    await writeFile(join(folder, 'manifest.json'), '{"format":3}');
    source.outage = 'bars: Alpaca gave no answer';
    const { bars: found, refused } = await start().load(MONDAY);
    expect(found.size).toBe(0);
    expect(refused.get(XLK)).toBe('manifest.json: format 3 is of a newer Rotor, this one reads 2');
    expect(await readFile(join(folder, 'manifest.json'), 'utf8')).toBe('{"format":3}');
  });
});

describe('an interrupted daily update of two tickers', () => {
  it('leaves the old or the new rows of each at any effect, and ends complete', async () => {
    const { source, start } = await createWorld([XLK, XLF]);
    for (const each of [XLK, XLF]) source.holds(each, ALL);
    const clock = leapingClock(EVENING);
    const filled = memoryDisk();
    await start(clock, { disk: filled }).load(FRIDAY);
    const counted = filled.afterKill();
    await start(clock, { disk: counted }).load(MONDAY);
    const table: string[] = [];
    for (let count = 0; count < counted.effects.length; count++) {
      const disk = filled.afterKill();
      disk.stopAfter(count);
      // A stop is an error of the disk's here, which the store survives; what counts is the disk.
      await start(clock, { disk })
        .load(MONDAY)
        .catch((error: unknown) => {
          if (!(error instanceof Stopped)) throw error;
        });
      source.outage = 'bars: Alpaca gave no answer';
      const offline = await start(clock, { disk: disk.afterKill() }).load(MONDAY);
      source.outage = undefined;
      const ends = [XLK, XLF].map((each) => offline.bars.get(each)?.dates.at(-1));
      table.push(
        `${String(count).padStart(3)} ${(disk.effects.at(-1) ?? 'nothing').split('.').at(0)}: ${ends.join(' ')}`,
      );
      for (const end of ends) expect(['2024-03-08', '2024-03-11']).toContain(end);
      const whole = await start(clock, { disk: disk.afterKill() }).load(MONDAY);
      for (const each of [XLK, XLF]) {
        expect(whole.bars.get(each)).toEqual(history(until(MONDAY), each));
      }
    }
    expect(table.map((line) => line.split(': ')[1])).toEqual([
      ...Array<string>(7).fill('2024-03-08 2024-03-08'),
      ...Array<string>(12).fill('2024-03-11 2024-03-08'),
      ...Array<string>(5).fill('2024-03-11 2024-03-11'),
    ]);
  });
});
