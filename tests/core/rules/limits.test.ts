import { describe, expect, it } from 'vitest';
import { dollars } from '#core/domain/units.ts';
import { WEIGHT_EPSILON } from '#core/domain/weights.ts';
import { limitWeights, type ReportTrim, unsoundPlace } from '#core/rules/limits.ts';

const EQUITY = dollars(10_000);
const NONE_EXEMPT = -1;

/** The weights after the limits, and each reduction reported. */
function limited(
  weights: readonly number[],
  { exempt = NONE_EXEMPT, maxWeight = 1, maxGross = 1, minPosition = dollars(0) } = {},
) {
  const target = Float64Array.from(weights);
  const reports: Parameters<ReportTrim>[] = [];
  const limits = { maxWeight, maxGross, minPosition };
  limitWeights(target, exempt, EQUITY, limits, (...trim) => reports.push(trim));
  return { weights: [...target], reports };
}

describe('limitWeights', () => {
  it('caps every weight above MAX_WEIGHT, the first and the last, and no other', () => {
    expect(limited([0.5, 0.3, 0.45], { maxWeight: 0.4, maxGross: 1.5 })).toEqual({
      weights: [0.4, 0.3, 0.4],
      reports: [
        ['MAX_WEIGHT', 0, 0.5, 0.4],
        ['MAX_WEIGHT', 2, 0.45, 0.4],
      ],
    });
  });

  it('leaves a weight that is above MAX_WEIGHT only by rounding', () => {
    const weight = 0.4 + WEIGHT_EPSILON;
    expect(limited([weight], { maxWeight: 0.4 })).toEqual({ weights: [weight], reports: [] });
  });

  it('leaves the exempt place above MAX_WEIGHT', () => {
    expect(limited([0.5, 0.5], { exempt: 0, maxWeight: 0.4 })).toEqual({
      weights: [0.5, 0.4],
      reports: [['MAX_WEIGHT', 1, 0.5, 0.4]],
    });
  });

  it('scales a sum above MAX_GROSS to MAX_GROSS, in proportion', () => {
    const { weights, reports } = limited([1, 2, 1], { maxWeight: 9, maxGross: 1.25 });
    expect(weights).toEqual([0.3125, 0.625, 0.3125]);
    expect(reports).toEqual([['MAX_GROSS', -1, 4, 1.25]]);
  });

  it('leaves a sum that is above MAX_GROSS only by rounding', () => {
    const weight = 1.25 + WEIGHT_EPSILON;
    const kept = limited([weight], { maxWeight: 9, maxGross: 1.25 });
    expect(kept).toEqual({ weights: [weight], reports: [] });
  });

  it('caps weights before their sum', () => {
    const { weights } = limited([0.9, 0.4], { maxWeight: 0.6, maxGross: 1 });
    expect(weights).toEqual([0.6, 0.4]);
  });

  it('drops a position worth less than MIN_POSITION_USD, and keeps one worth exactly that', () => {
    expect(limited([0.0099, 0.01, 0, 0.0001], { minPosition: dollars(100) })).toEqual({
      weights: [0, 0.01, 0, 0],
      reports: [
        ['MIN_POSITION_USD', 0, 0.0099, 0],
        ['MIN_POSITION_USD', 3, 0.0001, 0],
      ],
    });
  });

  it('reduces without a report as well', () => {
    const target = Float64Array.of(2, 0.001);
    const limits = { maxWeight: 1.5, maxGross: 1, minPosition: dollars(100) };
    limitWeights(target, NONE_EXEMPT, EQUITY, limits);
    expect([...target]).toEqual([1.5 / 1.501, 0]);
  });
});

describe('unsoundPlace', () => {
  it('finds the first weight that is negative or not finite', () => {
    expect(unsoundPlace(Float64Array.of(-0.1, 0.5))).toBe(0);
    expect(unsoundPlace(Float64Array.of(0, 0.5, -0.001))).toBe(2);
    expect(unsoundPlace(Float64Array.of(0.5, Number.NaN, -1))).toBe(1);
    expect(unsoundPlace(Float64Array.of(0.5, Number.POSITIVE_INFINITY))).toBe(1);
  });

  it('finds none where every weight is at least 0 and finite', () => {
    expect(unsoundPlace(Float64Array.of(0, 0.5, 1.5))).toBe(-1);
    expect(unsoundPlace(new Float64Array(0))).toBe(-1);
  });
});
