import { describe, expect, it } from 'vitest';
import { dollars } from '#core/domain/units.ts';
import { changeTo, nanosOf, purchaseFactor, shrunk, stepOf, worthOf } from '#core/rules/sizing.ts';
import { RULES } from '#tests/support/deciding.ts';

const SHARE = 1_000_000_000;

describe('sizes of orders', () => {
  it('step by whole shares, or by a billionth where fractions are allowed', () => {
    expect(stepOf({ ...RULES, fractional: false })).toBe(SHARE);
    expect(stepOf({ ...RULES, fractional: true })).toBe(1);
  });

  it('buy that part of the equity at the price, rounded down to a billionth', () => {
    expect(nanosOf(0.5, dollars(1_000), 40)).toBe(12.5 * SHARE);
    expect(nanosOf(1, dollars(100), 3)).toBe(33_333_333_333);
    expect(nanosOf(0, dollars(100), 3)).toBe(0);
  });

  it('do not lose a share to rounding', () => {
    // 0.29 * 100 is 28.999999999999996.
    expect(nanosOf(0.29, dollars(100), 1)).toBe(29 * SHARE);
  });

  it('are worth their price to the cent', () => {
    expect(worthOf(1.5 * SHARE, 10.01)).toBe(1_502);
    expect(worthOf(-SHARE, 10.25)).toBe(-1_025);
  });
});

describe('changeTo', () => {
  it('rounds down to a step, so that the holding ends at or below its target', () => {
    expect(changeTo(10.7 * SHARE, 3 * SHARE, SHARE)).toBe(7 * SHARE);
    expect(changeTo(3.2 * SHARE, 10 * SHARE, SHARE)).toBe(-7 * SHARE);
    expect(changeTo(10 * SHARE, 10 * SHARE, SHARE)).toBe(0);
    expect(changeTo(7, 3, 1)).toBe(4);
  });

  it('sells at most the whole steps of a holding', () => {
    expect(changeTo(0.2 * SHARE, 0.5 * SHARE, SHARE)).toBe(0);
    expect(changeTo(0, 10.4 * SHARE, SHARE)).toBe(-10 * SHARE);
    expect(changeTo(0, 10.4 * SHARE, 1)).toBe(-10.4 * SHARE);
    expect(changeTo(0, 0, SHARE)).toBe(0);
  });

  it('reduces a short position as far as a whole step reaches', () => {
    expect(changeTo(2 * SHARE, -1 * SHARE, SHARE)).toBe(3 * SHARE);
    expect(changeTo(-3 * SHARE, -1 * SHARE, SHARE)).toBe(-2 * SHARE);
    expect(changeTo(-2 * SHARE, 0, SHARE)).toBe(-2 * SHARE);
  });
});

describe('purchaseFactor', () => {
  it('is 1 where the purchases cost at most the money', () => {
    expect(purchaseFactor(dollars(50), 2, dollars(50))).toBe(1);
    expect(purchaseFactor(0, 0, 0)).toBe(1);
  });

  it('holds a cent per purchase back where they cost more', () => {
    expect(purchaseFactor(dollars(100), 2, dollars(50))).toBe((5_000 - 2) / 10_000);
  });

  it('is 0 without money, never negative', () => {
    expect(purchaseFactor(dollars(10), 1, 0)).toBe(0);
    expect(purchaseFactor(dollars(10), 1, dollars(-10))).toBe(0);
  });

  it('rounds a shrunk purchase down to its step', () => {
    expect(shrunk(10 * SHARE, 0.49, SHARE)).toBe(4 * SHARE);
    expect(shrunk(7, 0.5, 1)).toBe(3);
  });
});
