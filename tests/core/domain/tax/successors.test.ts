import { describe, expect, it } from 'vitest';
import { type LotBooks, lotsOf } from '#core/domain/tax/lot-books.ts';
import { successorOf } from '#core/domain/tax/successors.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { BILLIONTH, booksWith, lot } from './lots-support.ts';

const coming = (name: string, shares: number) => ({
  ticker: ticker(name),
  qty: Math.round(shares * 1e9),
});

describe('The replacement of ten shares that go', () => {
  const of = (books: LotBooks, came: readonly [string, number][], cash = 0, went = 10) =>
    successorOf(
      books,
      { ...coming('XLK', -went), cash },
      came.map(([name, shares]) => coming(name, shares)),
      sessionDate('2025-06-10'),
    )?.ticker;
  const held = () => booksWith(lot({ name: 'HELD' }));

  it('is a ticker whose shares come on that day, down to a billionth of one', () => {
    expect(of(booksWith(), [['NEW', 3]])).toBe('NEW');
    expect(of(booksWith(), [['NEW', BILLIONTH]])).toBe('NEW');
    expect(of(booksWith(), [['NEW', 0]])).toBeUndefined();
    expect(of(booksWith(), [['NEW', -3]])).toBeUndefined();
  });

  it('is a ticker not held before rather than more of a held one, whatever their numbers', () => {
    expect(
      of(held(), [
        ['HELD', 10],
        ['NEW', 3],
      ]),
    ).toBe('NEW');
    expect(of(held(), [['HELD', 10]])).toBe('HELD');
  });

  it('is, of several, the one with as many shares, and of equal ones the first', () => {
    expect(
      of(booksWith(), [
        ['ONE', 3],
        ['TWO', 10],
        ['THREE', 10],
      ]),
    ).toBe('TWO');
    expect(
      of(booksWith(), [
        ['ONE', 3],
        ['TWO', 4],
      ]),
    ).toBe('ONE');
  });

  it('is not more of a held ticker where cash is paid for them', () => {
    expect(of(held(), [['HELD', 10]], 1)).toBeUndefined();
    expect(of(held(), [['NEW', 10]], 1)).toBe('NEW');
  });

  /** Ten shares that came on that day without an explanation. */
  const cameOn = (day: string, ...more: Parameters<typeof booksWith>) => {
    const early = lot({ name: 'EARLY', id: 'early', shares: 10 });
    const books = booksWith(early, ...more);
    books.came.set(early.ticker, { day: sessionDate(day), lot: 'early', qty: early.qty });
    return books;
  };

  it('may have come up to five days earlier, and is then removed again', () => {
    const books = cameOn('2025-06-05', lot({ name: 'EARLY', id: 'bought', shares: 2 }));
    expect(of(books, [])).toBe('EARLY');
    expect(lotsOf(books, ticker('EARLY')).map(({ id }) => id)).toEqual(['bought']);
    expect(of(books, [])).toBeUndefined();
    expect(of(cameOn('2025-06-04'), [])).toBeUndefined();
  });

  it('came earlier only if as many shares came as go, and none were sold since', () => {
    expect(of(cameOn('2025-06-09'), [], 0, 8)).toBeUndefined();
    const sold = cameOn('2025-06-09');
    lotsOf(sold, ticker('EARLY')).splice(0);
    expect(of(sold, [])).toBeUndefined();
  });

  it('did not come earlier where a new ticker comes on the day', () => {
    expect(of(cameOn('2025-06-09'), [['NEW', 3]])).toBe('NEW');
  });
});
