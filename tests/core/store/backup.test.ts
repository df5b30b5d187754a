import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { backUp, checkJournal, restore } from '#core/store/backup.ts';
import { openDatabase, SCHEMA } from '#core/store/database.ts';
import { factsOfState } from '#core/store/facts.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { type JournalFiles, journalFiles } from '#core/store/journal-files.ts';
import { acquireLease, LEASE_MS } from '#core/store/lease.ts';
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
  it('verify counts the entries and names the first error', () => {
    write('a', 'b');
    expect(checkJournal(files)).toEqual({ entries: 2, fault: undefined });
    const raw = new Database(files.database);
    raw.exec('DROP TRIGGER entries_stay');
    raw.exec('UPDATE entries SET body = replace(body, \'"a"\', \'"x"\')');
    raw.close();
    expect(checkJournal(files).fault).toMatch(/chain breaks at entry 1/);
  });

  it('verify says so if there is no journal, and creates none', () => {
    expect(() => checkJournal(files)).toThrow(/expected a journal, found none/);
    expect(existsSync(files.database)).toBe(false);
  });

  it('restore restores the backup and keeps the old journal', async () => {
    write('a', 'b');
    const backup = join(folder, 'copies', 'monday.sqlite');
    expect(await backUp(files, backup)).toEqual({ entries: 2, fault: undefined });
    write('c');
    const done = await restore(files, backup, 'old', clock);
    expect(checkJournal(files).fault).toBeUndefined();
    expect(done.kept).toContain(`${files.database}.old`);
    expect(
      new Database(`${files.database}.old`).prepare('SELECT count(*) AS n FROM entries').get(),
    ).toEqual({ n: 3 });
  });

  it('restore deletes a replica’s notes about the old file', async () => {
    write('a');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const notes = join(folder, '.journal.sqlite-litestream');
    mkdirSync(join(notes, 'ltx'), { recursive: true });
    expect((await restore(files, backup, 'old', clock)).kept).toContain(`${notes}.old`);
    expect([existsSync(notes), existsSync(`${notes}.old/ltx`)]).toEqual([false, true]);
  });

  it('facts name a missing journal, and recognise one that never existed', () => {
    expect(factsOfState(files)).toBeUndefined();
    write('a', 'b');
    for (const end of ['', '-wal', '-shm']) rmSync(`${files.database}${end}`, { force: true });
    expect(() => factsOfState(files)).toThrow(/journal.sqlite: is gone; .* went to entry 2/);
  });

  it('restore continues as before when nothing was written since the backup', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const done = await restore(files, backup, 'old', clock);
    expect(done).toMatchObject({ entries: 2, halted: undefined });
    expect(factsOfState(files)?.book.state.state).toBe('RUN');
  });

  it('restore starts in HALT, and says so, when something was written since', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    write('c');
    const done = await restore(files, backup, 'old', clock);
    expect(done.halted).toBe('the lost journal went to entry 3, the backup to 2');
    const { book, fault } = factsOfState(files) ?? {};
    expect(fault).toBeUndefined();
    expect(book?.state).toMatchObject({ state: 'HALT', by: 'rotor', at: NOW });
    expect([...(book?.alerts.values() ?? [])].map(({ alert }) => alert.title)).toEqual([
      'Journal restored',
    ]);
  });

  it('restore starts in HALT if nothing tells how far the journal went', async () => {
    write('a');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const empty = journalFiles(join(folder, 'new-machine'));
    expect((await restore(empty, backup, 'old', clock)).halted).toMatch(/is not known/);
    expect(factsOfState(empty)?.book.state.state).toBe('HALT');
  });

  it('restore interrupted before the mark is written leaves a journal that is reported as damaged', async () => {
    write('a', 'b', 'c');
    const mark = readFileSync(files.mark);
    rmSync(files.database);
    write();
    expect(readFileSync(files.mark)).toEqual(mark);
    expect(factsOfState(files)?.fault).toMatch(/entries are lost/);
  });

  it('facts recognise a newer version’s journal by its schema and its entries', () => {
    write('a');
    expect(factsOfState(files)).toMatchObject({ entries: 1, fault: undefined, schema: SCHEMA });
    const raw = new Database(files.database);
    raw.exec("INSERT INTO entries VALUES (2, 0, 'telepathy', NULL, '{}', '')");
    expect(factsOfState(files)?.fault).toMatch(/does not know entries of kind telepathy/);
    raw.pragma(`user_version = ${SCHEMA + 1}`);
    raw.close();
    expect(factsOfState(files)?.fault).toBe(
      `written by a newer Rotor (schema ${SCHEMA + 1}), this one knows schema ${SCHEMA}`,
    );
  });

  it('facts say that there is no journal, and create none', () => {
    expect(factsOfState(files)).toBeUndefined();
    expect(existsSync(files.database)).toBe(false);
  });

  it('restore repairs a journal whose entries were lost', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    rmSync(files.database);
    write();
    expect(checkJournal(files).fault).toMatch(/entries are lost/);
    await restore(files, backup, 'old', clock);
    expect(checkJournal(files).fault).toBeUndefined();
  });

  it.each(['', '-wal'])('restore replaces a file that is not a journal%s', async (end) => {
    write('a');
    const backup = join(folder, 'monday.sqlite');
    await backUp(files, backup);
    const nonsense = 'this is no journal'.repeat(500);
    for (const each of ['', end]) writeFileSync(`${files.database}${each}`, nonsense);
    const { entries, kept } = await restore(files, backup, 'kept', clock);
    expect(entries).toBeGreaterThan(0);
    expect(kept).toContain(`${files.database}.kept`);
    expect(readFileSync(`${files.database}.kept`, 'utf8')).toBe(nonsense);
    expect(checkJournal(files).fault).toBeUndefined();
  });

  it('restore rejects a damaged backup and leaves the journal unchanged', async () => {
    write('a', 'b');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const bytes = readFileSync(backup);
    const at = bytes.indexOf('"reason":"a"');
    bytes[at + 10] = 'z'.charCodeAt(0);
    writeFileSync(backup, bytes);
    await expect(restore(files, backup, 'old', clock)).rejects.toThrow(/does not verify/);
    expect(checkJournal(files)).toEqual({ entries: 2, fault: undefined });
    await expect(restore(files, join(folder, 'none'), 'old', clock)).rejects.toThrow(/found none/);
  });

  it('restore is rejected while a Rotor runs', async () => {
    write('a');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const holder = { host: 'vps', pid: 7, lives: () => true };
    const lease = await acquireLease(openDatabase(files.database), clock, holder);
    const renewing = {
      now: clock.now,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        lease.renew();
      },
    };
    await expect(restore(files, backup, 'old', renewing)).rejects.toThrow(
      /another Rotor runs on this journal \(vps 7\)/,
    );
    expect(existsSync(`${files.database}.old`)).toBe(false);
  });

  it('restore takes the place of a Rotor that was killed before the clock was set back', async () => {
    write('a');
    const backup = join(folder, 'b.sqlite');
    await backUp(files, backup);
    const holder = { host: 'vps', pid: 7, lives: () => true };
    const ahead = leapingClock(epochMs(NOW + 3_600_000));
    await acquireLease(openDatabase(files.database), ahead, holder);
    const wall = leapingClock(epochMs(NOW));
    expect((await restore(files, backup, 'old', wall)).fault).toBeUndefined();
    expect(wall.now() - NOW).toBeLessThanOrEqual(LEASE_MS + 1_000);
  });
});
