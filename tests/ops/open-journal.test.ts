import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { type OpenedJournal, openJournal } from '#ops/open-journal.ts';
import { leapingClock } from '#tests/support/clock.ts';

let folder = '';
let memory: OpenedJournal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-memory-'));
  const clock = leapingClock(epochMs(1_700_000_000_000));
  const safeMode = {
    enterSafeMode: (why: string): never => {
      throw new Error(`no safe mode is expected here: ${why}`);
    },
  };
  memory = await openJournal({
    files: journalFiles(folder),
    clocks: { market: clock, wall: clock },
    safeMode,
  });
  memory.journal.append({ kind: 'stopped', reason: 'first' });
});

afterEach(() => {
  memory.database.close();
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, 'journal.sqlite');

describe('a journal whose file is removed while Rotor runs', () => {
  it.each([
    ['was removed', 'it was removed', () => rmSync(file())],
    [
      'was replaced by a copy',
      'another one was put in its place',
      () => {
        copyFileSync(file(), `${file()}.copy`);
        renameSync(`${file()}.copy`, file());
      },
    ],
  ])('%s: nothing is written any more, and the lease is not renewed', (_name, words, take) => {
    take();
    expect(() => memory.journal.append({ kind: 'stopped', reason: 'lost' })).toThrow(words);
    expect(() => memory.lease?.renew()).toThrow(words);
    expect(memory.journal.since(0, 10)).toHaveLength(1);
  });

  it('continues while it is the same file', () => {
    memory.journal.append({ kind: 'stopped', reason: 'second' });
    memory.lease?.renew();
    expect(memory.journal.since(0, 10)).toHaveLength(2);
  });
});
