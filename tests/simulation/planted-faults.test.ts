import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLANTED_FAULTS } from './planted-faults.ts';

const CHANGES = PLANTED_FAULTS.flatMap(({ fault, coveredBy = [], unfound: _, ...change }) => [
  { name: fault, ...change },
  ...coveredBy.map(({ check, ...second }) => ({ name: `${fault}, without: ${check}`, ...second })),
]);

describe('the faults that are planted for simulated years', () => {
  it.each(CHANGES)('$name: its text stands once in $file', ({ file, find, put }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(text.split(find)).toHaveLength(2);
    expect(put).not.toBe(find);
  });

  it('have names of their own', () => {
    const names = CHANGES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
