/** What may be wrong with a machine or with Alpaca, and what the doctor says to do about it. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { BarFetcher } from '#core/market/source/bar-fetcher.ts';
import { openDatabase } from '#core/store/database.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { clockCheck, dataCheck, streamCheck } from '#src/cli/doctor/alpaca.ts';
import { journal, storedBars } from '#src/cli/doctor/files.ts';
import { calendar, disk, room, stateFolder } from '#src/cli/doctor/machine.ts';
import { bars } from '#tests/core/market/histories.ts';
import { history, market } from '#tests/support/bars.ts';
import { withFolder, writeFolder } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';
import { doctorOfAnyone } from './anyone.ts';

const NOON = newYorkInstant(sessionDate('2024-03-11'), 12 * 60);
const clock = leapingClock(NOON);
const parts = { now: () => NOON };
const SPY = UNIVERSE.benchmark.ticker;

const WAY_BACK = { asOf: sessionDate('2023-06-30') };

describe('the clock', () => {
  const apart = (ms: number) =>
    clockCheck(
      {
        clock: async () => ({
          at: epochMs(NOON + ms),
          open: true,
          nextOpen: NOON,
          nextClose: NOON,
        }),
      },
      clock,
    );

  it.each([-4_900, 0, 4_900])('may differ by %d ms from Alpaca’s', async (ms) => {
    expect((await apart(ms)).pass).toBe(true);
  });

  it.each([-5_100, 5_100, 3_600_000])(
    'must be set when it differs by %d ms from Alpaca’s',
    async (ms) => {
      expect(await apart(ms)).toEqual({
        name: 'clock',
        pass: false,
        detail: `${(Math.abs(ms) / 1000).toFixed(1)} s from Alpaca's`,
        remedy: 'Set this machine’s clock: timedatectl set-ntp true.',
      });
    },
  );

  it('needs a newer Rotor after the end of the calendar', () => {
    const late = { now: () => newYorkInstant(sessionDate('2060-01-02'), 600) };
    expect(calendar(parts).pass).toBe(true);
    expect(calendar(late)).toMatchObject({
      pass: false,
      remedy: expect.stringContaining('Update Rotor'),
    });
  });
});

describe('the disk', () => {
  it('needs 200 MB', () => {
    expect(room(200 * 1024 * 1024).pass).toBe(true);
    expect(room(199 * 1024 * 1024)).toEqual({
      name: 'disk',
      pass: false,
      detail: '199 MB free',
      remedy: 'Free some space: old images and backups first. Rotor needs 200 MB.',
    });
  });

  it('is checked where the state is, and says so if there is no folder', async () => {
    await withFolder(async (folder) => {
      expect((await disk({ env: { STATE_DIR: folder } })).detail).toMatch(/^[\d,]+ MB free$/);
      const none = await disk({ env: { STATE_DIR: join(folder, 'none') } });
      expect([none.pass, none.remedy]).toEqual([false, 'See the state folder above.']);
    });
  });
});

describe('the state folder', () => {
  it('must be a folder, and the remedy names it', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      expect((await stateFolder({ env: { STATE_DIR: folder } })).pass).toBe(true);
      expect(await stateFolder({ env: { STATE_DIR: file } })).toEqual({
        name: 'state folder',
        pass: false,
        detail: `${file} is not a writable folder`,
        remedy: `Create ${file}, or set STATE_DIR to a folder that this user may write in.`,
      });
    });
  });

  it.each([
    ['may not be written', 0o755, 0o555],
    ['lies behind a closed door', 0o600, 0o755],
  ])('is reported when it %s', async (_what, door, mode) => {
    await withFolder(async (folder) => {
      const inside = join(folder, 'state');
      await mkdir(inside, { mode });
      await chmod(folder, door);
      const said = await doctorOfAnyone({ STATE_DIR: inside });
      await chmod(folder, 0o700);
      expect(said).toContain(
        `FAIL  state folder: ${inside} is not a writable folder\n` +
          `      Create ${inside}, or set STATE_DIR to a folder that this user may write in.\n`,
      );
      expect(said).toContain('pass  calendar');
    });
  });
});

describe('the journal', () => {
  const remedy = 'Keep the file, then restore a backup: rotor journal restore --from FILE.';
  const damaged = (detail: unknown) => ({ name: 'journal', pass: false, detail, remedy });

  it('that is invalid must be kept, and a backup restored', async () => {
    await withFolder(async (folder) => {
      expect(journal({ stateDir: folder }).pass).toBe(true);
      await writeFile(journalFiles(folder).database, 'this is no journal '.repeat(100));
      expect(journal({ stateDir: folder })).toEqual(
        damaged(expect.stringContaining('SQLITE_NOTADB')),
      );
    });
  });

  it('that was changed manually names the entry', async () => {
    await withFolder(async (folder) => {
      const { database } = journalFiles(folder);
      journalAt(database, clock).append(
        { kind: 'stopped', reason: 'a' },
        { kind: 'stopped', reason: 'b' },
      );
      expect(journal({ stateDir: folder }).detail).toBe('2 entries, the chain is intact');
      const raw = new Database(database);
      raw.exec('DROP TRIGGER entries_stay');
      raw.exec('UPDATE entries SET body = replace(body, \'"a"\', \'"x"\')');
      raw.close();
      expect(journal({ stateDir: folder })).toEqual(
        damaged(expect.stringContaining('chain breaks at entry 1')),
      );
    });
  });

  it('that lost its last entries is damaged', async () => {
    await withFolder(async (folder) => {
      const { database, mark } = journalFiles(folder);
      openDatabase(database).close();
      await writeFile(mark, '{"seq":7,"hash":"00"}\n');
      expect(journal({ stateDir: folder })).toEqual(damaged(expect.stringContaining('7')));
    });
  });
});

describe('the bars', () => {
  it('name a missing or rejected ticker, and where to get it', async () => {
    await withFolder(async (folder) => {
      const dataDir = join(folder, 'bars');
      await mkdir(dataDir);
      expect((await storedBars({ dataDir }, parts)).detail).toContain('none yet');
      await writeFolder(dataDir, market({}));
      const late = { now: () => newYorkInstant(sessionDate('2024-07-08'), 17 * 60) };
      expect(await storedBars({ dataDir }, late)).toMatchObject({
        pass: true,
        detail: `13 sound files in ${dataDir}, to 2024-06-28`,
      });
      await writeFile(join(dataDir, 'XLE_1D.parquet'), 'no bars');
      const damaged = await storedBars({ dataDir }, late);
      expect(damaged.detail).toMatch(/^XLE: XLE_1D\.parquet: is not readable as parquet/);
      expect(damaged.remedy).toBe(
        'The next start fetches them again; `rotor verify` lists every file.',
      );
      await rm(join(dataDir, 'XLE_1D.parquet'));
      expect((await storedBars({ dataDir }, late)).detail).toBe('missing XLE');
    });
  });

  it('that ended more than a week ago are reported with their age', async () => {
    await withFolder(async (dataDir) => {
      await writeFolder(dataDir, market({}));
      // Nobody needs this one any more.
      await writeFolder(dataDir, new Map([[ticker('OLD'), history('OLD', () => 100, WAY_BACK)]]));
      const at = (date: string, minute: number) =>
        storedBars({ dataDir }, { now: () => newYorkInstant(sessionDate(date), minute) });
      // The sixth session after 2024-06-28, the Fourth of July left out; its bar comes at 16:16.
      expect((await at('2024-07-09', 16 * 60 + 15)).pass).toBe(true);
      expect(await at('2024-07-09', 16 * 60 + 16)).toEqual({
        name: 'bars',
        pass: false,
        detail: 'end 2024-06-28, 6 sessions ago',
        remedy:
          'A start fetches the rest; if a desk is running, /status says under Data why it has not.',
      });
    });
  });

  const source = (last: string, feed = 'sip'): BarFetcher => ({
    fetch: async () => new Map([[SPY, bars('2024-03-01', last)]]),
    originOf: () => ({ feed, adjustment: 'all' }),
  });

  it('end with the last final session of the source', async () => {
    expect((await dataCheck(source('2024-03-08'), clock)).pass).toBe(true);
    expect(await dataCheck(source('2024-03-07'), clock)).toMatchObject({
      pass: false,
      detail: 'SPY: expected 2024-03-08, found 2024-03-07',
      remedy: expect.stringContaining('Alpaca’s data is delayed'),
    });
    expect(await dataCheck({ fetch: async () => new Map() }, clock)).toMatchObject({
      detail: 'SPY: expected 2024-03-08, found nothing',
    });
  });

  it('from IEX alone are not the consolidated tape', async () => {
    expect(await dataCheck(source('2024-03-08', 'iex'), clock)).toMatchObject({
      pass: false,
      remedy: expect.stringContaining('data plan'),
    });
  });
});

describe('the order stream', () => {
  it('has five seconds to open', async () => {
    let waited = 0;
    const pause = async (ms: number): Promise<void> => {
      waited += ms;
    };
    expect((await streamCheck({ streaming: () => waited >= 4_900 }, pause)).pass).toBe(true);
    waited = 0;
    expect(await streamCheck({ streaming: () => false }, pause)).toMatchObject({
      pass: false,
      detail: 'not connected after 5 s',
      remedy: expect.stringContaining('websockets'),
    });
    expect(waited).toBe(5_000);
  });
});
