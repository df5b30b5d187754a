import { describe, expect, it } from 'vitest';
import { MOMENTUM_EPSILON } from '#core/domain/model.ts';
import { countSelected, holdTop } from '#core/rules/selection.ts';

describe('countSelected', () => {
  const momenta = Float64Array.of(0.3, 0.2, 0.1, -0.1);

  it('counts those at or above the minimum, at most the top', () => {
    expect(countSelected(momenta, 3, 0)).toBe(3);
    expect(countSelected(momenta, 2, 0)).toBe(2);
    expect(countSelected(momenta, 4, 0)).toBe(3);
    expect(countSelected(momenta, 4, 0.15)).toBe(2);
    expect(countSelected(momenta, 4, 0.4)).toBe(0);
  });

  it('takes one that misses the minimum only by rounding', () => {
    expect(countSelected(Float64Array.of(0.1 - MOMENTUM_EPSILON), 1, 0.1)).toBe(1);
    expect(countSelected(Float64Array.of(0.1 - 2 * MOMENTUM_EPSILON), 1, 0.1)).toBe(0);
  });

  it('counts no more than there are', () => {
    expect(countSelected(momenta, 9, -1)).toBe(4);
    expect(countSelected(new Float64Array(0), 3, 0)).toBe(0);
  });
});

describe('holdTop', () => {
  const held = (count: number): readonly number[] => {
    const weights = new Float64Array(4);
    holdTop(weights, Int32Array.of(2, 0, 1), count, 3);
    return [...weights];
  };

  it('holds the first of the order equally', () => {
    expect(held(1)).toEqual([0, 0, 1, 0]);
    expect(held(2)).toEqual([0.5, 0, 0.5, 0]);
  });

  it('holds the defensive asset alone when nothing is selected', () => {
    expect(held(0)).toEqual([0, 0, 0, 1]);
  });
});
