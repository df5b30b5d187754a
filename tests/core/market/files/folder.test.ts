import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { epochMs, type Ticker, ticker } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { createBarFiles } from '#core/market/files/bar-files.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { findFiles, readBarFile, readFolder } from '#core/market/files/folder.ts';
import { writeBars } from '#core/market/files/parquet.ts';
import { verifyFolder } from '#core/market/files/verify.ts';
import { bar, bars, day, emptyFolder, history, XLF, XLK } from '../histories.ts';

const LATEST = day('2024-03-15');
const SOUND = bars('2024-01-02', '2024-03-15');

async function write(folder: string, symbol: Ticker, rows: readonly Bar[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeBars(join(folder, `${symbol}_1D.parquet`), history(rows, symbol));
}

function read(...folders: readonly string[]) {
  return readFolder({ folders, tickers: [XLK, XLF], latest: LATEST });
}

describe('a folder of bars', () => {
  it('loads every ticker that has a valid file', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, SOUND);
    await write(folder, XLF, SOUND);
    const { bars: found, refused, repaired } = await read(folder);
    expect(found.get(XLK)).toEqual(history(SOUND));
    expect([...found.keys()]).toEqual([XLK, XLF]);
    expect([refused.size, repaired.size]).toEqual([0, 0]);
  });

  it('ignores a ticker without a file, neither loaded nor rejected', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, SOUND);
    const { bars: found, refused } = await read(folder);
    expect(found.has(XLF)).toBe(false);
    expect(refused.size).toBe(0);
  });

  it('does not load a ticker that was not requested', async () => {
    const folder = await emptyFolder();
    await write(folder, ticker('QQQ'), SOUND);
    expect((await read(folder)).bars.size).toBe(0);
  });

  it('rejects a file by name, row, day and reason, and loads the others', async () => {
    const folder = await emptyFolder();
    const broken = SOUND.with(7, bar('2024-01-11', 100, { close: 0 }));
    await write(folder, XLK, broken);
    await write(folder, XLF, SOUND);
    const { bars: found, refused } = await read(folder);
    expect([...found.keys()]).toEqual([XLF]);
    expect(refused.get(XLK)).toBe(
      'XLK_1D.parquet, row 7 (2024-01-11): close is 0, expected a positive price',
    );
  });

  it('rejects a bar of tomorrow', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, bars('2024-01-02', '2024-03-18'));
    expect((await read(folder)).refused.get(XLK)).toContain('2024-03-18 is in the future');
  });

  it('rejects a file without rows', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, []);
    expect((await read(folder)).refused.get(XLK)).toBe('XLK_1D.parquet: has no rows');
  });

  it('rejects a file that is not parquet, and a folder of that name, in plain words', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'XLK_1D.parquet'), 'not bars');
    await mkdir(join(folder, 'XLF_1D.parquet'));
    // A device has no end, and a pipe no beginning.
    await symlink('/dev/zero', join(folder, 'XLE_1D.parquet'));
    const found = await readBarFile(join(folder, 'XLE_1D.parquet'), ticker('XLE'), LATEST);
    const { refused } = await read(folder);
    expect('reason' in found && found.reason).toBe('XLE_1D.parquet: cannot be read (not a file)');
    expect(refused.get(XLK)).toMatch(/^XLK_1D\.parquet: is not readable as parquet/);
    expect(refused.get(XLF)).toBe(
      'XLF_1D.parquet: cannot be read (a folder; join its parts into one file of that name)',
    );
  });

  it('has no substitute for a missing file named in its manifest', async () => {
    const folder = await emptyFolder();
    const files = createBarFiles({ disk: folderDisk(folder), now: () => epochMs(0) });
    const origin = { source: 'x', feed: 'sip', adjustment: 'all', fetchedAt: epochMs(0) };
    await files.put(history(SOUND), origin);
    await write(join(folder, 'equities'), XLK, SOUND);
    await rm(join(folder, 'XLK_1D.parquet'));
    const { bars: found, refused } = await read(folder);
    expect([found.size, refused.get(XLK)]).toEqual([
      0,
      'XLK_1D.parquet: is in manifest.json and not in the folder',
    ]);
    const { files: told } = await verifyFolder([folder], LATEST, { peers: peers(UNIVERSE) });
    expect(told.map(({ ticker: name, verdict }) => [name, verdict])).toEqual([[XLK, 'refused']]);
  });

  it('accepts unordered or repeated rows, and names the file', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, [...SOUND].reverse());
    await write(folder, XLF, [...SOUND, ...SOUND.slice(-2)]);
    const { bars: found, repaired } = await read(folder);
    expect(found.get(XLK)).toEqual(history(SOUND));
    expect(found.get(XLF)).toEqual(history(SOUND, XLF));
    expect(repaired.get(XLK)).toBe(
      `XLK_1D.parquet: sorted: ${SOUND.length - 1} rows stood before an earlier day`,
    );
    expect(repaired.get(XLF)).toContain('left out 2 rows repeating another in every number');
  });

  it('rejects two rows of one day that differ', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, [...SOUND, bar('2024-03-15', 50)]);
    expect((await read(folder)).refused.get(XLK)).toContain('a second row for 2024-03-15');
  });
});

