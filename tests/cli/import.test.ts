import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { ImportedFile } from '#core/market/import/import.ts';
import { market } from '#tests/support/bars.ts';
import {
  rotor,
  SHARED_BARS,
  sharedBarsPresent,
  withFolder,
  writeCapitalised,
  writeFolder,
} from '#tests/support/cli.ts';

const NEEDS = '(needs ../shared)';
const EQUITIES = `${SHARED_BARS}/equities`;
const CAPITALISED = `${SHARED_BARS}/capitalised`;

async function imported(from: string, store: string) {
  const { exit, out } = await rotor(['import', '--from', from, '--data', store, '--json']);
  const files: readonly ImportedFile[] = JSON.parse(out).files;
  return { exit, files };
}

const told = (files: readonly ImportedFile[]) =>
  files.map(({ ticker, verdict, rows, added }) => `${ticker} ${verdict} ${rows} ${added}`);

describe('rotor import', () => {
  it('accepts both casings from the old folder, and the store decides as the folder did', async () => {
    await withFolder(async (folder) => {
      const bars = market({ XLK: 0.2 });
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      const half = new Map([...bars].slice(0, 6));
      const rest = new Map([...bars].slice(6));
      await mkdir(join(from, 'equities'), { recursive: true });
      await writeCapitalised(from, half);
      await writeFolder(join(from, 'equities'), rest);
      const { exit, files } = await imported(from, store);
      expect(exit).toBe(0);
      expect(files.map(({ ticker, verdict }) => `${ticker} ${verdict}`).sort()).toEqual(
        instruments(UNIVERSE)
          .map(({ ticker }) => `${ticker} imported`)
          .sort(),
      );
      const ask = ['decide', '--as-of', '2024-06-28', '--equity', '100000', '--json', '--data'];
      const decided = await rotor([...ask, store]);
      expect(decided).toEqual(await rotor([...ask, from]));
      expect(decided.exit).toBe(0);
    });
  });

  it.each([
    ['nothing', [], 'and nothing else'],
    ['CSV', ['xlu.csv'], "pandas.read_csv('xlu.csv').to_parquet('XLU_1D.parquet')"],
    ['another name', ['XLP.parquet'], 'rename it to XLP_1D.parquet'],
    ['parquet under its other ending', ['XLP_1D.parq'], 'rename it to XLP_1D.parquet'],
    ['packed parquet', ['XLP_1D.parquet.gz'], 'unpack it with gunzip'],
    ['Arrow', ['XLP.feather'], "pandas.read_feather('XLP.feather')"],
    ['Excel', ['xlp.xlsx'], "pandas.read_excel('xlp.xlsx').to_parquet('XLP_1D.parquet')"],
    ['JSON', ['XLP.json'], "pandas.read_json('XLP.json')"],
    ['parts of a parquet folder', ['ticker=XLV'], "pandas.read_parquet('ticker=XLV')"],
    ['something else', ['notes.md'], 'only notes.md; name the folder that holds the files'],
  ])('exits with 2 for a folder with %s, and says what to do', async (_, names, remedy) => {
    await withFolder(async (folder) => {
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      await mkdir(from);
      for (const name of names) await writeFile(join(from, name), 'a,b\n');
      const { exit, err } = await rotor(['import', '--from', from, '--data', store]);
      expect([exit, err]).toEqual([2, expect.stringContaining(remedy)]);
    });
  });

  it('exits with 2 for a folder of other tickers, or of folders', async () => {
    await withFolder(async (folder) => {
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      await mkdir(join(from, 'XLB_1D.parquet'), { recursive: true });
      const parts = await rotor(['import', '--from', from, '--data', store]);
      expect(parts).toMatchObject({ exit: 2, out: expect.stringContaining('join its parts') });
      const others = join(folder, 'others');
      await mkdir(others);
      await writeFile(join(others, 'IBM_1D.parquet'), 'bars of another');
      const foreign = await rotor(['import', '--from', others, '--data', store]);
      expect(foreign).toMatchObject({ exit: 2, out: expect.stringContaining('IBM is not one') });
    });
  });

  it('exits with 2 when a file is rejected, and stores the others', async () => {
    await withFolder(async (folder) => {
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      await mkdir(from);
      await writeFolder(from, new Map([...market({})].slice(0, 2)));
      await writeFile(join(from, 'XLE_1D.parquet'), 'PAR1 and nothing more');
      const { exit, out } = await rotor(['import', '--from', from, '--data', store]);
      expect(exit).toBe(2);
      expect(out).toMatch(/^XLE {2}refused/m);
      expect(out).toContain('XLE_1D.parquet: refused; XLE_1D.parquet: is not readable as parquet');
      const again = await rotor(['import', '--from', from, '--data', store]);
      expect(again.out).toContain('kept; this very file was imported before');
    });
  });

  it('names the files that it left in place and those that it imported', async () => {
    await withFolder(async (folder) => {
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      await mkdir(join(from, 'equities'), { recursive: true });
      await writeFolder(from, new Map([...market({})].slice(0, 1)));
      await writeFile(join(from, 'etf_XLF.CSV.GZ'), 'text');
      await writeFile(join(from, 'equities', 'xlu_1d.parquet'), 'bars');
      await writeFile(join(from, 'notes.md'), 'words');
      const { exit, err } = await rotor(['import', '--from', from, '--data', store]);
      expect(exit).toBe(0);
      expect(err).toContain('not imported: etf_XLF.CSV.GZ is text');
      expect(err).toContain("to_parquet('XLF_1D.parquet')");
      expect(err).toContain(
        'not imported: xlu_1d.parquet is not named as one: rename it to XLU_1D',
      );
      expect(err).not.toContain('notes.md');
    });
  });

  it('writes to DATA_DIR unless --data names another folder', async () => {
    await withFolder(async (folder) => {
      const from = join(folder, 'old');
      await mkdir(from);
      await writeFolder(from, new Map([...market({})].slice(0, 1)));
      const env = { DATA_DIR: join(folder, 'kept') };
      expect((await rotor(['import', '--from', from], { env })).exit).toBe(0);
      expect(existsSync(join(folder, 'kept/manifest.json'))).toBe(true);
    });
  });

  it('names a wrong argument', async () => {
    await withFolder(async (folder) => {
      await symlink(folder, `${folder}/itself`);
      for (const [argv, reason] of [
        [['import'], '--from: expected a folder of TICKER_1D.parquet files, found nothing'],
        [['import', '--from', join(folder, 'none')], '--from: expected a folder'],
        [
          ['import', '--from', `${folder}/itself`, '--data', folder],
          "--from: expected a folder other than the store's",
        ],
      ] as const) {
        const { exit, err } = await rotor(argv);
        expect([exit, err]).toEqual([2, expect.stringContaining(reason)]);
      }
    });
  });

  it('does not change a store of a newer Rotor', async () => {
    await withFolder(async (folder) => {
      const [from, store] = [join(folder, 'old'), join(folder, 'store')];
      for (const each of [from, store]) await mkdir(each);
      await writeFolder(from, new Map([...market({})].slice(0, 1)));
      await writeFile(join(store, 'manifest.json'), '{"format":99}');
      const { exit, err } = await rotor(['import', '--from', from, '--data', store]);
      expect([exit, err]).toEqual([2, expect.stringContaining('format 99 is of a newer Rotor')]);
      expect(await readFile(join(store, 'manifest.json'), 'utf8')).toBe('{"format":99}');
    });
  });
});

