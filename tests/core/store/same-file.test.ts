import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { watchFile } from '#core/store/same-file.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A file that is watched, and its path. */
function watched() {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-same-'));
  folders.push(folder);
  const file = join(folder, 'journal.sqlite');
  writeFileSync(file, 'one');
  return { file, check: watchFile(file) };
}

describe('the file that a running Rotor writes', () => {
  it('is the same while only its content changes', () => {
    const { file, check } = watched();
    writeFileSync(file, 'two');
    expect(check()).toBeUndefined();
  });

  it('is missed when it was removed', () => {
    const { file, check } = watched();
    rmSync(file);
    expect(check).toThrow(`journal: ${file} is not the file any more that this Rotor writes`);
    expect(check).toThrow('it was removed');
  });

  it('is missed when another one with the same content was put in its place', () => {
    const { file, check } = watched();
    writeFileSync(`${file}.new`, 'one');
    renameSync(`${file}.new`, file);
    expect(check).toThrow('another one was put in its place');
  });
});
