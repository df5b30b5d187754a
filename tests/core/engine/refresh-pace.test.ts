import { describe, expect, it } from 'vitest';
import { createRefreshPace } from '#core/engine/refresh-pace.ts';

describe('the pace of refreshes for the views', () => {
  const paced = (refreshedAt: number, taskEndedAt = 0) => {
    const pace = createRefreshPace();
    pace.refreshed(refreshedAt);
    if (taskEndedAt > 0) pace.taskEnded(taskEndedAt);
    return pace.mayRefresh;
  };

  it('allows one at once, at the same instant, and after the clock was set back', () => {
    expect(createRefreshPace().mayRefresh(11_999, false)).toBe(false);
    expect(createRefreshPace().mayRefresh(12_000, false)).toBe(true);
    expect(paced(100_000)(100_001, false)).toBe(true);
    expect(paced(100_000)(100_000, true)).toBe(true);
    expect(paced(100_000)(99_000, true)).toBe(true);
  });

  it('allows one every half minute while a rebalance runs', () => {
    expect(paced(100_000)(129_999, true)).toBe(false);
    expect(paced(100_000)(130_000, true)).toBe(true);
  });

  it('waits twelve seconds after the refresh that belongs to a task', () => {
    expect(paced(100_000, 100_000)(111_999, false)).toBe(false);
    expect(paced(100_000, 100_000)(112_000, false)).toBe(true);
    expect(paced(100_000, 99_999)(100_001, false)).toBe(true);
  });
});
