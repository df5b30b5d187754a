import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { compareHistory, compareRecent } from '#core/market/merge/compare-history.ts';
import { bar, bars, history } from '../histories.ts';

const BARS = bars('2023-06-01', '2024-03-08');
const LAST = BARS.length - 1;

/** Every price of a bar moved by one factor, as an adjustment does. */
function scaled(each: Bar, factor: number): Bar {
  const { open, high, low, close } = each;
  return {
    ...each,
    open: open * factor,
    high: high * factor,
    low: low * factor,
    close: close * factor,
  };
}

/** What is before that row is lowered (or raised) by the factor. */
function adjusted(rows: readonly Bar[], before: number, factor: number): readonly Bar[] {
  return rows.map((each, row) => (row < before ? scaled(each, factor) : each));
}

function verdict(stored: readonly Bar[], whole: readonly Bar[], isOwn = true) {
  return compareHistory({ stored: history(stored), whole, isOwn });
}

describe('a whole history compared with the stored one', () => {
  it.each([
    ['with a dividend entered late', adjusted(BARS, LAST - 5, 0.993)],
    ['with two dividends entered late', adjusted(adjusted(BARS, 100, 0.99), LAST - 5, 0.993)],
    ['after a dividend behind the end', adjusted(BARS, LAST + 1, 0.993)],
    ['after a reverse split behind the end', adjusted(BARS, LAST + 1, 4)],
  ])('%s is the same, adjusted again', (_, whole) => {
    expect(verdict(BARS, whole)).toEqual({ kind: 'readjusted' });
  });

  it('that is the same except for rounding is the same', () => {
    expect(verdict(BARS, BARS)).toEqual({ kind: 'same' });
    expect(verdict(BARS, adjusted(BARS, LAST + 1, 1.0004))).toEqual({ kind: 'same' });
  });

  it.each(['open', 'high', 'low'] as const)('names a single %s that differs', (name) => {
    const odd = BARS.map((each, row) =>
      row === 80 ? { ...each, [name]: each[name] * 1.01 } : each,
    );
    expect(verdict(BARS, odd)).toMatchObject({
      kind: 'contradicts',
      reason: expect.stringMatching(
        new RegExp(`^stored ${name} of 2023-09-2\\d is .* now has a ${name} of`),
      ),
    });
  });

  it('does not treat two factors as one', () => {
    const two = adjusted(adjusted(BARS, LAST + 1, 0.5), LAST - 10, 1.2);
    expect(verdict(BARS, two).kind).toBe('contradicts');
  });

  it('names a stored session that the source lacks', () => {
    expect(verdict(BARS, BARS.toSpliced(80, 1))).toMatchObject({
      reason: expect.stringMatching(/^stored close of 2023-09-2\d .* the source now has no bar$/),
    });
  });

  it('replaces a raw jump in the store that a split explains', () => {
    const raw = adjusted(BARS, LAST - 4, 0.1);
    expect(verdict(raw, BARS)).toEqual({ kind: 'readjusted' });
  });

  it('may correct a wrong price of the last day, however wrong it was', () => {
    const spiked = BARS.with(LAST, scaled(BARS[LAST] ?? bar('2024-03-08'), 100));
    expect(verdict(spiked, BARS)).toEqual({ kind: 'readjusted' });
  });

  it.each([
    ['raw where the store is adjusted for a dividend', adjusted(BARS, LAST - 30, 1 / 0.99)],
    ['raw where the store is adjusted for a split', adjusted(BARS, LAST - 30, 2)],
    ['with a step that no dividend explains', adjusted(BARS, LAST - 5, 0.9)],
    ['with a leap that the store has not', adjusted(BARS, 60, 0.5)],
    ['other on one day', BARS.with(80, scaled(BARS[80] ?? bar('2023-10-02'), 1.01))],
    ['lower on one day', BARS.with(80, scaled(BARS[80] ?? bar('2023-10-02'), 0.9))],
    [
      'of other proportions on one day',
      BARS.map((b, row) => (row === 80 ? { ...b, high: b.high * 1.01 } : b)),
    ],
    ['without a session that is stored', BARS.toSpliced(80, 1)],
    ['that begins much later', BARS.slice(40)],
    ['without a session in common', bars('2024-03-11', '2024-03-15')],
    ['that is empty', []],
  ])('%s contradicts it', (_, whole) => {
    expect(verdict(BARS, whole).kind).toBe('contradicts');
  });

  it('names the session and both closes', () => {
    const odd = BARS.with(80, scaled(BARS[80] ?? bar('2023-10-02'), 1.01));
    expect(verdict(BARS, odd)).toMatchObject({
      reason: expect.stringMatching(
        /^stored close of 2023-09-2\d is 9\d\.\d+, the source now has a close of 9\d/,
      ),
    });
  });

  it('may correct its own last three sessions by up to two hundredths', () => {
    const late = (row: number, factor: number): readonly Bar[] =>
      BARS.with(row, scaled(BARS[row] ?? bar('2024-03-08'), factor));
    expect(verdict(BARS, late(LAST, 1.005)).kind).toBe('corrected');
    expect(verdict(BARS, late(LAST - 2, 0.99)).kind).toBe('corrected');
    expect(verdict(BARS, late(LAST, 1.03)).kind).toBe('contradicts');
    expect(verdict(BARS, late(LAST - 3, 1.005)).kind).toBe('contradicts');
    expect(verdict(BARS, late(LAST, 1.005), false).kind).toBe('contradicts');
  });

  it('is accepted with any dividends, but never with a single shifted day', () => {
    const steps = fc.uniqueArray(
      fc.record({
        row: fc.integer({ min: 1, max: LAST }),
        factor: fc.double({ min: 0.952, max: 0.997, noNaN: true }),
      }),
      { maxLength: 6, selector: ({ row }) => row },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 10, max: LAST - 10 }), (all, row) => {
        const whole = all.reduce<readonly Bar[]>(
          (rows, step) => adjusted(rows, step.row, step.factor),
          BARS,
        );
        expect(['same', 'readjusted']).toContain(verdict(BARS, whole).kind);
        const odd = whole.map((each, at) =>
          at === row ? { ...each, close: each.close * 0.995 } : each,
        );
        expect(verdict(BARS, odd).kind).toBe('contradicts');
      }),
    );
  });
});

