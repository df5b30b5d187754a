import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cents,
  centsFromDecimal,
  centsToDecimal,
  dollars,
  EXACT_PRODUCT,
  epochMs,
  qty,
  qtyFromDecimal,
  qtyToDecimal,
  sessionDate,
  ticker,
  toDollars,
  toShares,
  utcDate,
  valueOf,
  valueOfMicros,
  wholeShares,
  wholeValue,
} from '#core/domain/units.ts';

describe('units', () => {
  it('write a quantity as a plain decimal that parses to itself', () => {
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
  ])('round %s dollars to %i cents', (text, expected) => {
    expect(centsFromDecimal(text)).toBe(expected);
  });

  it('always write money with two decimals', () => {
    expect(
      ['0', '3', '-0.5', '12.34'].map((text) => centsToDecimal(centsFromDecimal(text))),
    ).toEqual(['0.00', '3.00', '-0.50', '12.34']);
  });

  it('value a position without floating-point drift', () => {
    expect(valueOf(wholeShares(3), 0.1)).toBe(30);
    expect(valueOf(qtyFromDecimal('0.333333333'), 89.99)).toBe(3000);
    expect(valueOf(wholeShares(1_000_000), 665.67)).toBe(66_567_000_000);
    expect(dollars(0.285)).toBe(29);
  });

  it('values fractions of a share exactly, where a float falls short of half a cent', () => {
    // 1.4 × 2.675 is 3.745; the nearest float lies below it.
    expect(valueOf(qty(1_400_000_000), 2.675)).toBe(375);
    expect(valueOf(qty(-1_400_000_000), 2.675)).toBe(-375);
  });

  it('round a negative value like its opposite: halves away from zero', () => {
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

  it('value whole shares exactly, however long the numbers are', () => {
    const whole = fc.integer({ min: -9_000_000, max: 9_000_000 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 0, max: 2_000_000_000_000 }), (count, micros) => {
        const exact = BigInt(count) * BigInt(micros);
        const value = valueOfMicros(wholeShares(count), micros);
        const twice = BigInt(value) * 20_000n - exact * 2n;
        // Half a cent is 10,000 of these; a half goes away from zero.
        expect(twice >= -10_000n && twice <= 10_000n).toBe(true);
        if (twice === -10_000n) expect(count).toBeLessThan(0);
        if (twice === 10_000n) expect(count).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
    expect(valueOfMicros(qty(1_500_000_000), 30_000)).toBe(5);
  });

  it('round whole shares up from exactly half a cent, up to the largest product', () => {
    const largest = EXACT_PRODUCT / 10_000;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largest }), (value) => {
        expect(wholeValue(value * 10_000 - 5_000)).toBe(value);
        expect(wholeValue(value * 10_000 - 5_001)).toBe(value - 1);
      }),
      { numRuns: 2_000 },
    );
    expect(wholeValue(EXACT_PRODUCT)).toBe(largest);
  });

  it('parse a decimal surrounded by spaces, and write a whole one without a point', () => {
    expect(qtyFromDecimal(' 3.5 ')).toBe(3_500_000_000);
    expect(qtyToDecimal(wholeShares(3))).toBe('3');
    expect(toShares(qty(3_500_000_000))).toBe(3.5);
    expect(toDollars(cents(1_234))).toBe(12.34);
  });

  it('quote only the beginning of an invalid text', () => {
    const long = 'abcdefghijklmnopqrstuvwxyz0123456789';
    expect(() => ticker(long)).toThrow(/found "abcdefghijklmnopqrst"$/);
    expect(() => sessionDate(long)).toThrow(/found "abcdefghijklmnopqrst"$/);
    expect(() => qtyFromDecimal(long)).toThrow(/found "abcdefghijklmnopqrstuvwxyz0123"$/);
  });

  it.each(['2025-01-02', '2024-02-29', '1999-12-31'])('accept %s as a day', (text) => {
    expect(sessionDate(text)).toBe(text);
  });

  it('derive the day of an instant in UTC', () => {
    const instants = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(instants, (ms) => {
        expect(utcDate(ms)).toBe(new Date(ms).toISOString().slice(0, 10));
      }),
    );
    const edges = [
      [1000, 0, 1],
      [9999, 11, 31],
      [2025, 8, 9],
      [2025, 9, 10],
    ] as const;
    for (const [year, month, day] of edges) {
      const ms = Date.UTC(year, month, day, 23, 59);
      expect(utcDate(ms)).toBe(new Date(ms).toISOString().slice(0, 10));
    }
    expect(utcDate(Date.UTC(10_000, 0, 1))).toBe('+010000-01');
    expect(utcDate(-31_000_000_000_000)).toBe('0987-08-25');
  });

  it.each([Number.NaN, Infinity, -Infinity])('reject %s as an instant', (value) => {
    expect(() => epochMs(value)).toThrow(RangeError);
    expect(epochMs(5)).toBe(5);
  });

  it.each(['', 'xlk', 'XLK;DROP', '../../x', 'ABCDEFGHIJK'])('reject %j as a ticker', (text) => {
    expect(() => ticker(text)).toThrow(RangeError);
  });

  it.each(['2025-02-30', '2025-1-1', '20250101', 'today', '2025-01', '2025'])(
    'reject %j as a date',
    (text) => {
      expect(() => sessionDate(text)).toThrow(/expected YYYY-MM-DD/);
    },
  );

  it.each(['1e-7', 'NaN', '0x10', '1,000', ''])('reject %j as a quantity', (text) => {
    expect(() => qtyFromDecimal(text)).toThrow(/expected a decimal number/);
  });
});
