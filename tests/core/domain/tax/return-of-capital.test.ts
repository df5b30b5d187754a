import { describe, expect, it } from 'vitest';
import { returnCapital } from '#core/domain/tax/return-of-capital.ts';
import { cents, epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { booksWith, lot } from './lots-support.ts';

describe('Returned capital', () => {
  const at = epochMs(Date.UTC(2025, 4, 9, 16));
  const paid = (cash: number, ...lots: Parameters<typeof booksWith>) => {
    const books = booksWith(...lots);
    const event = {
      ...({ kind: 'return-of-capital', lot: 'XLK-9', ticker: ticker('XLK') } as const),
      ...{ qty: qty(0), cash: cents(cash), at, recordedAt: at },
    };
    returnCapital(books, event, sessionDate('2025-05-09'));
    return {
      lots: lots.map(({ cost, deferred }) => [cost, deferred]),
      sold: books.disposals.map(({ proceeds, cost, qty: sold }) => [sold, proceeds, cost]),
    };
  };

  it('lowers the cost first, then the deferred loss, and is a gain only beyond both', () => {
    const of = (cash: number) => paid(cash, lot({ cost: 5, deferred: 1 }));
    expect(of(400)).toEqual({ lots: [[100, 100]], sold: [] });
    expect(of(550)).toEqual({ lots: [[0, 50]], sold: [] });
    expect(of(600)).toEqual({ lots: [[0, 0]], sold: [] });
    expect(of(601)).toEqual({ lots: [[0, 0]], sold: [[0, 1, 0]] });
  });

  it('is no gain on shares of unknown cost', () => {
    expect(paid(400, lot({ cost: 'unknown' }))).toEqual({ lots: [[undefined, 0]], sold: [] });
  });

  it('does not change shares sold short, whose holder pays it', () => {
    expect(paid(-400, lot({ shares: -10 }))).toEqual({ lots: [[30_000, 0]], sold: [] });
  });

  it('also lowers the cost of the smallest fraction of a share', () => {
    expect(paid(2, lot({ shares: 1e-9, cost: 0.03 }))).toEqual({ lots: [[1, 0]], sold: [] });
  });
});
