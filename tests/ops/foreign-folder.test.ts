import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';

/** Loads everything while it may still read the clone, then becomes nobody, as a container's user is. */
const OPEN_AS_NOBODY = `
  const { openJournal } = await import('#ops/open-journal.ts');
  const { journalFiles } = await import('#core/store/journal-files.ts');
  const { systemClock } = await import('./src/time.ts');
  const { openDatabase } = await import('#core/store/database.ts');
  openDatabase(':memory:').close();
  if (process.getuid() === 0) process.setuid(65534);
  const clock = systemClock();
  const safeMode = { enterSafeMode: (why) => { console.log('SAFE MODE ' + why); process.exit(1); } };
  try {
    await openJournal({ files: journalFiles(process.env.FOLDER), clocks: { market: clock, wall: clock }, safeMode });
    console.log('OPENED');
  } catch (error) {
    console.log(error.remedy + ' ' + error.message);
  }
`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-owner-'));
  journalAt(join(folder, 'journal.sqlite'), leapingClock(epochMs(1_700_000_000_000))).append({
    kind: 'stopped',
    reason: 'first',
  });
});

afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function openedByAnother(): string {
  return spawnSync(process.execPath, ['--input-type=module', '-e', OPEN_AS_NOBODY], {
    env: { FOLDER: folder },
    encoding: 'utf8',
  }).stdout.trim();
}

it('a journal in another user’s folder is reported as such, with the remedy, and not as damaged', () => {
  // A folder that root made; a user who is not root plays it by taking his own right to write away.
  chmodSync(folder, 0o555);
  chmodSync(join(folder, 'journal.sqlite'), 0o444);
  const answer = openedByAnother();
  expect(answer).toMatch(/^fix-config STATE_DIR: .* belongs to user \d+ and cannot be written by/);
  expect(answer).toContain('the journal itself was not touched. Run: sudo chown -R');
  expect(answer).toContain(`${folder} (outside a container: of the folder that it mounts there)`);
  expect(answer).not.toContain('SAFE MODE');
});

it('another user’s folder without a journal is reported likewise', () => {
  const files = journalFiles(folder);
  for (const file of [files.database, files.mark]) rmSync(file, { force: true });
  chmodSync(folder, 0o555);
  expect(openedByAnother()).toMatch(/^fix-config STATE_DIR: /);
});
