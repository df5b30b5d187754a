import { describe, expect, it } from 'vitest';
import { NOON, parts } from './law-world.ts';
import { createRequestCount } from './years/request-laws.ts';

describe('the law of requests', () => {
  const brokenBy = (requests: number, everyMs: number): readonly string[] => {
    let now: number = NOON;
    const { world, broken } = parts({ time: { now: () => now } });
    const asked = createRequestCount(world);
    for (let index = 0; index < requests; index++) {
      asked();
      now += everyMs;
    }
    return broken;
  };

  it('is broken by the 1,001st within five minutes, and by no shorter burst', () => {
    expect(brokenBy(1_000, 1)).toEqual([]);
    expect(brokenBy(1_001, 299)).toEqual(['too many requests']);
    expect(brokenBy(3_000, 300)).toEqual([]);
  });
});
