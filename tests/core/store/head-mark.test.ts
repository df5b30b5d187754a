import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import type { Journal } from '#core/ports.ts';
import { backUp, checkJournal } from '#core/store/backup.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { type JournalFiles, journalFiles } from '#core/store/journal-files.ts';
import { rotor } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';

let folder = '';
let files: JournalFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-mark-'));
  files = journalFiles(folder);
  const journal = open();
  for (const reason of ['one', 'two', 'three']) journal.append({ kind: 'stopped', reason });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): Journal {
  return createJournal({
    database: openDatabase(files.database),
    clock: leapingClock(epochMs(1_700_000_000_000)),
    highWater: fileHighWater(files.mark),
    guard: () => undefined,
  });
}

describe('the head mark of a journal with entries', () => {
  it.each([
    ['missing', 'is missing', () => rmSync(files.mark)],
    ['empty', 'holds something else', () => truncateSync(files.mark)],
    ['cut in the middle', 'holds something else', () => truncateSync(files.mark, 12)],
    ['overwritten', 'holds something else', () => writeFileSync(files.mark, 'xx')],
    ['of another form', 'holds something else', () => writeFileSync(files.mark, '{"seq":"3"}')],
    [
      'a folder',
      'cannot be read (EISDIR)',
      () => {
        rmSync(files.mark);
        mkdirSync(files.mark);
      },
    ],
  ])('%s is a doubt that names the mark', (_name, words, spoil) => {
    spoil();
    const journal = open();
    expect(journal.doubt()).toContain(`its head mark ${files.mark} ${words}`);
    expect(journal.book().seq).toBe(3);
    expect(checkJournal(files)).toEqual({ entries: 3, fault: journal.doubt() });
  });

  it('is not repaired by entries written after it was lost', () => {
    rmSync(files.mark);
    open().append({ kind: 'stopped', reason: 'four' });
    expect(existsSync(files.mark)).toBe(false);
    expect(open().doubt()).toContain('is missing');
  });

  it('names the rows that were cut together with it', () => {
    const kept = readFileSync(files.mark);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    open().append({ kind: 'stopped', reason: 'one' });
    writeFileSync(files.mark, kept);
    expect(open().doubt()).toContain('3 were written, 1 are here');
  });
});

/** Adds a row that is sealed as the journal seals it, whatever it holds. */
function addSealed(kind: string, body: string): void {
  const database = openDatabase(files.database);
  const last = database
    .prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM entries ORDER BY seq DESC')
    .get();
  const [seq, at] = [(last?.seq ?? 0) + 1, 1_700_000_000_000];
  const text = JSON.stringify([last?.hash, seq, at, kind, null, body]);
  const hash = createHash('sha256').update(text).digest('hex');
  database
    .prepare('INSERT INTO entries VALUES (?, ?, ?, NULL, ?, ?)')
    .run(seq, at, kind, body, hash);
  database.close();
}

describe('an unreadable entry', () => {
  it('of a newer version is named, and what this version knows is still read', () => {
    addSealed('hedge', '{"kind":"hedge","delta":1}');
    addSealed('pause', '{"kind":"pause","paused":true,"by":"ada","reason":"x"}');
    const journal = open();
    expect(journal.doubt()).toContain('entry 4 was written by a newer Rotor');
    expect(journal.doubt()).toContain('kind hedge');
    expect(journal.book()).toMatchObject({ seq: 5, paused: { by: 'ada' } });
  });

  it('that is sealed is reported as damage and does not stop the start', async () => {
    addSealed('pause', '{"kind":"pause"');
    expect(open().doubt()).toContain('entry 4 cannot be read');
    const { exit, out } = await rotor(['journal', 'verify', '--state', folder]);
    expect([exit, out]).toEqual([1, expect.stringContaining('DAMAGED: journal: entry 4')]);
  });
});

describe('journal restore', () => {
  it.each([
    ['a newer version', 'hedge', '{"kind":"hedge"}', 'was written by a newer Rotor: this one does'],
    ['an entry that cannot be read', 'pause', '{"kind":"pause"', 'cannot be read'],
  ])('refuses a backup of %s and replaces nothing', async (_name, kind, body, words) => {
    const [before, newer] = [join(folder, 'before.sqlite'), join(folder, 'newer.sqlite')];
    await backUp(files, before);
    addSealed(kind, body);
    openDatabase(files.database).prepare('VACUUM INTO ?').run(newer);
    await rotor(['journal', 'restore', '--from', before, '--state', folder]);
    const { exit, err } = await rotor(['journal', 'restore', '--from', newer, '--state', folder]);
    expect([exit, err]).toEqual([2, expect.stringContaining(`journal: entry 4 ${words}`)]);
    expect(open().doubt()).toBeUndefined();
  });
});

describe('the files of a journal', () => {
  const mode = (file: string): number => statSync(file).mode & 0o777;

  it('are nobody else’s to read: database, log, mark and backup', async () => {
    const before = process.umask(0o022);
    try {
      open().append({ kind: 'stopped', reason: 'four' });
      const copy = join(folder, 'backup.sqlite');
      await backUp(files, copy);
      const all = [files.database, `${files.database}-wal`, files.mark, copy];
      expect(all.map(mode)).toEqual([0o600, 0o600, 0o600, 0o600]);
    } finally {
      process.umask(before);
    }
  });

  it('are waited for while another program holds the lock for some seconds', () => {
    const timeout = openDatabase(files.database).pragma('busy_timeout', { simple: true });
    expect(timeout).toBeGreaterThan(5_000);
    expect(timeout).toBeLessThan(10_000);
  });
});

describe('journal verify', () => {
  it.each([
    ['is a folder', () => mkdirSync(files.database)],
    ['is empty', () => writeFileSync(files.database, '')],
    ['is no database', () => writeFileSync(files.database, 'x'.repeat(5_000))],
    ['is not there', () => undefined],
  ])('says in a sentence that the journal %s', async (_name, spoil) => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${files.database}${end}`, { force: true });
    spoil();
    const { exit, err } = await rotor(['journal', 'verify', '--state', folder]);
    expect(exit).toBe(2);
    expect(err).toMatch(
      /^rotor: .*journal\.sqlite: (cannot be read as a journal|expected a journal)/,
    );
    expect(err).not.toContain('    at ');
  });
});
