import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, grouped, percent, readDifference, usd } from '#core/domain/figures.ts';
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

describe('numbers with thousands separators', () => {
  it.each([
    [0, 0, '0'],
    [1_234.5, 0, '1,235'],
    [-1_234.5, 2, '-1,234.50'],
    [1.005, 2, '1.01'],
    [8.575, 2, '8.58'],
    [999.995, 2, '1,000.00'],
    [0.000_000_1, 2, '0.00'],
    [12_345_678_901.23, 2, '12,345,678,901.23'],
  ] as const)('of %d with %d decimals are %s', (value, digits, words) => {
    expect(grouped(value, digits)).toBe(words);
  });

  it('are those of Intl', () => {
    const intl = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
    const decimals = fc.integer({ min: -1e13, max: 1e13 });
    fc.assert(
      fc.property(decimals, fc.constantFrom(1e-4, 1e-3, 1e-2), (value, scale) => {
        expect(Number(grouped(value * scale, 2).replaceAll(',', ''))).toBe(
          Number(intl.format(Number((value * scale).toPrecision(15))).replaceAll(',', '')),
        );
      }),
    );
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

describe('a count', () => {
  it.each([
    [0, '0 orders'],
    [1, '1 order'],
    [2, '2 orders'],
    [1_234, '1,234 orders'],
  ])('of %d is %s', (count, words) => {
    expect(counted(count, 'order')).toBe(words);
  });

  it('has the plural that is given', () => {
    expect([1, 2].map((count) => counted(count, 'entry', 'entries'))).toEqual([
      '1 entry',
      '2 entries',
    ]);
  });
});

it('The difference of two rates is that of the rates as shown', () => {
  expect(readDifference(0.1582, 0.1496, 1)).toBeCloseTo(0.008, 12);
  expect(readDifference(0.1582, 0.1496)).toBeCloseTo(0.0086, 12);
  expect(readDifference(undefined, 0.1)).toBeUndefined();
});
