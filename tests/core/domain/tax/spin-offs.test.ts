import { describe, expect, it } from 'vitest';
import type { LotBooks } from '#core/domain/tax/lot-books.ts';
import { lotsOf } from '#core/domain/tax/lot-books.ts';
import type { OpenLot } from '#core/domain/tax/open-lots.ts';
import { spinOff } from '#core/domain/tax/spin-offs.ts';
import { epochMs, ticker } from '#core/domain/units.ts';
import { BILLIONTH, booksWith, lot, plain } from './lots-support.ts';

describe('Spun-off shares', () => {
  const at = epochMs(Date.UTC(2025, 5, 2, 16));
  const [XLK, XLF, BBB] = ['XLK', 'XLF', 'BBB'].map((name) => ticker(name)) as [
    never,
    never,
    never,
  ];
  const spun = (given: Parameters<typeof lot>[0] = {}) =>
    lot({
      ...{ id: 'spun off', name: 'BBB', shares: 4, cost: 'unknown' },
      ...{ acquired: 'unknown', heldSince: '2025-06-02', ...given },
    });
  const apply = (
    books: LotBooks,
    one: OpenLot,
    { entered, sameDay = [BBB] }: { readonly entered?: never; readonly sameDay?: never[] } = {},
  ) => {
    spinOff(books, one, at, { entered, sameDay });
    return lotsOf(books, BBB);
  };
  const since = (lots: readonly OpenLot[]) => lots.map(({ heldSince }) => heldSince);

  it('have the dates of their parent’s lots, and replace no shares in a wash sale', () => {
    const books = booksWith(lot({ acquired: '2024-03-04', heldSince: '2023-12-01' }));
    expect(apply(books, spun())).toEqual([
      {
        id: 'spun off',
        ticker: 'BBB',
        qty: 4e9,
        acquired: '2024-03-04',
        heldSince: '2023-12-01',
        isDated: true,
        cost: undefined,
        deferred: 0,
        isReplacement: true,
        purchase: 'spun off',
      },
    ]);
  });

  it('have an unknown holding period where their parent has one', () => {
    const books = booksWith(lot({ acquired: 'unknown', heldSince: '2024-03-04' }));
    expect(apply(books, spun())).toMatchObject([
      { acquired: undefined, heldSince: '2024-03-04', isDated: false },
    ]);
  });

  it('have the date that a person enters rather than the one of their parent', () => {
    const books = booksWith(lot({ acquired: '2024-03-04' }));
    expect(apply(books, spun({ acquired: '2022-08-01', heldSince: '2022-08-01' }))).toMatchObject([
      { acquired: '2022-08-01', heldSince: '2022-08-01', isDated: true },
    ]);
  });

  it('take cost from each of the parent’s lots in proportion to its cost', () => {
    const books = booksWith(lot({ cost: 300 }), lot({ cost: 100, acquired: '2025-02-03' }));
    expect(apply(books, spun({ cost: 40 })).map(plain)).toMatchObject([
      { shares: 2, basis: 30 },
      { shares: 2, basis: 10 },
    ]);
    expect(lotsOf(books, XLK).map(plain)).toMatchObject([{ basis: 270 }, { basis: 90 }]);
    const cheap = booksWith(lot({ cost: 0.03 }), lot({ cost: 0.01, acquired: '2025-02-03' }));
    expect(apply(cheap, spun({ cost: 0.04 })).map(plain)).toMatchObject([
      { basis: 0.03 },
      { basis: 0.01 },
    ]);
  });

  it('take cost in proportion to the shares where a cost of the parent’s lots is unknown', () => {
    const books = booksWith(
      lot({ cost: 300 }),
      lot({ cost: 'unknown', shares: 30, acquired: '2025-02-03' }),
    );
    expect(apply(books, spun({ cost: 40 })).map(plain)).toMatchObject([
      { shares: 1, basis: 10 },
      { shares: 3, basis: 30 },
    ]);
    expect(lotsOf(books, XLK).map(plain)).toMatchObject([{ basis: 290 }, { basis: undefined }]);
  });

  it('come from the only ticker that is held, even if it is the smallest fraction of a share', () => {
    const short = lot({ name: 'XLF', shares: -5, acquired: '2024-05-06' });
    const books = booksWith(lot({ shares: BILLIONTH, acquired: '2024-03-04' }), short);
    expect(apply(books, spun())).toMatchObject([{ heldSince: '2024-03-04', qty: 4e9 }]);
  });

  it('come from the one of several tickers that has a corporate action on that day', () => {
    const held = () =>
      booksWith(lot({ acquired: '2024-03-04' }), lot({ name: 'XLF', acquired: '2024-05-06' }));
    expect(since(apply(held(), spun(), { sameDay: [XLF, BBB] }))).toEqual(['2024-05-06']);
    expect(since(apply(held(), spun(), { sameDay: [XLF, XLK, BBB] }))).toEqual(['2025-06-02']);
    expect(since(apply(held(), spun()))).toEqual(['2025-06-02']);
  });

  it('come from the ticker that a person names, held or already gone', () => {
    const held = () =>
      booksWith(lot({ acquired: '2024-03-04' }), lot({ name: 'XLF', acquired: '2024-05-06' }));
    const entered = { entered: XLF, sameDay: [XLK, BBB] };
    expect(since(apply(held(), spun(), entered))).toEqual(['2024-05-06']);
    const gone = booksWith(lot({ acquired: '2024-03-04' }));
    gone.departed.push(lot({ name: 'XLV', acquired: '2021-03-04' }));
    gone.departed.push(lot({ name: 'XLF', acquired: '2024-05-06' }));
    expect(since(apply(gone, spun(), entered))).toEqual(['2024-05-06']);
    expect(since(apply(booksWith(), spun(), entered))).toEqual(['2025-06-02']);
  });
});
