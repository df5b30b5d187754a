import { describe, expect, it } from 'vitest';
import { checked, STATES } from './states.ts';

describe('the states of the gallery', () => {
  it('contradict themselves nowhere: equity is cash and positions, and the books agree', () => {
    expect(STATES.map(({ name }) => name)).toContain('all-in-TLT');
  });

  it('are refused where they do', () => {
    const state = STATES.find(({ name }) => name === 'twelve-positions');
    if (!state?.seen.account) throw new Error('expected an account');
    const richer = { ...state.seen.account, cash: state.seen.account.equity };
    expect(() => checked({ ...state, seen: { ...state.seen, account: richer } })).toThrow(
      'its equity is not cash and positions',
    );
    const baseline = state.entries.findIndex(({ entry }) => entry.kind === 'baseline');
    const late = state.entries.map((each, index) =>
      index === baseline ? { ...each, at: state.seen.at } : each,
    );
    expect(() => checked({ ...state, entries: late })).toThrow('is before what came before it');
  });
});
