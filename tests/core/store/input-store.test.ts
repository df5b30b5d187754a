import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createInputStore } from '#core/store/input-store.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-inputs-'));
  folders.push(folder);
  return folder;
}

describe('what a decision read', () => {
  it('is kept once under the hash of its text, for its owner only', () => {
    const folder = join(freshFolder(), 'decided');
    const store = createInputStore(folder);
    const hash = store.keep('bars');
    expect(store.keep('bars')).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(store.hash('bars')).toBe(hash);
    expect(store.read(hash)).toBe('bars');
    expect(readdirSync(folder)).toEqual([`${hash}.json.gz`]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, `${hash}.json.gz`)).mode & 0o777).toBe(0o600);
  });

  it('is unknown where its file is missing, damaged or of another text', () => {
    const folder = freshFolder();
    const store = createInputStore(folder);
    expect(store.read(store.hash('never kept'))).toBeUndefined();
    const hash = store.keep('bars');
    writeFileSync(join(folder, `${hash}.json.gz`), gzipSync('other bars'));
    expect(store.read(hash)).toBeUndefined();
    writeFileSync(join(folder, `${hash}.json.gz`), 'no gzip');
    expect(store.read(hash)).toBeUndefined();
  });

  it('that cannot be written stops nothing, and is told with the file', () => {
    const file = join(freshFolder(), 'taken');
    writeFileSync(file, '');
    const told: string[] = [];
    const quiet = () => undefined;
    const log = { info: quiet, warn: quiet, error: (text: string) => told.push(text) };
    const hash = createInputStore(file, log).keep('bars');
    expect(told).toEqual([
      expect.stringMatching(/^.*\.json\.gz: what a decision read could not be kept: /),
    ]);
    expect(told[0]).toContain(hash);
  });
});
