import { describe, expect, it } from 'vitest';
import { shareOf, splitOff, takeShares } from '#core/domain/tax/open-lots.ts';
import { BILLIONTH, lot, plain } from './lots-support.ts';

describe('A part of an amount', () => {
  it.each([
    [100, 1, 4, 25],
    [100, 1, 3, 33],
    [5, 1, 2, 3],
    [-5, 1, 2, -3],
    [5, -1, 2, -3],
    [5, 1, -2, -3],
    [-5, 1, -2, 3],
    [-5, -1, -2, -3],
    [1, 1, 3, 0],
    [0, 1, 2, 0],
  ])(
    'of %d in the proportion %d to %d is %d, with halves away from zero',
    (value, part, whole, expected) => {
      expect(shareOf(value, part, whole)).toBe(expected);
    },
  );

  it('is exact where its product has more digits than a number', () => {
    expect(shareOf(9_007_199_254_740_991, 3, 3)).toBe(9_007_199_254_740_991);
    expect(shareOf(9_007_199_254_740_991, 1_000_000_007, 2_000_000_014)).toBe(
      4_503_599_627_370_496,
    );
  });

  it('is all of it where there is nothing to divide by, and a multiple of a whole of one', () => {
    expect(shareOf(5, 1, 0)).toBe(5);
    expect(shareOf(5, 3, 1)).toBe(15);
  });
});

describe('Shares split off a lot', () => {
  it('take their part of its cost and of the losses deferred into it', () => {
    const from = lot({ shares: 3, cost: 100, deferred: 10 });
    expect(splitOff(from, 1e9)).toMatchObject({ qty: 1e9, cost: 3_333, deferred: 333 });
    expect(from).toMatchObject({ qty: 2e9, cost: 6_667, deferred: 667 });
  });

  it('have no cost where the lot has none', () => {
    const from = lot({ cost: 'unknown' });
    expect(splitOff(from, 1e9)).toMatchObject({ qty: 1e9, cost: undefined });
    expect(from).toMatchObject({ qty: 9e9, cost: undefined });
  });
});

describe('Shares taken from the lots of a ticker', () => {
  const ids = (lots: Parameters<typeof takeShares>[0], shares: number, method: 'FIFO' | 'HIFO') =>
    takeShares(lots, shares * 1e9, method).map(({ id, qty }) => [id, qty / 1e9]);

  it('are the oldest first, and those without a date are as old as the day on which they came', () => {
    const lots = [
      lot({ id: 'March', acquired: '2025-03-03' }),
      lot({ id: 'came in February', acquired: 'unknown', heldSince: '2025-02-03' }),
      lot({ id: 'January', acquired: '2025-01-06', heldSince: '2025-04-01' }),
    ];
    expect(ids(lots, 25, 'FIFO')).toEqual([
      ['January', 10],
      ['came in February', 10],
      ['March', 5],
    ]);
    expect(lots.map(plain)).toMatchObject([{ id: 'March', shares: 5, basis: 150 }]);
  });

  it('of one day are taken in the order in which they were booked', () => {
    const lots = [lot({ id: 'first' }), lot({ id: 'second' })];
    expect(ids(lots, 20, 'FIFO').flat()).toEqual(['first', 10, 'second', 10]);
  });

  it('are those of the highest cost per share first under HIFO, and those of unknown cost last', () => {
    const lots = [
      lot({ id: 'unknown', cost: 'unknown' }),
      lot({ id: 'unknown too', cost: 'unknown' }),
      lot({ id: '30 a share', shares: 10, cost: 300 }),
      lot({ id: '40 a share with its deferred loss', shares: 1, cost: 35, deferred: 5 }),
      lot({ id: '35 a share', shares: 2, cost: 70 }),
    ];
    expect(ids(lots, 33, 'HIFO').map(([id]) => id)).toEqual([
      '40 a share with its deferred loss',
      '35 a share',
      '30 a share',
      'unknown',
      'unknown too',
    ]);
  });

  it('are of the sign that is asked for, down to a billionth of a share', () => {
    const long = [lot({ id: 'long', shares: BILLIONTH })];
    expect(ids(long, -1, 'FIFO')).toEqual([]);
    expect(ids(long, BILLIONTH, 'FIFO')).toEqual([['long', BILLIONTH]]);
    expect(long).toEqual([]);
    const short = [lot({ id: 'short', shares: -10 })];
    expect(ids(short, 1, 'FIFO')).toEqual([]);
    expect(ids(short, -4, 'FIFO')).toEqual([['short', -4]]);
    expect(short.map(plain)).toMatchObject([{ shares: -6, basis: 180 }]);
  });
});
