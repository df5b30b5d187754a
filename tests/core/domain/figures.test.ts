import { describe, expect, it } from 'vitest';
import { percent, usd } from '#core/domain/figures.ts';
import { cents } from '#core/domain/units.ts';

describe('dollars for people', () => {
  it.each([
    [0, '$0'],
    [49, '$0'],
    [50, '$1'],
    [502_549, '$5,025'],
    [123_456_789_00, '$123,456,789'],
  ])('of %d cents are %s', (value, words) => {
    expect(usd(cents(value))).toBe(words);
  });
});

describe('per cent for people', () => {
  it.each([
    [0.25, '25 %'],
    [0.1234, '12.3 %'],
    [0.1235, '12.4 %'],
    [-0.05, '-5 %'],
  ])('of %d are %s', (fraction, words) => {
    expect(percent(fraction)).toBe(words);
  });
});
