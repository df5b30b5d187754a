import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '#core/store/make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'rotor-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('makeFolder', () => {
  it('creates the folder and those above it, and leaves one that exists as it is', () => {
    const path = join(root, 'a', 'b');
    makeFolder(path, 0o700);
    makeFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('throws where a file is in its place, or above it', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow('EEXIST');
    expect(() => makeFolder(join(file, 'c'))).toThrow('EEXIST');
  });

  it.skipIf(process.platform !== 'linux')('throws below a folder of the kernel', () => {
    expect(() => makeFolder('/proc/rotor/state')).toThrow("mkdir '/proc/rotor'");
  });
});
