import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import { cents, ticker, wholeShares } from '#core/domain/units.ts';
import { incompleteActionEntries } from '#core/engine/reconciliation/incomplete-actions.ts';
import { suspectedSplits } from '#core/engine/reconciliation/suspected-split.ts';
import { alert, observation, position } from '#tests/support/desk.ts';
import { at, began, bookOf, closed } from '../../views/books.ts';

const XLF = ticker('XLF');
const NOON = at('2026-11-20T17:00:00Z');

/** 100 shares of XLF, at $90 at the last close; with `told` its split was reported since. */
function bookWith(told: boolean): AccountState {
  const report = alert({ subject: { about: 'suspected-split', ticker: 'XLF' } });
  const book = bookOf(
    began(at('2026-11-16T15:00:00Z')),
    closed('2026-11-19', 100_000, 500, { XLF: [100, 90] }),
    ...(told ? [{ at: NOON, entry: { kind: 'alert', alert: report } } as const] : []),
  );
  const lots = new Map([[XLF, { qty: wholeShares(100), cost: cents(900_000) }]]);
  return { ...book, ledger: { ...book.ledger, lots } };
}

/** The account with XLF at that price. */
function seenAt(price: number) {
  const positions = [position('XLF', 100, price)];
  return observation({ at: NOON, positions, prices: new Map([[XLF, price]]) });
}

describe('a split whose shares have not come', () => {
  it('is suspected where the price is within 1 % of a ratio of the last close', () => {
    expect(suspectedSplits(bookWith(false), seenAt(30.2), new Map())).toEqual([
      { ticker: XLF, ratio: 3 },
    ]);
    expect(suspectedSplits(bookWith(false), seenAt(31), new Map())).toEqual([]);
  });

  it('stays suspected while the market moves on by less than 5 %', () => {
    for (const price of [29, 31]) {
      expect(suspectedSplits(bookWith(true), seenAt(price), new Map())).toEqual([
        { ticker: XLF, ratio: 3 },
      ]);
      expect(incompleteActionEntries(bookWith(true), seenAt(price), new Map())).toEqual([]);
    }
  });

  it('is suspected no longer once the price is another', () => {
    expect(incompleteActionEntries(bookWith(true), seenAt(33), new Map())).toMatchObject([
      { kind: 'resolved', subject: { ticker: 'XLF' } },
    ]);
  });
});
