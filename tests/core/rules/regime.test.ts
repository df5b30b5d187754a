import { describe, expect, it } from 'vitest';
import { MOMENTUM_EPSILON } from '#core/domain/model.ts';
import {
  benchmarkMomentum,
  MEAN_SESSIONS,
  meanOf,
  regimeKind,
  regimeOf,
} from '#core/rules/regime.ts';

describe('meanOf', () => {
  const rising = Float64Array.from({ length: 203 }, (_, index) => index + 1);

  it('averages exactly the last 200 closes before the end', () => {
    expect(meanOf(rising, 203, 203)).toBe(103.5);
    expect(meanOf(rising, 202, 200)).toBe(102.5);
  });

  it('has no mean of fewer', () => {
    expect(meanOf(rising, 203, MEAN_SESSIONS - 1)).toBeNaN();
  });
});

describe('benchmarkMomentum', () => {
  const closes = Float64Array.from({ length: 130 }, (_, index) => 100 + index);

  it('compares the last close with the one 126 sessions earlier', () => {
    expect(benchmarkMomentum(closes, 130, 130)).toBe(229 / 103 - 1);
    expect(benchmarkMomentum(closes, 129, 127)).toBe(228 / 102 - 1);
  });

  it('needs 127 closes', () => {
    expect(benchmarkMomentum(closes, 130, 126)).toBeNaN();
  });
});

describe('regimeKind', () => {
  it('follows the distance from the band’s edge on', () => {
    expect(regimeKind(0.02, -1)).toBe('bull');
    expect(regimeKind(-0.02, 1)).toBe('bear');
    expect(regimeKind(0.5, -1)).toBe('bull');
    expect(regimeKind(-0.5, 1)).toBe('bear');
  });

  it('takes a distance that is short of the edge only by rounding for the edge', () => {
    expect(regimeKind(0.02 - MOMENTUM_EPSILON, -1)).toBe('bull');
    expect(regimeKind(0.02 - 2 * MOMENTUM_EPSILON, -1)).toBe('bear');
  });

  it('follows the momentum within the band, where none is a bear', () => {
    expect(regimeKind(0.0199, -0.01)).toBe('bear');
    expect(regimeKind(-0.0199, 0.01)).toBe('bull');
    expect(regimeKind(0.01, 0)).toBe('bear');
    expect(regimeKind(0.01, MOMENTUM_EPSILON)).toBe('bear');
    expect(regimeKind(0.01, 2 * MOMENTUM_EPSILON)).toBe('bull');
  });

  it('is neutral without one of the two', () => {
    expect(regimeKind(Number.NaN, 1)).toBe('neutral');
    expect(regimeKind(1, Number.NaN)).toBe('neutral');
  });
});

describe('regimeOf', () => {
  it('measures the last close against the mean before it', () => {
    const closes = new Float64Array(201).fill(100);
    closes[200] = 110;
    closes[74] = 120;
    expect(regimeOf(closes, 201, 201)).toBe('bull');
    closes[200] = 90;
    expect(regimeOf(closes, 201, 201)).toBe('bear');
    closes[200] = 101;
    expect(regimeOf(closes, 201, 201)).toBe('bear');
    expect(regimeOf(closes, 200, 199)).toBe('neutral');
  });
});
