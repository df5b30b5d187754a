import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { contentOfState } from '#core/store/entries.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { leapingClock } from '#tests/support/clock.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An empty folder. */
function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-content-'));
  folders.push(folder);
  return folder;
}

describe('the content of a state folder', () => {
  it('is empty where no journal was begun, and none is begun', () => {
    const files = journalFiles(freshFolder());
    expect(contentOfState(files)).toMatchObject({
      entries: [],
      fault: undefined,
      book: { seq: 0 },
    });
    expect(existsSync(files.database)).toBe(false);
  });

  it('is every entry and the book of them, with what keeps them from being believed', () => {
    const files = journalFiles(freshFolder());
    const journal = createJournal({
      database: openDatabase(files.database),
      clock: leapingClock(epochMs(1_000)),
      highWater: fileHighWater(files.mark),
      guard: () => undefined,
    });
    for (const reason of ['one', 'two']) journal.append({ kind: 'stopped', reason });
    const { book, entries, fault } = contentOfState(files);
    expect([book.seq, entries.map(({ entry }) => entry), fault]).toEqual([
      2,
      [
        { kind: 'stopped', reason: 'one' },
        { kind: 'stopped', reason: 'two' },
      ],
      undefined,
    ]);
    rmSync(files.mark);
    expect(contentOfState(files).fault).toContain('is missing');
  });

  it('of a newer version is refused', () => {
    const files = journalFiles(freshFolder());
    openDatabase(files.database).pragma('user_version = 99');
    expect(() => contentOfState(files)).toThrow(/^journal: .*newer Rotor \(schema 99\)/);
  });
});
