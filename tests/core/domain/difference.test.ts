import { describe, expect, it } from 'vitest';
import { differenceHash } from '#core/domain/difference.ts';

describe('the hash of a difference', () => {
  it('is sixteen characters, and FNV-1a', () => {
    expect(differenceHash('')).toBe('cbf29ce484222325');
    expect(differenceHash('a')).toBe('af63dc4c8601ec8c');
    expect(differenceHash('foobar')).toBe('85944171f73967e8');
    expect(differenceHash('XLK: ours 15, broker 16')).toBe('01d17d02064b109d');
  });

  it('differs when one digit of one share does', () => {
    const texts = Array.from(
      { length: 5_000 },
      (_each, shares) => `XLK: ours 10, broker ${shares}`,
    );
    expect(new Set(texts.map(differenceHash)).size).toBe(texts.length);
    expect(differenceHash('XLK — ä')).toMatch(/^[0-9a-f]{16}$/);
  });
});
