import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  block,
  compactMoney,
  compactQuantity,
  cut,
  escape,
  floorMinutes,
  instantOf,
  lines,
  money,
  percent,
  quantity,
  row,
  soon,
} from '#bot/format.ts';
import { cents, epochMs, qty, qtyFromDecimal } from '#core/domain/units.ts';

describe('numbers for people', () => {
  it.each([
    [0.0123, '+1.23%'],
    [-0.004, '\u22120.40%'],
    [0, '0.00%'],
    [-0.000001, '0.00%'],
    [undefined, 'unknown'],
  ])('writes the fraction %s as %s', (fraction, text) => {
    expect(percent(fraction)).toBe(text);
  });

  it.each([
    [1_234_567, '$12,345.67'],
    [-1_230, '\u2212\u2060$12.30'],
    [0, '$0.00'],
  ])('writes %s cents as %s', (value, text) => {
    expect(money(cents(value))).toBe(text);
  });

  it('never shows an unknown value as 0', () => {
    expect([money(undefined), percent(undefined), compactMoney(undefined)]).toEqual([
      'unknown',
      'unknown',
      '–',
    ]);
  });

  it('keeps every digit of a quantity', () => {
    expect(quantity(qtyFromDecimal('1234567.000000001'))).toBe('1,234,567.000000001');
    expect(quantity(qtyFromDecimal('-1000'))).toBe('\u22121,000');
  });

  it('fits money and quantities into seven columns', () => {
    const whole = fc.integer({ min: -9e12, max: 9e12 });
    fc.assert(fc.property(whole, (value) => compactMoney(cents(value), '+').length <= 8));
    fc.assert(fc.property(whole, (value) => compactMoney(cents(value)).length <= 7));
    const nanos = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(fc.property(nanos, (value) => compactQuantity(qty(value)).length <= 7));
  });
});

describe('times for people', () => {
  const at = epochMs(Date.parse('2026-11-23T14:41:30Z'));

  it('shows New York wall time', () => {
    expect(instantOf(at)).toBe('Mon 2026-11-23 09:41 ET');
    expect(instantOf(epochMs(Date.parse('2026-07-01T13:30:00Z')))).toBe('Wed 2026-07-01 09:30 ET');
  });

  it('omits the day when it is today', () => {
    expect(soon(epochMs(at + 3_600_000), at)).toBe('10:41 ET');
    expect(soon(epochMs(at + 86_400_000), at)).toBe('Tue 2026-11-24 09:41 ET');
  });

  it('stays the same within five minutes', () => {
    expect(floorMinutes(at, 5)).toBe(floorMinutes(epochMs(at + 200_000), 5));
    expect(floorMinutes(at, 5)).not.toBe(floorMinutes(epochMs(at + 300_000), 5));
  });
});

describe('text from other people', () => {
  it('is escaped: marks, mentions and links', () => {
    expect(escape('**@everyone** <@1> [a](https://x)')).toBe(
      '\\*\\*@\u200beveryone\\*\\* <\u200b@\u200b1> \\[a\\](https:\u200b//x)',
    );
    expect(escape('# head\n> quote')).toBe('\\# head > quote');
    expect(escape('MIN_DRIFT _a_ b__c__d')).toBe('MIN_DRIFT \\_a\\_ b\\_\\_c\\_\\_d');
    expect(escape('a\u202eb\u0000c\r\nd')).toBe('a b c d');
  });

  it('says when it was cut, and never cuts a character in half', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const short = cut(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(short.isWellFormed()).toBe(true);
        expect(short === text || short.endsWith('…')).toBe(true);
      }),
    );
  });

  it('leaves out whole rows and says how many', () => {
    const rows = Array.from({ length: 100 }, (_, index) => `row ${index} ${'x'.repeat(20)}`);
    for (const made of [block(rows, 1_000), lines(rows, 1_000)]) {
      expect(made.length).toBeLessThanOrEqual(1_000);
      const shown = made.split('\n').filter((line) => line.startsWith('row')).length;
      expect(made).toContain(`and ${100 - shown} more`);
    }
  });
});

describe('a number in a cell that is too narrow for it', () => {
  it('is rounded, never cut into another number', () => {
    const shown = (text: string, width: number): string => row([[text, width, 'right']]);
    expect(shown('745,123.45', 10)).toBe('745,123.45');
    expect(shown('745,123.45', 9)).toBe('  745,123');
    expect(shown('1,234.56', 5)).toBe('1,235');
    expect(shown('745,123.45', 6)).toBe('745123');
    expect(shown('−745,123.45', 5)).toBe('−745k');
    expect(shown('123,456,789', 4)).toBe('123M');
    expect(shown('−177393.5%', 8)).toBe('−177394%');
    expect(shown('123,456,789', 2)).toBe(' …');
    expect(shown('Communication', 8)).toBe('Communi…');
  });
});
