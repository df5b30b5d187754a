/** Intervals on a clock that may be set. */
import { describe, expect, it } from 'vitest';
import { hasElapsed } from '#core/domain/elapsed.ts';

describe('an interval', () => {
  it('has elapsed once its milliseconds have passed, and not a moment before', () => {
    expect([hasElapsed(1_000, 50, 1_049), hasElapsed(1_000, 50, 1_050)]).toEqual([false, true]);
    expect(hasElapsed(1_000, 50, 1_000)).toBe(false);
  });

  it('has elapsed where it never began', () => {
    expect(hasElapsed(undefined, 50, 0)).toBe(true);
  });

  it('has elapsed where the clock was set back to before its beginning', () => {
    expect(hasElapsed(1_000, 50, 999)).toBe(true);
  });
});
