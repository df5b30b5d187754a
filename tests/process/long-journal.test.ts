/** A journal of many years, opened in less memory than it is long. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { journalFiles } from '#core/store/journal-files.ts';

const HEAP_MB = 64;
const ENTRIES = 48_000;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-long-'));
  const database = openDatabase(journalFiles(folder).database);
  const clock = { now: () => epochMs(1_750_000_000_000), sleep: () => Promise.resolve() };
  const journal = createJournal({
    database,
    clock,
    highWater: fileHighWater(journalFiles(folder).mark),
    guard: () => {},
  });
  const reason = 'a reason of the longer kind '.repeat(80);
  journal.append(
    ...Array.from({ length: ENTRIES }, (_, n) => {
      return { kind: 'state', state: 'RUN', by: 'ann', reason: `${n} ${reason}` } as const;
    }),
  );
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['facts', 'verify'])('journal %s reads it a row at a time', (what) => {
  const bytes = statSync(journalFiles(folder).database).size;
  expect(bytes).toBeGreaterThan(1.5 * HEAP_MB * 2 ** 20);
  const program = ['src/cli.ts', 'journal', what, '--state', folder];
  const ended = spawnSync(process.execPath, [`--max-old-space-size=${HEAP_MB}`, ...program]);
  expect(ended.status, String(ended.stderr)).toBe(0);
  expect(String(ended.stdout)).toContain(String(ENTRIES));
});
