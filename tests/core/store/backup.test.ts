import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import {
  backUp,
  checkJournal,
  type JournalFiles,
  journalFiles,
  restore,
} from '#core/store/backup.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { acquireLease } from '#core/store/lease.ts';
import { leapingClock } from '#tests/support/clock.ts';

const NOW = 1_700_000_000_000;
const clock = leapingClock(epochMs(NOW));
let folder = '';
let files: JournalFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-backup-'));
  files = journalFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...reasons: string[]): void {
  const database = openDatabase(files.database);
  const highWater = fileHighWater(files.mark);
  const journal = createJournal({ database, clock, highWater, guard: () => {} });
  for (const reason of reasons) journal.append({ kind: 'stopped', reason });
  database.close();
}

describe('rotor journal', () => {
  it('verify counts the entries and names the first fault', () => {
    write('a', 'b');
    expect(checkJournal(files)).toEqual({ entries: 2, fault: undefined });
    const raw = new Database(files.database);
    raw.exec('DROP TRIGGER entries_stay');
    raw.exec('UPDATE entries SET body = replace(body, \'"a"\', \'"x"\')');
    raw.close();
    expect(checkJournal(files).fault).toMatch(/chain breaks at entry 1/);
  });

  it('verify says so where there is no journal, and makes none', () => {
    expect(() => checkJournal(files)).toThrow(/expected a journal, found none/);
    expect(existsSync(files.database)).toBe(false);
  });

  it('restore brings the backup back and keeps what was there', async () => {
    write('a', 'b');
    const backup = join(folder, 'copies', 'monday.sqlite');
    expect(await backUp(files, backup)).toEqual({ entries: 2, fault: undefined });
    write('c');
    const done = restore(files, backup, 'old', NOW);
    expect(done.entries).toBe(2);
    expect(checkJournal(files)).toEqual({ entries: 2, fault: undefined });
    expect(done.kept).toContain(`${files.database}.old`);
    expect(
      new Database(`${files.database}.old`).prepare('SELECT count(*) AS n FROM entries').get(),
    ).toEqual({ n: 3 });
  });

  it('restore cures a journal whose entries were lost', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    rmSync(files.database);
    write();
    expect(checkJournal(files).fault).toMatch(/entries are lost/);
    restore(files, backup, 'old', NOW);
    expect(checkJournal(files).fault).toBeUndefined();
  });

  it('restore refuses a damaged backup and leaves the journal alone', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const bytes = readFileSync(backup);
    const at = bytes.indexOf('"reason":"a"');
    bytes[at + 10] = 'z'.charCodeAt(0);
    writeFileSync(backup, bytes);
    expect(() => restore(files, backup, 'old', NOW)).toThrow(/does not verify/);
    expect(checkJournal(files)).toEqual({ entries: 2, fault: undefined });
    expect(() => restore(files, join(folder, 'none'), 'old', NOW)).toThrow(/found none/);
  });

  it('restore refuses while a Rotor runs', async () => {
    write('a');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const holder = { host: 'vps', pid: 7, lives: () => true };
    await acquireLease(openDatabase(files.database), clock, holder);
    expect(() => restore(files, backup, 'old', NOW)).toThrow(/a Rotor runs .*vps 7/);
    expect(existsSync(`${files.database}.old`)).toBe(false);
  });
});
