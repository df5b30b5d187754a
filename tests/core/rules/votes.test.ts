import { describe, expect, it } from 'vitest';
import { shareInto, type Voter } from '#core/rules/votes.ts';

const voters: readonly Voter[] = [
  { activeIn: 'always', budget: 1 },
  { activeIn: 'bull', budget: 3 },
  { activeIn: 'bear', budget: 4 },
];

/** The shares where those models are active, written over old values. */
function sharesOf(...active: readonly number[]): readonly number[] {
  const shares = new Float64Array(voters.length).fill(9);
  const flags = voters.map((_, model) => active.includes(model));
  shareInto(shares, voters, flags);
  return [...shares];
}

describe('shareInto', () => {
  it('divides the account by the budgets of the active models', () => {
    expect(sharesOf(0, 1)).toEqual([0.25, 0.75, 0]);
    expect(sharesOf(0, 2)).toEqual([0.2, 0, 0.8]);
    expect(sharesOf(2)).toEqual([0, 0, 1]);
  });

  it('gives nothing to anyone when no model is active', () => {
    expect(sharesOf()).toEqual([0, 0, 0]);
  });
});
