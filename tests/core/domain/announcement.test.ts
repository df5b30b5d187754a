import { describe, expect, it } from 'vitest';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { delaysOf, isFirst } from '#core/domain/announcement.ts';
import { announced } from '#tests/support/schedule.ts';

describe('the delays of a rebalance', () => {
  const one = announced(EMPTY_ACCOUNT_STATE, 'initial-2024-07-01', '2024-07-02', { delays: 1 });
  const two = announced(one, 'initial-2024-07-02', '2024-07-03', { delays: 1 });
  const { announcements } = announced(two, 'monthly-2024-08', '2024-08-01', { delays: 2 });

  it('are its own, and none before it was announced', () => {
    expect(delaysOf(announcements, 'monthly-2024-08')).toBe(2);
    expect(delaysOf(announcements, 'monthly-2024-09')).toBe(0);
  });

  it('of an account’s first one count together, whatever its id on each day', () => {
    expect(['initial-2024-07-04', 'monthly-2024-08'].map(isFirst)).toEqual([true, false]);
    expect(delaysOf(announcements, 'initial-2024-07-04')).toBe(2);
    expect(delaysOf(new Map(), 'initial-2024-07-04')).toBe(0);
  });
});