describe('the last sessions compared with another feed', () => {
  const near = (rows: readonly Bar[], factor = 1) =>
    rows.map((each, row) => scaled(each, factor * (1 + 0.003 * Math.sin(7 * row))));
  const fault = (whole: readonly Bar[], sessions?: number) =>
    compareRecent({ stored: history(BARS), whole, noise: 0.01 }, sessions);

  it('agree when closes differ by tenths of a per cent in both directions', () => {
    expect(fault(near(BARS))).toBeUndefined();
  });

  it('do not agree when all differ by one factor', () => {
    expect(fault(near(BARS, 0.995))).toMatch(/^its closes are 0\.99\d\d times the stored ones$/);
  });

  it('do not agree when one close differs by two hundredths or one session is missing', () => {
    expect(
      fault(near(BARS).with(LAST - 5, scaled(BARS[LAST - 5] ?? bar('2024-03-01'), 1.02))),
    ).toMatch(/^stored close of 2024-03-01 is/);
    expect(fault(near(BARS).toSpliced(LAST - 5, 1))).toMatch(/^stored close of .* has no bar$/);
  });

  it('number twenty unless more are requested', () => {
    const odd = near(BARS).with(LAST - 25, scaled(BARS[LAST - 25] ?? bar('2024-02-01'), 1.02));
    expect([fault(odd), fault(odd, 30)]).toEqual([undefined, expect.stringContaining('stored')]);
  });

  it('cannot be compared without a session in common', () => {
    expect(fault(bars('2024-03-11', '2024-03-15'))).toBe('it has none of the stored sessions');
  });
});
