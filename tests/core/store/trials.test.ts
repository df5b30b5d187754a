import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordTrials, triedBefore } from '#core/store/trials.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-trials-'));
  folders.push(folder);
  return folder;
}

const search = (key: string, settings: number) => ({ at: 1, what: 'sweep', settings, key });

describe('the settings tried by other searches', () => {
  it('are none in a folder without any, which the first search creates', () => {
    const folder = join(freshFolder(), 'state');
    expect(triedBefore(folder, 'a')).toBe(0);
    recordTrials(folder, search('a', 30));
    expect(triedBefore(folder, 'b')).toBe(30);
  });

  it('are added up, each search once, without the one that asks', () => {
    const folder = freshFolder();
    for (const [key, settings] of [
      ['a', 30],
      ['b', 12],
      ['a', 30],
      ['c', 0],
      ['d', 1],
    ] as const)
      recordTrials(folder, search(key, settings));
    expect(triedBefore(folder, 'b')).toBe(31);
  });

  it('leave out lines that are no search', () => {
    const folder = freshFolder();
    recordTrials(folder, search('a', 5));
    const odd = ['{"key":"b","settings":-1}', '{"key":"c","settings":1.5}', '{"settings":7}'];
    const odder = ['{"key":"d","settings":"9"}', '{"key":4,"settings":4}', 'null', '{', ''];
    appendFileSync(join(folder, 'trials.jsonl'), [...odd, ...odder].join('\n'));
    expect(triedBefore(folder, 'z')).toBe(5);
  });

  it('are not taken for none where they cannot be read', () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'trials.jsonl'));
    expect(() => triedBefore(folder, 'a')).toThrow('EISDIR');
  });
});
