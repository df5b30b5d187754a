import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BREAKS } from './breaks.ts';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const occurrences = (text: string, part: string): number => text.split(part).length - 1;

describe('the breaks of `npm run break-test`', () => {
  it('are at least 30, each a rule of its own and a change', () => {
    expect(BREAKS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BREAKS.map(({ rule }) => rule)).size).toBe(BREAKS.length);
    expect(BREAKS.filter(({ find, put }) => find === put)).toEqual([]);
  });

  it.each(BREAKS)('$rule: its text stands once in $file', ({ file, find }) => {
    expect(occurrences(readFileSync(at(file), 'utf8'), find)).toBe(1);
  });

  it('name test files that exist', () => {
    expect(BREAKS.filter(({ tests }) => !existsSync(at(tests)))).toEqual([]);
  });
});
