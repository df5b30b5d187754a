import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addingUp, moneyCells } from '#bot/posts/adding-up.ts';
import { cents, dollars } from '#core/domain/units.ts';

describe('numbers shown with their sum', () => {
  it('add up after rounding, and none is off by a whole step (property)', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 30 }),
        fc.integer({ min: 0, max: 2 }),
        (values, digits) => {
          const step = 10 ** -digits;
          const shown = addingUp(values, digits);
          const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
          expect(Math.abs(sum(shown) - sum(values))).toBeLessThanOrEqual(step / 2 + 1e-6);
          shown.forEach((each, index) => {
            expect(Math.abs(each - (values[index] ?? 0))).toBeLessThanOrEqual(step + 1e-6);
          });
        },
      ),
    );
  });

  it('include thirds that still sum to one', () => {
    expect(
      addingUp(
        [1 / 3, 1 / 3, 1 / 3].map((each) => each * 100),
        1,
      ),
    ).toEqual([33.4, 33.3, 33.3]);
    expect(addingUp([0, -0.4, 0.4], 0)).toEqual([0, -0, 0].map((each) => each + 0 || 0));
  });

  it('are whole dollars in cells, and shortened only if one does not fit', () => {
    const cells = (...usd: readonly number[]) => moneyCells(usd.map(dollars), 7);
    expect(cells(0.4, 0.4, 0.4)).toEqual(['+1', '0', '0', '+1']);
    expect(cells(12_345, -345.5)).toEqual(['+12345', '−345', '+12000']);
    expect(cells(1_234_567, 1)).toEqual(['+1.23M', '+1', '+1.23M']);
    expect(moneyCells([], 7)).toEqual(['0']);
    expect(moneyCells([cents(0)], 7)).toEqual(['0', '0']);
  });
});
