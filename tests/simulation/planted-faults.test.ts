import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLANTED_FAULTS } from './planted-faults.ts';

describe('the faults that are planted for simulated years', () => {
  it.each(PLANTED_FAULTS)('$fault: its text stands once in $file', ({ file, find, put }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(text.split(find)).toHaveLength(2);
    expect(put).not.toBe(find);
  });
});
