import { describe, expect, it } from 'vitest';
import { blend, modelAllocations } from '#core/decide/portfolio.ts';
import type { ModelAllocation } from '#core/domain/decision.ts';
import type { Regime, RegimeKind } from '#core/domain/model.ts';
import { ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF } from '#tests/support/bars.ts';
import { decided } from '#tests/support/deciding.ts';

const weights = (entries: Record<string, number>) =>
  new Map(Object.entries(entries).map(([name, weight]) => [ticker(name), weight]));

function vote(
  id: string,
  share: number,
  leverage: number,
  entries: Record<string, number>,
): ModelAllocation {
  return { id, active: true, budget: share, share, leverage, weights: weights(entries) };
}

function regimeOf(kind: RegimeKind): Regime {
  return { kind, close: 1, mean200: 1, distance: 0, momentum126: 0 };
}

describe('votes', () => {
  it.each([
    ['bull', [1 / 1.33, 0.33 / 1.33, 0]],
    ['bear', [1 / 1.33, 0, 0.33 / 1.33]],
    ['neutral', [1, 0, 0]],
  ] as const)(
    'share the budgets of the models that are active in a %s regime',
    (kind, expected) => {
      const rankings = [126, 80].map((lookback) => ({
        asOf: AS_OF,
        lookback,
        rankings: [],
        excluded: [],
      }));
      const votes = modelAllocations(MODELS, regimeOf(kind), rankings, UNIVERSE);
      expect(votes.map(({ share }) => share)).toEqual(expected);
      expect(votes.filter(({ active }) => !active).every((v) => v.weights.size === 0)).toBe(true);
    },
  );
});

describe('the blend', () => {
  it('is the sum of share x leverage x weights, scaled to MAX_GROSS, with both sums recorded', () => {
    const votes = [vote('a', 0.75, 1, { XLK: 0.5, XLV: 0.5 }), vote('b', 0.25, 1.3, { XLK: 1 })];
    const { target, grossBefore, grossAfter } = blend(votes, UNIVERSE, 1);
    expect(grossBefore).toBeCloseTo(1.075, 12);
    expect(grossAfter).toBeCloseTo(1, 12);
    expect(target.get(ticker('XLK'))).toBeCloseTo(0.7 / 1.075, 12);
    expect(target.get(ticker('XLV'))).toBeCloseTo(0.375 / 1.075, 12);
  });

  it('keeps the leverage where MAX_GROSS allows it', () => {
    const { grossAfter } = blend([vote('b', 1, 1.3, { XLK: 1 })], UNIVERSE, 1.5);
    expect(grossAfter).toBeCloseTo(1.3, 12);
  });

  it('never scales up', () => {
    expect(blend([vote('a', 1, 1, { XLK: 0.4 })], UNIVERSE, 1.5).grossAfter).toBe(0.4);
  });

  it('is cash when no model is active', () => {
    const { target, grossBefore } = blend([], UNIVERSE, 1);
    expect([target.size, grossBefore]).toEqual([0, 0]);
  });

  it('names its tickers in universe order whatever the ranking was', () => {
    const { target } = blend([vote('a', 1, 1, { TLT: 0.2, XLU: 0.4, XLK: 0.4 })], UNIVERSE, 1);
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
