import { describe, expect, it } from 'vitest';
import { carriedAllocations } from '#core/decide/carried.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import { decision } from '#tests/support/decision.ts';

const [core, bull, bear] = MODELS.map(({ id }) => id);
const WEIGHTS = new Map([[ticker('XLK'), 0.4]]);
const EARLIER = sessionDate('2024-05-31');

const vote = (id = '', changes = {}) => ({
  ...{ id, active: false, budget: 1, share: 0, leverage: 1, weights: WEIGHTS, ...changes },
});
const last = (changes = {}) =>
  decision({ asOf: sessionDate('2024-06-28'), votes: [vote(core), vote(bull)], ...changes });

const carried = (...asked: Parameters<typeof carriedAllocations>) =>
  Object.fromEntries(carriedAllocations(...asked));

describe('the weights that a model carries on', () => {
  it('are those of the last decision, of each model that does not rebalance now', () => {
    const kept = { active: false, weights: WEIGHTS, carriedFrom: '2024-06-28' };
    expect(carried(last(), MODELS, ['weekly'])).toEqual({
      [core ?? '']: kept,
      [bull ?? '']: kept,
    });
    expect(carried(last(), MODELS, ['monthly'])).toEqual({});
    const weekly = MODELS.map((model) => ({ ...model, cadence: 'weekly' as const }));
    expect(Object.keys(carried(last(), weekly, ['monthly']))).toEqual([core, bull]);
  });

  it('keep the session that they are of, however often they are carried on', () => {
    const votes = [vote(core, { carriedFrom: EARLIER, active: true })];
    expect(carried(last({ votes }), MODELS, ['weekly'])).toEqual({
      [core ?? '']: { active: true, weights: WEIGHTS, carriedFrom: EARLIER },
    });
  });

  it('are those of a model that was only followed on paper, too', () => {
    const shadows = [vote(bear)];
    expect(Object.keys(carried(last({ shadows }), MODELS, ['weekly']))).toEqual([core, bull, bear]);
  });

  it('are none without a last decision, and where everything rebalances', () => {
    expect(carried(undefined, MODELS, ['weekly'])).toEqual({});
    expect(carried(last(), MODELS, undefined)).toEqual({});
  });

  it('are nothing but cash after everything was sold, of models that would be active', () => {
    const flattened = last({ id: 'flatten-2024-07-03-1', cause: 'manual' });
    const cash = { active: true, weights: new Map(), carriedFrom: '2024-06-28' };
    expect(Object.values(carried(flattened, MODELS, ['weekly']))).toEqual([cash, cash, cash]);
  });
});
