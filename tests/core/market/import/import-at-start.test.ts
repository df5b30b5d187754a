import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { MANIFEST } from '#core/market/files/manifest.ts';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { importAtStart } from '#core/market/import/import-at-start.ts';
import type { Log } from '#core/ports.ts';
import { bars, emptyFolder, history, XLF, XLK } from '../histories.ts';

const ROWS = bars('2024-01-02', '2024-03-15');
const MONDAY = '2024-03-18T15:00:00Z';

async function start(prepare: (from: string, to: string) => Promise<void>, at = MONDAY) {
  const clock = { now: () => epochMs(Date.parse(at)), sleep: () => Promise.resolve() };
  const from = await emptyFolder();
  const to = join(await emptyFolder(), 'bars');
  await prepare(from, to);
  const lines: string[] = [];
  const say =
    (level: string) =>
    (text: string): void =>
      void lines.push(`${level} ${text}`);
  const log: Log = { info: say('info'), warn: say('warn'), error: say('error') };
  await importAtStart({ from, to, tickers: [XLK, XLF], clock, log });
  const again = async (): Promise<readonly string[]> => {
    lines.length = 0;
    await importAtStart({ from, to, tickers: [XLK, XLF], clock, log });
    return lines;
  };
  return { lines: [...lines], to, again };
}

describe('DATA_IMPORT', () => {
  it('reports each file as it is imported, and a rejected one stops nothing', async () => {
    const { lines, to } = await start(async (from) => {
      await writeFile(join(from, 'XLF_1D.parquet'), 'no parquet');
      await writeFile(join(from, 'XLK_1D.parquet'), await parquetBytes(history(ROWS)));
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^warn bars: import 1 of 2: XLF_1D\.parquet: refused; XLF_1D\.parquet: /,
      ),
      `info bars: import 2 of 2: XLK_1D.parquet: imported, ${ROWS.length} of ${ROWS.length} rows new`,
    ]);
    expect(await readdir(to)).toEqual(['XLK_1D.parquet', MANIFEST]);
  });

  it('does nothing at the next start', async () => {
    const { again } = await start(async (from) => {
      await writeFile(join(from, 'XLK_1D.parquet'), await parquetBytes(history(ROWS)));
    });
    expect(await again()).toEqual([
      'info bars: import 1 of 1: XLK_1D.parquet: kept; this very file was imported before',
    ]);
  });

  it.each([
    ['2024-03-15T20:05:00Z', '; left out 1 after 2024-03-14'],
    ['2024-03-15T20:16:00Z', ''],
  ])('imports the bar of a session only when it is final: at %s', async (at, left) => {
    const { lines } = await start(async (from) => {
      await writeFile(join(from, 'XLK_1D.parquet'), await parquetBytes(history(ROWS)));
    }, at);
    const rows = ROWS.length - (left === '' ? 0 : 1);
    expect(lines).toEqual([
      `info bars: import 1 of 1: XLK_1D.parquet: imported, ${rows} of ${rows} rows new${left}`,
    ]);
  });

  it('without a file says so', async () => {
    const { lines } = await start(async () => undefined);
    expect(lines).toEqual([
      expect.stringMatching(/^warn bars: DATA_IMPORT: no TICKER_1D\.parquet files in /),
    ]);
  });

  it('continues after reporting a store of a newer Rotor, or one that cannot be written', async () => {
    const newer = await start(async (from, to) => {
      await writeFile(join(from, 'XLK_1D.parquet'), await parquetBytes(history(ROWS)));
      await mkdir(to);
      await writeFile(join(to, MANIFEST), '{"format":99}');
    });
    expect(newer.lines).toEqual([expect.stringContaining('ended early: manifest.json: format 99')]);
    const blocked = await start(async (from, to) => {
      await writeFile(join(from, 'XLK_1D.parquet'), await parquetBytes(history(ROWS)));
      await writeFile(to, 'a file where the folder should be');
    });
    expect(blocked.lines).toEqual([
      expect.stringMatching(/^warn .*XLK_1D.parquet: could not be stored: .*(EEXIST|ENOTDIR)/),
    ]);
  });
});