describe('two rows of one day', () => {
  it.each(['open', 'high', 'low', 'close', 'volume'] as const)(
    'are not the same if only %s differs',
    async (column) => {
      const folder = await emptyFolder();
      const last = bar('2024-03-15');
      const other = { ...last, [column]: last[column] * (1 + 1e-12) };
      await write(folder, XLK, [last, other]);
      expect((await read(folder)).refused.get(XLK)).toContain('a second row for 2024-03-15');
    },
  );
});

describe('a folder with a manifest', () => {
  async function stored(): Promise<string> {
    const folder = await emptyFolder();
    const files = createBarFiles({ disk: folderDisk(folder), now: () => epochMs(0) });
    const origin = { source: 'a test', feed: 'sip', adjustment: 'all', fetchedAt: epochMs(0) };
    for (const symbol of [XLK, XLF]) await files.put(history(SOUND, symbol), origin);
    return folder;
  }

  it('gives the source of a file’s bars', async () => {
    const folder = await stored();
    const read_ = await readBarFile(join(folder, 'XLK_1D.parquet'), XLK, LATEST);
    expect(read_).toMatchObject({ kind: 'loaded', entry: { source: 'a test', feed: 'sip' } });
  });

  it('rejects a file other than the stored one, and leaves it in place', async () => {
    const folder = await stored();
    const file = join(folder, 'XLK_1D.parquet');
    await writeBars(file, history(bars('2024-01-02', '2024-03-15', 1.001)));
    const { bars: found, refused } = await read(folder);
    expect([...found.keys()]).toEqual([XLF]);
    expect(refused.get(XLK)).toMatch(/^XLK_1D\.parquet: its SHA-256 is /);
    expect((await readdir(folder)).sort()).toEqual([
      'XLF_1D.parquet',
      'XLK_1D.parquet',
      'manifest.json',
    ]);
  });

  it('that is damaged cannot be used to read anything', async () => {
    const folder = await stored();
    await writeFile(join(folder, 'manifest.json'), '{');
    const { bars: found, refused } = await read(folder);
    expect(found.size).toBe(0);
    expect(refused.get(XLF)).toBe('manifest.json: is no list of files');
  });
});

describe('the search for files', () => {
  it('covers each folder, then its equities, in the given order', async () => {
    const first = await emptyFolder();
    const second = await emptyFolder();
    await write(join(first, 'equities'), XLK, bars('2024-01-02', '2024-01-31'));
    await write(second, XLK, SOUND);
    await write(join(second, 'equities'), XLF, SOUND);
    const files = await findFiles([first, second]);
    expect(files.get(XLK)).toBe(join(first, 'equities', 'XLK_1D.parquet'));
    expect(files.get(XLF)).toBe(join(second, 'equities', 'XLF_1D.parquet'));
  });

  it('prefers a folder to its equities', async () => {
    const folder = await emptyFolder();
    await write(folder, XLK, SOUND);
    await write(join(folder, 'equities'), XLK, bars('2024-01-02', '2024-01-31'));
    expect((await read(folder)).bars.get(XLK)?.dates.at(-1)).toBe('2024-03-15');
  });

  it('accepts only names of a ticker and one day', async () => {
    const folder = await emptyFolder();
    for (const name of [
      'XLK_4H.parquet',
      'xlf_1D.parquet',
      'XLK_1D.parquet.draft',
      '_1D.parquet',
    ]) {
      await writeFile(join(folder, name), '');
    }
    expect((await findFiles([folder])).size).toBe(0);
  });

  it('finds nothing if there is no folder', async () => {
    expect((await read('/nowhere/at/all')).bars.size).toBe(0);
  });
});
