import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bar, BarHistory } from '#core/domain/bar.ts';
import { epochMs, type Ticker } from '#core/domain/units.ts';
import { createBarFiles } from '#core/market/files/bar-files.ts';
import type { Disk } from '#core/market/files/disk.ts';
import { MANIFEST, manifestBytes, readManifest, sha256 } from '#core/market/files/manifest.ts';
import { isUnconfirmed } from '#core/market/files/origin.ts';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { type ImportedFile, type ImportParts, importBars } from '#core/market/import/import.ts';
import { bar, bars, day, emptyFolder, history, XLF, XLK } from '../histories.ts';
import { type MemoryDisk, memoryDisk, Stopped } from '../memory-disk.ts';

const NOW = epochMs(Date.parse('2024-03-18T15:00:00Z'));
const THROUGH = day('2024-03-15');
const ROWS = bars('2024-01-02', '2024-03-15');
const OLDER = bars('2023-11-01', '2024-03-15');
const ORIGIN = { source: 'Alpaca', feed: 'sip', adjustment: 'all', fetchedAt: NOW };

async function folderOf(...files: readonly (readonly [name: string, rows: readonly Bar[]])[]) {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'equities'));
  for (const [name, rows] of files) {
    await writeFile(join(folder, name), await parquetBytes(history(rows)));
  }
  return folder;
}

async function importInto(disk: Disk, from: string, more: Partial<ImportParts> = {}) {
  return importBars({
    ...{ from, disk, writer: 'one', now: () => NOW },
    ...{ tickers: new Set([XLK, XLF]), latest: day('2024-03-18'), through: THROUGH },
    ...more,
  });
}

async function storeWith(rows: readonly Bar[], origin = ORIGIN): Promise<MemoryDisk> {
  const disk = memoryDisk();
  await createBarFiles({ disk, now: () => NOW, writer: 'one' }).put(history(rows), origin);
  return disk.afterKill();
}

async function storedIn(disk: Disk, symbol: Ticker = XLK) {
  const files = createBarFiles({ disk, now: () => NOW, writer: 'one' });
  const asked = { tickers: [symbol], latest: day('2024-03-18'), through: THROUGH };
  const reading = (await files.read(asked)).get(symbol);
  return reading?.kind === 'sound' ? reading : undefined;
}

const rowsIn = async (disk: Disk): Promise<BarHistory | undefined> =>
  (await storedIn(disk))?.history;

const said = (files: readonly ImportedFile[]): readonly string[] =>
  files.map(({ file, verdict, added, reason }) => `${file} ${verdict} ${added} ${reason ?? '-'}`);

