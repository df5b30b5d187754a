import { describe, expect, it } from 'vitest';
import type { Position } from '#core/domain/account.ts';
import type { Ledger } from '#core/domain/ledger.ts';
import { cents, dollars, ticker, wholeShares } from '#core/domain/units.ts';
import { describe as inWords, reconcile } from '#core/engine/reconciliation/reconcile.ts';
import { account, position } from '#tests/support/desk.ts';

/** $1,000 in cash, and whole shares by ticker. */
function ledger(held: Readonly<Record<string, number>>): Ledger {
  const lots = Object.entries(held).map(
    ([symbol, shares]) =>
      [ticker(symbol), { qty: wholeShares(shares), cost: dollars(shares * 100) }] as const,
  );
  return { cash: dollars(1_000), lots: new Map(lots) };
}

function differences(
  ours: Ledger,
  theirs: readonly Position[],
  { cashUsd = 1_000, fills = 0 } = {},
): string {
  return inWords(reconcile(ours, account(1_000, { cash: dollars(cashUsd) }), theirs, fills));
}

describe('our records and the broker’s', () => {
  it('do not differ when shares and cash are the same', () => {
    expect(differences(ledger({ XLK: 10 }), [position('XLK', 10)])).toBe('');
  });

  it('differ by a position that only the broker has', () => {
    expect(differences(ledger({}), [position('XLK', 10)])).toBe('XLK: ours 0, broker 10');
  });

  it('differ by a position that only we have', () => {
    expect(differences(ledger({ XLK: 10 }), [])).toBe('XLK: ours 10, broker 0');
  });

  it('differ by a position that has another size, and by one that is short', () => {
    const theirs = [position('XLK', 12), position('XLE', -3)];
    expect(differences(ledger({ XLK: 10, XLE: 3 }), theirs)).toBe(
      'XLK: ours 10, broker 12; XLE: ours 3, broker -3',
    );
  });

  it('differ by a cent of cash before a fill was booked, and by more than a cent for each', () => {
    expect(differences(ledger({}), [], { cashUsd: 999.99 })).toBe(
      'cash: ours 1000.00, broker 999.99',
    );
    expect(differences(ledger({}), [], { cashUsd: 1_000.03, fills: 3 })).toBe('');
    expect(differences(ledger({}), [], { cashUsd: 1_000.04, fills: 3 })).toMatch(/^cash/);
  });

  it('say what would have to be added to ours', () => {
    const found = reconcile(
      ledger({ XLK: 10 }),
      account(1_000, { cash: dollars(900) }),
      [position('XLK', 12)],
      0,
    );
    expect(found.map(({ qty, cash }) => [qty, cash])).toEqual([
      [wholeShares(2), cents(0)],
      [wholeShares(0), dollars(-100)],
    ]);
  });
});
