import { describe, expect, it } from 'vitest';
import { MOMENTUM_EPSILON } from '#core/domain/model.ts';
import type { Panel } from '#core/rules/panel.ts';
import { isOldEnough, momentumOf, rankRow, strongestFirst } from '#core/rules/ranking.ts';

describe('strongestFirst', () => {
  it('orders indices by value, the greatest first', () => {
    expect([...strongestFirst(Float64Array.of(0.1, -0.2, 0.3, 0))]).toEqual([2, 0, 3, 1]);
  });

  it('keeps the order of values that differ only by rounding', () => {
    const tied = Float64Array.of(0.1 - MOMENTUM_EPSILON / 4, 0.1, 0.1 + MOMENTUM_EPSILON / 4);
    expect([...strongestFirst(tied)]).toEqual([0, 1, 2]);
    const apart = Float64Array.of(0.1, 0.1 + 2 * MOMENTUM_EPSILON);
    expect([...strongestFirst(apart)]).toEqual([1, 0]);
  });
});

describe('momentumOf', () => {
  it('is the rise as a fraction', () => {
    expect(momentumOf(120, 100)).toBeCloseTo(0.2, 15);
    expect(momentumOf(50, 100)).toBe(-0.5);
  });
});

describe('isOldEnough', () => {
  it('asks for both closes after the listing', () => {
    expect(isOldEnough(0, 126, 126)).toBe(true);
    expect(isOldEnough(1, 126, 126)).toBe(false);
    expect(isOldEnough(-300, 0, 126)).toBe(true);
  });
});

describe('rankRow', () => {
  const closes = [
    [100, 110, 90],
    [100, 130, 150],
    [100, 120, 1],
  ];
  const panel = {
    close: closes.map((each) => Float64Array.from(each)),
    listed: Int32Array.of(0, 0, 0, 0),
  } as unknown as Panel;

  it('ranks by the row’s momentum and reads no later row', () => {
    const { order, momentum, places } = rankRow(panel, Int32Array.of(0, 2, 1), 1, 1);
    expect([...order]).toEqual([1, 2, 0]);
    expect([...momentum].map((each) => Math.round(each * 100))).toEqual([30, 20, 10]);
    expect([...places]).toEqual([0, 2, 1]);
  });

  it('leaves out candidates without a long enough history', () => {
    const young = { ...panel, listed: Int32Array.of(0, 1, 0, 0) };
    const { order, places } = rankRow(young, Int32Array.of(0, 1, 2), 2, 2);
    expect([[...order], [...places]]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('has no momentum of a ticker without a column', () => {
    const { momentum } = rankRow(panel, Int32Array.of(3), 1, 1);
    expect([...momentum]).toEqual([Number.NaN]);
  });
});