describe('the folder of the bot before Rotor', () => {
  it.skipIf(!sharedBarsPresent)(
    `is imported completely, and a second import changes nothing ${NEEDS}`,
    async () => {
      await withFolder(async (store) => {
        const first = await imported(EQUITIES, store);
        expect(first.exit).toBe(0);
        expect(told(first.files)).toEqual([
          'SPY imported 2740 2740',
          ...['TLT', 'XLB'].map((each) => `${each} imported 2741 2741`),
          'XLC imported 1870 1870',
          ...['XLE', 'XLF', 'XLI', 'XLK', 'XLP'].map((each) => `${each} imported 2741 2741`),
          'XLRE imported 2548 2548',
          ...['XLU', 'XLV', 'XLY'].map((each) => `${each} imported 2741 2741`),
        ]);
        const manifest = await readFile(join(store, 'manifest.json'), 'utf8');
        const again = await imported(EQUITIES, store);
        expect(new Set(again.files.map(({ verdict }) => verdict))).toEqual(new Set(['kept']));
        expect(await readFile(join(store, 'manifest.json'), 'utf8')).toBe(manifest);
      });
    },
  );

  it.skipIf(!sharedBarsPresent)(
    `with two downloads is merged where they agree, and the day stored unfinished is rejected ${NEEDS}`,
    async () => {
      await withFolder(async (store) => {
        expect(told((await imported(CAPITALISED, store)).files)).toEqual([
          'SPY imported 1478 1478',
          'XLK imported 1478 1478',
          'XLU imported 1479 1479',
        ]);
        const { exit, files } = await imported(EQUITIES, store);
        const of = (name: string) => files.find(({ ticker }) => ticker === name);
        expect(exit).toBe(2);
        expect(of('SPY')).toMatchObject({ verdict: 'imported', added: 2740 - 1478 });
        expect(of('XLK')).toMatchObject({ verdict: 'imported', added: 2741 - 1478 });
        expect(of('XLU')).toMatchObject({
          verdict: 'refused',
          reason: expect.stringContaining('of 2025-11-18 is stored as'),
        });
      });
    },
  );
});
