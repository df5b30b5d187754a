import { describe, expect, it } from 'vitest';
import { centsToDecimal, dollars, ticker, wholeShares } from '#core/domain/units.ts';
import { closesOf } from '#core/views/curve.ts';
import { at, began, bookOf, closed, type Dated } from '#tests/core/views/books.ts';

const START = began(at('2026-11-13T15:00:00Z'));
const FRIDAY = closed('2026-11-13', 100_000, 500);
const MONDAY_NIGHT = at('2026-11-16T23:00:00Z');

/** A difference taken over: in cash, or in shares that are worth so much. */
function adopted(instant: number, usd: number, name?: string, shares = 0): Dated {
  const cash = dollars(name === undefined ? usd : 0);
  const [held, qty] = [name === undefined ? undefined : ticker(name), wholeShares(shares)];
  const worth = dollars(usd);
  return {
    at: instant as Dated['at'],
    entry: { kind: 'adjustment', ticker: held, qty, cash, by: 'ann', worth },
  };
}

const growthOf = (...entries: readonly Dated[]) =>
  closesOf(bookOf(...entries)).map(({ you }) => you);

describe('an accepted difference', () => {
  it('counts no gain when it came before the close', () => {
    const brought = adopted(at('2026-11-16T18:00:00Z'), 50_000);
    expect(growthOf(START, FRIDAY, brought, closed('2026-11-16', 150_000, 500))).toEqual([1, 1, 1]);
  });

  it('counts no loss when it went before the close', () => {
    const gone = adopted(at('2026-11-16T18:00:00Z'), -20_000);
    expect(growthOf(START, FRIDAY, gone, closed('2026-11-16', 80_000, 500))).toEqual([1, 1, 1]);
  });

  it.each([
    ['the same evening', MONDAY_NIGHT],
    ['a day later', at('2026-11-17T18:00:00Z')],
  ])('counts at the close that already had its cash, accepted %s', (_, when) => {
    const close = closed('2026-11-16', 150_000, 500);
    const next = closed('2026-11-17', 150_000, 500);
    expect(growthOf(START, FRIDAY, close, adopted(when, 50_000), next)).toEqual([1, 1, 1, 1]);
  });

  it('counts at the close that already had its shares, otherwise after it', () => {
    const held = { XLK: [100, 300] } as const;
    const brought = adopted(MONDAY_NIGHT, 30_000, 'XLK', 100);
    const next = closed('2026-11-17', 130_000, 500, held);
    const there = closed('2026-11-16', 130_000, 500, held);
    const notThere = closed('2026-11-16', 100_000, 500, {});
    expect(growthOf(START, FRIDAY, there, brought, next)).toEqual([1, 1, 1, 1]);
    expect(growthOf(START, FRIDAY, notThere, brought, next)).toEqual([1, 1, 1, 1]);
  });

  it('of shares against the cash they cost keeps their gain', () => {
    const noon = at('2026-11-16T18:00:00Z');
    const close = closed('2026-11-16', 101_000, 500, { XLK: [100, 310] });
    const [, , monday] = growthOf(
      START,
      FRIDAY,
      adopted(noon, 30_000, 'XLK', 100),
      adopted(noon, -30_000),
      close,
    );
    expect(monday).toBeCloseTo(1.01, 2);
  });

  it('changes no number if the entry does not give its value', () => {
    const { entry, ...rest } = adopted(at('2026-11-16T18:00:00Z'), 50_000);
    if (entry.kind !== 'adjustment') throw new TypeError('an adjustment was expected');
    const { worth: _, ...old } = entry;
    const book = bookOf(START, FRIDAY, { ...rest, entry: old });
    expect(book.cashFlows).toEqual([]);
    expect(centsToDecimal(book.ledger.cash)).toBe('150000.00');
  });
});