describe('an external file', () => {
  it('is imported with its own hash, and without claims that it does not make', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    const disk = memoryDisk();
    const [file] = await importInto(disk, from);
    const origin = sha256(await parquetBytes(history(ROWS)));
    expect(file).toEqual({
      ...{ file: 'XLK_1D.parquet', ticker: 'XLK', verdict: 'imported', rows: ROWS.length },
      ...{ first: '2024-01-02', last: '2024-03-15', sha256: origin, added: ROWS.length },
      ...{ repairs: [], reason: null },
    });
    const stored = await storedIn(disk);
    expect(stored?.history).toEqual(history(ROWS));
    expect(stored?.entry).toMatchObject({
      ...{ source: 'import', feed: 'unknown', adjustment: 'unknown' },
      imported: { file: 'XLK_1D.parquet', sha256: origin },
    });
  });

  it('is also found in the folder equities, and the second file of a ticker is merged with the first', async () => {
    const from = await folderOf(
      ['XLK_1D.parquet', ROWS],
      ['equities/XLK_1D.parquet', OLDER],
      ['equities/QQQ_1D.parquet', ROWS],
      ['XLK_4H.parquet', ROWS],
    );
    const disk = memoryDisk();
    expect(said(await importInto(disk, from))).toEqual([
      `XLK_1D.parquet imported ${ROWS.length} -`,
      "equities/QQQ_1D.parquet skipped 0 QQQ is not one of Rotor's tickers",
      `equities/XLK_1D.parquet imported ${OLDER.length - ROWS.length} -`,
    ]);
    expect(await rowsIn(disk)).toEqual(history(OLDER));
  });

  it('is sorted and freed of equal rows, which is reported, and otherwise unchanged', async () => {
    const rows = [...ROWS.slice(0, 5), ...ROWS.slice(3)].toReversed();
    const disk = memoryDisk();
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', rows]));
    expect(file?.verdict).toBe('imported');
    expect(file?.repairs).toEqual([
      expect.stringContaining('sorted: '),
      'left out 2 rows repeating another in every number',
    ]);
    expect(await rowsIn(disk)).toEqual(history(ROWS));
  });

  it.each([
    ['a low above the close', { low: 200 }, 'is below low 200'],
    ['no price', { close: Number.NaN }, 'close is NaN'],
    ['a price of zero', { open: 0 }, 'open is 0'],
    ['a negative volume', { volume: -1 }, 'volume is -1'],
    ['another row for the day', { date: day('2024-01-03') }, 'a second row for 2024-01-03'],
    ['volumes where highs should be', { high: 5_000, volume: 102 }, 'is more than 3 times low'],
    ['a day without a session', { date: day('2024-01-06') }, 'not a session'],
  ])('with %s is refused whole with file and row', async (_, changes, reason) => {
    const rows = ROWS.with(2, { ...bar('2024-01-04'), ...changes });
    const disk = memoryDisk();
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', rows]));
    expect(file?.verdict).toBe('refused');
    expect(file?.reason).toMatch(/^XLK_1D\.parquet, row \d+ \(2024-01-0\d\): /);
    expect(file?.reason).toContain(reason);
    expect(disk.effects).toEqual([]);
  });

  it('that is not parquet, or a folder, is rejected and the others are imported', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    await writeFile(join(from, 'XLF_1D.parquet'), 'timestamp,open,high,low,close,volume');
    await mkdir(join(from, 'equities/XLK_1D.parquet'));
    expect(said(await importInto(memoryDisk(), from))).toEqual([
      expect.stringContaining('XLF_1D.parquet refused 0 XLF_1D.parquet: is not readable'),
      `XLK_1D.parquet imported ${ROWS.length} -`,
      expect.stringContaining('equities/XLK_1D.parquet refused 0 XLK_1D.parquet: cannot be read'),
    ]);
  });

  it('is imported through a link', async () => {
    const from = await folderOf(['equities/XLF_1D.parquet', ROWS]);
    await symlink(join(from, 'equities/XLF_1D.parquet'), join(from, 'XLK_1D.parquet'));
    expect(said(await importInto(memoryDisk(), from))).toContain(
      `XLK_1D.parquet imported ${ROWS.length} -`,
    );
  });

  it('excludes the bar of a running session, which is reported', async () => {
    const rows = [...ROWS, bar('2024-03-18')];
    const disk = memoryDisk();
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', rows]));
    expect([file?.verdict, file?.repairs]).toEqual(['imported', ['left out 1 after 2024-03-15']]);
    expect(await rowsIn(disk)).toEqual(history(ROWS));
  });

  it('with a manifest is accepted only with the hash in it', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    const right = {
      ...{ sha256: sha256(await parquetBytes(history(ROWS))), rows: ROWS.length },
      ...{ first: day('2024-01-02'), last: THROUGH, source: 'Alpaca', feed: 'sip' },
      ...{ adjustment: 'all', fetchedAt: '2024-03-16T00:00:00Z' },
    };
    const wrong = { ...right, sha256: '0'.repeat(64) };
    await writeFile(join(from, MANIFEST), manifestBytes(new Map([[XLK, { now: wrong }]])));
    const [refused] = await importInto(memoryDisk(), from);
    expect(refused?.reason).toContain('not as in manifest.json');
    await writeFile(join(from, MANIFEST), manifestBytes(new Map([[XLK, { now: right }]])));
    const disk = memoryDisk();
    await importInto(disk, from);
    expect((await storedIn(disk))?.entry).toMatchObject({ source: 'import', feed: 'sip' });
  });
});

