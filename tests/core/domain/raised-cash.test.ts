import { describe, expect, it } from 'vitest';
import { afterWithdrawal, raisedTotal } from '#core/domain/raised-cash.ts';
import { cents } from '#core/domain/units.ts';

const raisedOf = (...amounts: readonly number[]) =>
  new Map(amounts.map((amount, row) => [`plan ${row}`, { amount: cents(amount), by: 'ann' }]));

describe('Reserved cash', () => {
  it('is the sum of what the plans raised, and a withdrawal takes the oldest first', () => {
    const raised = raisedOf(100, 200, 50);
    expect(raisedTotal(raised)).toBe(350);
    const left = (withdrawn: number) =>
      [...afterWithdrawal(raised, cents(withdrawn))].map(([id, { amount }]) => [id, amount]);
    expect(left(0)).toEqual([...raised].map(([id, { amount }]) => [id, amount]));
    expect(left(100)).toEqual([
      ['plan 1', 200],
      ['plan 2', 50],
    ]);
    expect(left(150)).toEqual([
      ['plan 1', 150],
      ['plan 2', 50],
    ]);
    expect(left(1_000)).toEqual([]);
  });
});
