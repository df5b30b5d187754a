import { describe, expect, it } from 'vitest';
import { withinTime } from '#core/market/files/time-limit.ts';

describe('work with a time limit', () => {
  it('is stopped when it never ends, and the next one is done', () => {
    const endless = () => {
      for (;;);
    };
    expect(withinTime(endless, 50)).toEqual({
      kind: 'late',
      reason: 'was not parsed within 0.05 s',
    });
    expect(withinTime(() => 'done', 60_000)).toBe('done');
  });

  it('throws what the work throws', () => {
    const broken = new RangeError('broken');
    expect(() =>
      withinTime(() => {
        throw broken;
      }, 60_000),
    ).toThrow(broken);
  });
});
