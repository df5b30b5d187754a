import { describe, expect, it } from 'vitest';
import { barsText, limitsText, pricesText } from '#core/decide/inputs.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { withInputs } from '#core/engine/keep-inputs.ts';
import { decision } from '#tests/support/decision.ts';
import { barsThrough, world } from '#tests/support/world.ts';

const AS_OF = sessionDate('2024-06-27');
const DECIDED = decision({ asOf: AS_OF, prices: new Map([[ticker('XLK'), 101.25]]) });
const { limits, rules, universe, models } = world().parts;
const LIMITS = { limits, rules, acceptedMoves: [] };
const READ = { ...LIMITS, universe, models, bars: barsThrough(sessionDate('2024-06-28')) };

/** A store that keeps texts as they are. */
function storing() {
  const kept: string[] = [];
  const keep = (text: string) => {
    kept.push(text);
    return text;
  };
  return {
    kept,
    inputs: { store: { keep, hash: (text: string) => text, read: () => '' }, code: 'c' },
  };
}

describe('the inputs of a decision', () => {
  it('are its bars up to its own date, its limits, its prices and the code that decided', () => {
    const { kept, inputs } = storing();
    const bars = barsText({ ...READ, asOf: AS_OF });
    const { inputs: hashes, ...rest } = withInputs(inputs, DECIDED, READ);
    expect(hashes).toEqual({
      ...{ bars, limits: limitsText(READ), prices: pricesText(DECIDED.prices), code: 'c' },
    });
    expect(kept).toEqual([bars, limitsText(READ)]);
    expect(rest).toEqual(DECIDED);
  });

  it('are no bars for a sale of everything, which reads none', () => {
    const { kept, inputs } = storing();
    const made = withInputs(inputs, DECIDED, LIMITS);
    expect(Object.keys(made.inputs ?? {})).toEqual(['limits', 'prices', 'code']);
    expect(kept).toEqual([limitsText(READ)]);
  });

  it('are not recorded where nothing is stored', () => {
    expect(withInputs(undefined, DECIDED, READ)).toBe(DECIDED);
  });
});
