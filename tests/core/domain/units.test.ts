import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  centsFromDecimal,
  centsToDecimal,
  dollars,
  qty,
  qtyFromDecimal,
  qtyToDecimal,
  sessionDate,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';

describe('units', () => {
  it('writes a quantity as a plain decimal that reads back as itself', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanos) => {
        const text = qtyToDecimal(qty(nanos));
        expect(text).toMatch(/^-?\d+(\.\d{1,9})?$/);
        expect(qtyFromDecimal(text)).toBe(nanos === 0 ? 0 : nanos);
      }),
    );
  });

  it.each([
    ['24.735', 2474],
    ['-1.005', -101],
    ['-1.004', -100],
    ['-0.004', 0],
    ['-0.005', -1],
    ['0.004999', 0],
    ['100000', 10_000_000],
  ])('rounds %s dollars to %i cents', (text, expected) => {
    expect(centsFromDecimal(text)).toBe(expected);
  });

  it('always writes money with two decimals', () => {
    expect(
      ['0', '3', '-0.5', '12.34'].map((text) => centsToDecimal(centsFromDecimal(text))),
    ).toEqual(['0.00', '3.00', '-0.50', '12.34']);
  });

  it('values a position without floating point drift', () => {
    expect(valueOf(wholeShares(3), 0.1)).toBe(30);
    expect(valueOf(qtyFromDecimal('0.333333333'), 89.99)).toBe(3000);
    expect(valueOf(wholeShares(1_000_000), 665.67)).toBe(66_567_000_000);
    expect(dollars(0.285)).toBe(29);
  });

  it('rounds a value below zero as its opposite: halves away from zero', () => {
    const amount = fc.integer({ min: 1, max: 9_000_000 });
    fc.assert(
      fc.property(amount, amount, fc.boolean(), (shares, micros, isWhole) => {
        const held = isWhole ? wholeShares(shares) : qty(shares * 1_000 + 1);
        const price = micros / 1_000_000;
        const value = valueOf(held, price);
        expect(valueOf(qty(-held), price)).toBe(value === 0 ? 0 : -value);
        expect(Math.abs(value - (held * micros) / 1e13)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
    );
    expect(valueOf(wholeShares(-1), 0.005)).toBe(-1);
    expect(valueOf(qty(-500_000_000), 0.01)).toBe(-1);
    expect(valueOf(qty(-499_999_999), 0.01)).toBe(0);
    expect(dollars(-0.285)).toBe(-29);
    expect(dollars(-0.284)).toBe(-28);
  });

  it.each(['', 'xlk', 'XLK;DROP', '../../x', 'ABCDEFGHIJK'])('refuses %j as a ticker', (text) => {
    expect(() => ticker(text)).toThrow(RangeError);
  });

  it.each(['2025-02-30', '2025-1-1', '20250101', 'today'])('refuses %j as a date', (text) => {
    expect(() => sessionDate(text)).toThrow(/expected YYYY-MM-DD/);
  });

  it.each(['1e-7', 'NaN', '0x10', '1,000', ''])('refuses %j as a quantity', (text) => {
    expect(() => qtyFromDecimal(text)).toThrow(/expected a decimal number/);
  });
});
