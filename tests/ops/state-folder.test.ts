import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStateFolder } from '#ops/state-folder.ts';

/** Loads everything while it may still read the clone, then becomes nobody. */
const OPEN_AS_NOBODY = `
  const { openStateFolder } = await import('#ops/state-folder.ts');
  if (process.getuid() === 0) process.setuid(65534);
  try {
    openStateFolder(process.env.FOLDER);
    console.log('OPENED');
  } catch (error) {
    console.log(error.remedy + ' ' + error.message);
  }
`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-state-'));
});

afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function openedByAnother(path: string): string {
  return spawnSync(process.execPath, ['--input-type=module', '-e', OPEN_AS_NOBODY], {
    env: { FOLDER: path },
    encoding: 'utf8',
  }).stdout.trim();
}

it('a state folder that is missing is created, with those above it', () => {
  const path = join(folder, 'a/b');
  openStateFolder(path);
  openStateFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it('a state folder below one that is not ours is named, with whom it is for and what to do', () => {
  chmodSync(folder, 0o555);
  const answer = openedByAnother(join(folder, 'state'));
  expect(answer).toMatch(/^fix-config STATE_DIR: expected a folder in which user \d+, as whom/);
  expect(answer).toContain(`${join(folder, 'state')} is none and cannot be created (EACCES)`);
  expect(answer).toContain('Create it for that user, or set STATE_DIR to another folder');
});

it('a state folder of another user is named, with the command that hands it over', () => {
  chmodSync(folder, 0o555);
  expect(openedByAnother(folder)).toMatch(
    /^fix-config STATE_DIR: .* belongs to user \d+ and cannot be written by user \d+.* sudo chown -R/,
  );
});
