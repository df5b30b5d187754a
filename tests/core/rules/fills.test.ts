import { describe, expect, it } from 'vitest';
import { dollars } from '#core/domain/units.ts';
import { createChanges } from '#core/rules/changes.ts';
import {
  type Account,
  accountOf,
  fillChanges,
  resetAccount,
  slippedPrice,
} from '#core/rules/fills.ts';
import { RULES } from '#tests/support/deciding.ts';

const SHARE = 1_000_000_000;

/** An account with those shares of two tickers that open at $10 and $20. */
function holding(cash: number, ...shares: readonly number[]): Account {
  const account = accountOf(cash, 2);
  account.opens.set([10, 20]);
  account.held.set(shares.map((each) => each * SHARE));
  return account;
}

/** What fills change, in shares and dollars. */
function filled(
  account: Account,
  shares: readonly number[],
  { slippageBps = 0, credit = 0, minOrder = dollars(0) } = {},
) {
  const fills: (readonly number[])[] = [];
  const changes = createChanges(shares.length);
  changes.change.set(shares.map((each) => each * SHARE));
  const terms = { slippageBps, credit, rules: { ...RULES, minOrder } };
  const totals = fillChanges(account, changes, terms, (place, change, price) =>
    fills.push([place, change / SHARE, price]),
  );
  const held = [...account.held].map((nanos) => nanos / SHARE);
  return { ...totals, cash: account.cash / 100, held, fills };
}

describe('fillChanges', () => {
  it('sells before it buys, and buys with the proceeds', () => {
    expect(filled(holding(0, 0, 5), [10, -5])).toEqual({
      orders: 2,
      traded: 20_000,
      cash: 0,
      held: [10, 0],
      fills: [
        [1, -5, 20],
        [0, 10, 10],
      ],
    });
  });

  it('shrinks all buys alike to the cash that is there, down to whole shares, and no sale', () => {
    const { fills, cash } = filled(holding(dollars(55), 0, 0), [10, 0]);
    expect([fills, cash]).toEqual([[[0, 5, 10]], 5]);
    const account = accountOf(dollars(120), 3);
    account.opens.set([10, 20, 30]);
    account.held[1] = 4 * SHARE;
    expect(filled(account, [10, -4, 10]).fills).toEqual([
      [1, -4, 20],
      [0, 4, 10],
      [2, 4, 30],
    ]);
  });

  it('holds back one cent for each of the buys', () => {
    const changes = createChanges(2);
    changes.change.set([10 * SHARE, 5 * SHARE]);
    const account = holding(dollars(100), 0, 0);
    const rules = { ...RULES, fractional: true, minOrder: dollars(0) };
    fillChanges(account, changes, { slippageBps: 0, credit: 0, rules });
    const factor = (10_000 - 2) / 20_000;
    expect([...account.held]).toEqual([
      Math.floor(10 * SHARE * factor),
      Math.floor(5 * SHARE * factor),
    ]);
  });

  it('does not count a buy of which nothing is left as an order, however small one may be', () => {
    expect(filled(holding(dollars(5), 0, 0), [1, 0])).toMatchObject({ orders: 0, fills: [] });
  });

  it('spends the credit beside the cash', () => {
    const { fills, cash } = filled(holding(dollars(50), 0, 0), [10, 0], { credit: dollars(50) });
    expect([fills, cash]).toEqual([[[0, 10, 10]], -50]);
  });

  it('leaves out a buy that became too small, never a sale', () => {
    const options = { minOrder: dollars(30) };
    expect(filled(holding(dollars(25), 0, 1), [0, -1], options).fills).toEqual([[1, -1, 20]]);
    expect(filled(holding(dollars(29), 0, 0), [2, 0], options).fills).toEqual([]);
    expect(filled(holding(dollars(30), 0, 0), [3, 0], options).fills).toEqual([[0, 3, 10]]);
  });

  it('fills buys higher and sells lower by the slippage', () => {
    expect(slippedPrice(100, 1, 25)).toBeCloseTo(100.25, 12);
    expect(slippedPrice(100, -1, 25)).toBeCloseTo(99.75, 12);
    const { cash, traded } = filled(holding(dollars(100), 0, 1), [1, -1], { slippageBps: 100 });
    expect([cash, traded]).toEqual([109.7, 1_980 + 1_010]);
  });

  it('moves cash by the value to the cent', () => {
    // 10.005 and 9.995 dollars a share.
    expect(filled(holding(dollars(100), 0, 0), [2, 0], { slippageBps: 5 }).cash).toBe(79.99);
    expect(filled(holding(dollars(100), 3, 0), [-3, 0], { slippageBps: 5 }).cash).toBe(129.99);
  });
});

describe('resetAccount', () => {
  it('leaves that much cash and no shares', () => {
    const account = holding(dollars(100), 3, 4);
    resetAccount(account, dollars(50));
    expect([account.cash, ...account.held]).toEqual([5_000, 0, 0]);
  });
});
