import { describe, expect, it } from 'vitest';
import { allocationsIn, portfolioIn, targetsNow } from '#core/decide/portfolio.ts';
import type { Portfolio } from '#core/domain/decision.ts';
import type { Model, Ranking } from '#core/domain/model.ts';
import { dollars, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF } from '#tests/support/bars.ts';
import { decided, LIMITS } from '#tests/support/deciding.ts';
import { holding } from '#tests/support/models.ts';

const EQUITY = { equity: dollars(100_000), limits: LIMITS };

/** Always holds those weights. */
function fixed(id: string, budget: number, leverage: number, held: Record<string, number>): Model {
  const parameters = { lookback: 126, top: 1, minimumMomentum: 0, leverage };
  const weights = new Map(Object.entries(held).map(([name, weight]) => [ticker(name), weight]));
  return { id, activeIn: 'always', budget, parameters, weigh: holding(weights) };
}

function blend(models: readonly Model[], maxGross: number): Portfolio {
  const rankings = [ranking()];
  const voting = { models, rankings, regime: { kind: 'bull' as const }, universe: UNIVERSE };
  return portfolioIn(targetsNow(voting, { ...EQUITY, limits: { ...LIMITS, maxGross } }), UNIVERSE);
}

function ranking(lookback = 126): Ranking {
  return { asOf: AS_OF, lookback, rankings: [], excluded: [] };
}

describe('allocations', () => {
  it.each([
    ['bull', [1 / 1.33, 0.33 / 1.33, 0]],
    ['bear', [1 / 1.33, 0, 0.33 / 1.33]],
    ['neutral', [1, 0, 0]],
  ] as const)(
    'share the budgets of the models that are active in a %s regime',
    (kind, expected) => {
      const rankings = [ranking(126), ranking(80)];
      const voting = { models: MODELS, rankings, regime: { kind }, universe: UNIVERSE };
      const votes = allocationsIn(targetsNow(voting, EQUITY), voting);
      expect(votes.map(({ share }) => share)).toEqual(expected);
      expect(votes.filter(({ active }) => !active).every((v) => v.weights.size === 0)).toBe(true);
    },
  );
});

describe('a model that does not rebalance', () => {
  const models = [fixed('a', 0.5, 1, { XLK: 1 }), fixed('b', 0.5, 1, { XLV: 1 })];
  const carriedAs = (active: boolean) => {
    const kept = { active, weights: new Map([[ticker('XLU'), 1]]), carriedFrom: AS_OF };
    const carried = new Map([['b', kept]]);
    const rankings = [ranking()];
    const voting = {
      models,
      rankings,
      regime: { kind: 'bull' as const },
      universe: UNIVERSE,
      carried,
    };
    const limits = { ...LIMITS, maxWeight: 1 };
    const buffers = targetsNow(voting, { ...EQUITY, limits });
    return { votes: allocationsIn(buffers, voting), target: portfolioIn(buffers, UNIVERSE).target };
  };

  it('keeps its weights and its share of the budget', () => {
    const { votes, target } = carriedAs(true);
    expect([...target]).toEqual([
      ['XLK', 0.5],
      ['XLU', 0.5],
    ]);
    expect(votes.map(({ weights, carriedFrom }) => [[...weights.keys()], carriedFrom])).toEqual([
      [['XLK'], undefined],
      [['XLU'], AS_OF],
    ]);
  });

  it('is left out if it was out before', () => {
    expect([...carriedAs(false).target]).toEqual([['XLK', 1]]);
  });
});

describe('the blend', () => {
  it('is the sum of share x leverage x weights, scaled to MAX_GROSS, with both sums recorded', () => {
    const models = [fixed('a', 0.75, 1, { XLK: 0.5, XLV: 0.5 }), fixed('b', 0.25, 1.3, { XLK: 1 })];
    const { target, grossBefore, grossAfter } = blend(models, 1);
    expect(grossBefore).toBeCloseTo(1.075, 12);
    expect(grossAfter).toBeCloseTo(1, 12);
    expect(target.get(ticker('XLK'))).toBeCloseTo(0.7 / 1.075, 12);
    expect(target.get(ticker('XLV'))).toBeCloseTo(0.375 / 1.075, 12);
  });

  it('keeps the leverage where MAX_GROSS allows it', () => {
    const { grossAfter } = blend([fixed('b', 1, 1.3, { XLK: 1 })], 1.5);
    expect(grossAfter).toBeCloseTo(1.3, 12);
  });

  it('never scales up', () => {
    expect(blend([fixed('a', 1, 1, { XLK: 0.4 })], 1.5).grossAfter).toBe(0.4);
  });

  it('is cash when no model is active', () => {
    const { target, grossBefore } = blend(
      [{ ...fixed('a', 1, 1, { XLK: 1 }), activeIn: 'bear' }],
      1,
    );
    expect([target.size, grossBefore]).toEqual([0, 0]);
  });

  it('names its tickers in universe order whatever the ranking was', () => {
    const { target } = blend([fixed('a', 1, 1, { TLT: 0.2, XLU: 0.4, XLK: 0.4 })], 1);
    expect([...target.keys()]).toEqual(['XLK', 'XLU', 'TLT']);
  });

  it('in a bull market is half over the core model’s three and four of the bull model', () => {
    const { votes, portfolio } = decided();
    expect(votes.map(({ id, active }) => [id, active])).toEqual([
      ['SectorRotationModel_v1', true],
      ['SectorRotationBull_v1', true],
      ['SectorRotationBear_v1', false],
    ]);
    expect(portfolio.grossBefore).toBeCloseTo((1 + 0.33 * 1.3) / 1.33, 12);
    expect(portfolio.grossAfter).toBeCloseTo(1, 12);
  });
});
