import { describe, expect, it } from 'vitest';
import type { RegimeKind } from '#core/domain/model.ts';
import { dollars } from '#core/domain/units.ts';
import type { ReportTrim } from '#core/rules/limits.ts';
import {
  CADENCE,
  computeTargets,
  createTargetBuffers,
  EVERY_CADENCE,
  type RowModel,
  type RowRules,
  resetTargets,
} from '#core/rules/rebalance.ts';

const EQUITY = dollars(10_000);
const LIMITS = { maxWeight: 0.6, maxGross: 1, minPosition: dollars(100) };

/** A model of two tickers that puts its weight into the first, more by row. */
function model(overrides: Partial<RowModel> = {}): RowModel {
  return {
    activeIn: 'always',
    budget: 1,
    leverage: 1,
    cadence: CADENCE.monthly,
    weighInto: (weights, row) => {
      weights[0] = row / 100;
    },
    ...overrides,
  };
}

function rules(models: readonly RowModel[], regime: RegimeKind = 'bull'): RowRules {
  return { models, limits: LIMITS, defensive: 1, regimeAt: () => regime };
}

describe('computeTargets', () => {
  it('blends the models by budget and leverage, then limits the target and keeps the blend', () => {
    const models = [
      model({ budget: 1, leverage: 1.5 }),
      model({ budget: 3, weighInto: (weights) => weights.fill(0.5) }),
    ];
    const buffers = createTargetBuffers(2, 2);
    const reports: Parameters<ReportTrim>[] = [];
    const due = { row: 100, cadences: EVERY_CADENCE };
    computeTargets(buffers, rules(models), due, EQUITY, (...trim) => reports.push(trim));
    expect([...buffers.shares]).toEqual([0.25, 0.75]);
    expect([...buffers.factors]).toEqual([0.375, 0.75]);
    expect(buffers.gross).toBe(1.125);
    expect([...buffers.blended].map((each) => each.toFixed(6))).toEqual(['0.666667', '0.333333']);
    expect([...buffers.target].map((each) => each.toFixed(6))).toEqual(['0.600000', '0.333333']);
    expect(reports.map(([rule, place]) => [rule, place])).toEqual([['MAX_WEIGHT', 0]]);
    expect(buffers.isSound).toBe(true);
  });

  it('asks only the models whose cadence starts, and keeps the weights of the others', () => {
    const models = [model(), model({ cadence: CADENCE.weekly })];
    const buffers = createTargetBuffers(2, 2);
    computeTargets(buffers, rules(models), { row: 20, cadences: EVERY_CADENCE }, EQUITY);
    computeTargets(buffers, rules(models), { row: 40, cadences: CADENCE.weekly }, EQUITY);
    expect(buffers.weights.map((each) => [...each])).toEqual([
      [0.2, 0],
      [0.4, 0],
    ]);
    expect([...buffers.target].map((each) => each.toFixed(6))).toEqual(['0.300000', '0.000000']);
  });

  it('gives an inactive model no weight and its budget to the others', () => {
    const models = [model({ activeIn: 'bear' }), model({ activeIn: 'bull' })];
    const buffers = createTargetBuffers(2, 2);
    computeTargets(buffers, rules(models), { row: 50, cadences: EVERY_CADENCE }, EQUITY);
    expect(buffers.active).toEqual([false, true]);
    expect([...buffers.target]).toEqual([0.5, 0]);
    computeTargets(buffers, rules(models, 'bear'), { row: 40, cadences: EVERY_CADENCE }, EQUITY);
    expect(buffers.active).toEqual([true, false]);
    expect(buffers.weights.map((each) => [...each])).toEqual([
      [0.4, 0],
      [0, 0],
    ]);
  });

  it('starts each model’s weights at 0', () => {
    const once = model({
      weighInto: (weights, row) => {
        weights[row] = 0.5;
      },
    });
    const buffers = createTargetBuffers(1, 2);
    computeTargets(buffers, rules([once]), { row: 0, cadences: EVERY_CADENCE }, EQUITY);
    computeTargets(buffers, rules([once]), { row: 1, cadences: EVERY_CADENCE }, EQUITY);
    expect([...buffers.target]).toEqual([0, 0.5]);
  });

  it('does not limit a target that is not sound, or without equity', () => {
    const buffers = createTargetBuffers(1, 2);
    const negative = model({ weighInto: (weights) => weights.set([0.9, -0.1]) });
    computeTargets(buffers, rules([negative]), { row: 0, cadences: EVERY_CADENCE }, EQUITY);
    expect([buffers.isSound, ...buffers.target]).toEqual([false, 0.9, -0.1]);
    computeTargets(buffers, rules([model()]), { row: 90, cadences: EVERY_CADENCE }, 0);
    expect([buffers.isSound, ...buffers.target]).toEqual([false, 0.9, 0]);
    computeTargets(buffers, rules([model()]), { row: 90, cadences: EVERY_CADENCE }, 1);
    expect(buffers.isSound).toBe(true);
  });
});

describe('resetTargets', () => {
  it('forgets the weights and which models were active', () => {
    const buffers = createTargetBuffers(1, 2);
    const once = model({ weighInto: (weights) => weights.set([0.5, 0.25]) });
    computeTargets(buffers, rules([once]), { row: 0, cadences: EVERY_CADENCE }, EQUITY);
    expect([buffers.weights, buffers.active]).toEqual([[Float64Array.of(0.5, 0.25)], [true]]);
    resetTargets(buffers);
    expect([buffers.weights, buffers.active]).toEqual([[new Float64Array(2)], [false]]);
  });
});

describe('CADENCE', () => {
  it('has a bit of its own for each', () => {
    expect(CADENCE).toEqual({ monthly: 1, weekly: 2 });
  });
});

describe('createTargetBuffers', () => {
  it('starts with every weight 0 and nobody active', () => {
    expect(createTargetBuffers(2, 3)).toEqual({
      weights: [new Float64Array(3), new Float64Array(3)],
      active: [false, false],
      shares: new Float64Array(2),
      factors: new Float64Array(2),
      gross: 0,
      blended: new Float64Array(3),
      target: new Float64Array(3),
      isSound: true,
    });
  });
});