describe('a stored ticker', () => {
  it('gets missing rows from the file, and keeps its own numbers to the last digit', async () => {
    const disk = await storeWith(ROWS);
    const other = OLDER.map((each) => ({ ...each, close: each.close * (1 + 1e-6), volume: 7 }));
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', other]));
    const added = OLDER.length - ROWS.length;
    expect([file?.verdict, file?.added]).toEqual(['imported', added]);
    expect(await rowsIn(disk)).toEqual(history([...other.slice(0, added), ...ROWS]));
    expect((await storedIn(disk))?.entry).toMatchObject({
      ...{ source: 'Alpaca, then import', feed: 'sip, then unknown' },
    });
  });

  it.each([
    [
      'other numbers',
      OLDER.map((each) => (each.date === '2024-02-01' ? bar('2024-02-01', 50) : each)),
      'XLK_1D.parquet: open of 2024-02-01 is stored as',
    ],
    [
      'older rows and none of the newest',
      OLDER.slice(0, -3),
      'XLK_1D.parquet: 2024-03-13 is stored and not here (stored until 2024-03-15, here until 2024-03-12)',
    ],
    [
      'older rows and a gap',
      OLDER.filter(({ date }) => date !== '2024-02-01'),
      'XLK_1D.parquet: 2024-02-01 is stored and not here',
    ],
  ])('keeps its rows against a file with %s, and names the first day', async (_, rows, reason) => {
    const disk = await storeWith(ROWS);
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', rows]));
    expect([file?.verdict, file?.added]).toEqual(['refused', 0]);
    expect(file?.reason).toContain(reason);
    expect(await rowsIn(disk)).toEqual(history(ROWS));
    expect(disk.effects).toEqual([]);
  });

  it('keeps its rows against a file that has no more', async () => {
    const disk = await storeWith(OLDER);
    expect(said(await importInto(disk, await folderOf(['XLK_1D.parquet', ROWS])))).toEqual([
      'XLK_1D.parquet kept 0 every row of it is stored already',
    ]);
    expect(disk.effects).toEqual([]);
  });

  it('is unconfirmed again after an import, and names each source once', async () => {
    const disk = await storeWith(ROWS, { ...ORIGIN, source: 'import, then Alpaca' });
    await importInto(disk, await folderOf(['XLK_1D.parquet', OLDER]));
    const { source = '' } = (await storedIn(disk))?.entry ?? {};
    expect([source, isUnconfirmed(source)]).toEqual(['Alpaca, then import', true]);
  });

  it('is imported once: the second time nothing is written', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    const disk = memoryDisk();
    await importInto(disk, from);
    const again = disk.afterKill();
    expect(said(await importInto(again, from))).toEqual([
      'XLK_1D.parquet kept 0 this very file was imported before',
    ]);
    expect(again.effects).toEqual([]);
  });

  it('recognises the file again after the source adjusted the whole history', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    const disk = memoryDisk();
    await importInto(disk, from);
    const files = createBarFiles({ disk, now: () => NOW, writer: 'one' });
    await files.put(history(bars('2024-01-02', '2024-03-15', 0.99)), ORIGIN);
    expect(said(await importInto(disk, from))).toEqual([
      'XLK_1D.parquet kept 0 this very file was imported before',
    ]);
  });

  it('whose file was removed can be imported again manually, but not at each start', async () => {
    const from = await folderOf(['XLK_1D.parquet', ROWS]);
    const disk = memoryDisk();
    await importInto(disk, from);
    await disk.remove('XLK_1D.parquet');
    expect((await importInto(disk, from, { once: true })).map((each) => each.verdict)).toEqual([
      'kept',
    ]);
    expect((await importInto(disk, from)).map((each) => each.verdict)).toEqual(['imported']);
  });

  it('whose file is damaged gets the rows, and says where the damaged file is', async () => {
    const disk = await storeWith(ROWS);
    await disk.write('XLK_1D.parquet', new Uint8Array(10));
    const [file] = await importInto(disk, await folderOf(['XLK_1D.parquet', ROWS]));
    expect(file?.verdict).toBe('imported');
    expect(file?.repairs).toEqual([
      expect.stringContaining('a damaged file, now in quarantine (XLK_1D.parquet: its SHA-256'),
    ]);
    expect([...disk.files().keys()].some((name) => name.startsWith('quarantine/'))).toBe(true);
  });
});

describe('an interrupted import', () => {
  it('leaves the old rows or the new at any effect, and the next one completes it', async () => {
    const from = await folderOf(['XLK_1D.parquet', OLDER], ['XLF_1D.parquet', ROWS]);
    const start = await storeWith(ROWS);
    const whole = start.afterKill();
    await importInto(whole, from);
    const steps = whole.effects.length;
    expect(steps).toBeGreaterThan(10);
    const found = new Set<string>();
    for (let stop = 0; stop < steps; stop++) {
      const disk = start.afterKill();
      disk.stopAfter(stop);
      await expect(importInto(disk, from)).rejects.toThrow(Stopped);
      for (const image of [disk.afterKill(), ...disk.afterPowerCut().values()]) {
        found.add(`${(await rowsIn(image))?.dates.length}`);
        await importInto(image, from);
        expect(await rowsIn(image)).toEqual(history(OLDER));
        expect((await storedIn(image, XLF))?.history.dates.length).toBe(ROWS.length);
        expect((await storedIn(image))?.entry.imported?.file).toBe('XLK_1D.parquet');
      }
    }
    expect([...found].sort()).toEqual([String(ROWS.length), String(OLDER.length)].sort());
  });
});

describe('the manifest', () => {
  it('has the format of the first Rotor until something was imported', async () => {
    const format = async (disk: MemoryDisk) =>
      JSON.parse(new TextDecoder().decode(disk.files().get(MANIFEST))).format;
    const disk = await storeWith(ROWS);
    expect(await format(disk)).toBe(1);
    await importInto(disk, await folderOf(['XLK_1D.parquet', OLDER]));
    expect(await format(disk)).toBe(2);
    expect(readManifest(disk.files().get(MANIFEST)).kind).toBe('read');
  });
});
