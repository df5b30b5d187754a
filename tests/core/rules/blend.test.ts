import { describe, expect, it } from 'vitest';
import { blendInto, grossOf } from '#core/rules/blend.ts';

/** The blend into a buffer with old values, and its gross before scaling. */
function blended(
  models: readonly (readonly number[])[],
  factors: readonly number[],
  maxGross: number,
) {
  const target = new Float64Array(2).fill(7);
  const weights = models.map((each) => Float64Array.from(each));
  const gross = blendInto(target, weights, Float64Array.from(factors), maxGross);
  return { target: [...target], gross };
}

describe('blendInto', () => {
  it('adds each model’s weights times its factor, and nothing of before', () => {
    const models = [
      [0.5, 0.5],
      [1, 0],
    ];
    expect(blended(models, [0.5, 0.25], 1)).toEqual({ target: [0.5, 0.25], gross: 0.75 });
  });

  it('scales a gross above MAX_GROSS down to it, and returns the gross before', () => {
    expect(blended([[1, 3]], [0.5], 1)).toEqual({ target: [0.25, 0.75], gross: 2 });
    expect(blended([[1, 1]], [1.5], 1.5)).toEqual({ target: [0.75, 0.75], gross: 3 });
  });

  it('leaves a gross at MAX_GROSS or below as it is', () => {
    expect(blended([[0.25, 0.75]], [1], 1)).toEqual({ target: [0.25, 0.75], gross: 1 });
    expect(blended([[0.25, 0.25]], [1], 1.5)).toEqual({ target: [0.25, 0.25], gross: 0.5 });
  });

  it('reads no weight of a model whose factor is 0', () => {
    expect(blended([[Number.NaN, 1]], [0], 1)).toEqual({ target: [0, 0], gross: 0 });
  });
});

describe('grossOf', () => {
  it('sums every weight', () => {
    expect(grossOf(Float64Array.of(0.25, 0.5, 0.125))).toBe(0.875);
    expect(grossOf(new Float64Array(0))).toBe(0);
  });
});
