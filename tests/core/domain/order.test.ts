import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advances,
  CLIENT_ORDER_ID_MAX,
  CLIENT_ORDER_PREFIX,
  type ClientOrderKey,
  clientOrderId,
  isAsPlanned,
  isFinal,
  type Order,
} from '#core/domain/order.ts';
import { epochMs, ticker, wholeShares } from '#core/domain/units.ts';

const KEY: ClientOrderKey = {
  accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
  decisionId: 'monthly-2026-12',
  ticker: ticker('XLK'),
  side: 'buy',
  attempt: 1,
};

const PARTS = ['accountId', 'decisionId', 'ticker', 'side', 'attempt'] as const;

describe('a client order id', () => {
  it('is a pure function of account, decision, ticker, side and attempt', () => {
    expect(clientOrderId(KEY)).toBe('rotor-a1b2c3d40000-monthly-2026-12-XLK-b-1');
    expect(clientOrderId({ ...KEY })).toBe(clientOrderId(KEY));
    expect(clientOrderId(KEY).startsWith(CLIENT_ORDER_PREFIX)).toBe(true);
  });

  it('differs if any part differs', () => {
    const key = fc.record({
      accountId: fc.uuid(),
      decisionId: fc.constantFrom('initial-2026-11-10', 'monthly-2026-12', 'manual-2026-12-01-1'),
      ticker: fc.constantFrom(ticker('XLK'), ticker('XLE'), ticker('XLRE')),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      attempt: fc.integer({ min: 1, max: 4 }),
    });
    const text = ({ accountId, ...rest }: ClientOrderKey) =>
      JSON.stringify({ account: accountId.replaceAll('-', '').slice(0, 12), ...rest });
    fc.assert(
      fc.property(key, key, fc.constantFrom(...PARTS), (one, other, part) => {
        for (const two of [other, { ...one, [part]: other[part] }]) {
          expect(clientOrderId(one) === clientOrderId(two)).toBe(text(one) === text(two));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is rejected if the broker would reject it, over 128 characters', () => {
    const decisionId = 'x'.repeat(128);
    expect(() => clientOrderId({ ...KEY, decisionId })).toThrow(/at most 128 characters/);
    const around = clientOrderId({ ...KEY, decisionId: '' }).length;
    const longest = 'x'.repeat(CLIENT_ORDER_ID_MAX - around);
    expect(clientOrderId({ ...KEY, decisionId: longest })).toHaveLength(128);
    expect(() => clientOrderId({ ...KEY, decisionId: `${longest}x` })).toThrow(RangeError);
  });
});

describe('an order update', () => {
  const told = (filled: number, status: Order['status'], word: string = status): Order => ({
    id: 'o',
    clientOrderId: 'c',
    ticker: ticker('XLK'),
    side: 'buy',
    qty: wholeShares(10),
    filledQty: wholeShares(filled),
    averagePrice: undefined,
    status,
    brokerStatus: word,
    submittedAt: epochMs(0),
    updatedAt: epochMs(0),
  });

  it('is final unless it is open', () => {
    expect(isFinal(told(0, 'open'))).toBe(false);
    for (const status of ['filled', 'canceled', 'expired', 'rejected'] as const) {
      expect(isFinal(told(0, status))).toBe(true);
    }
  });

  it('is new if it is the first, fills more, ends the order, or changes its open status', () => {
    expect(advances(undefined, told(0, 'open'))).toBe(true);
    expect(advances(told(1, 'open'), told(2, 'open'))).toBe(true);
    expect(advances(told(1, 'open'), told(1, 'canceled'))).toBe(true);
    expect(advances(told(1, 'open', 'new'), told(1, 'open', 'accepted'))).toBe(true);
    // An end under the word that was told before is one all the same.
    expect(advances(told(1, 'open', 'done'), told(1, 'canceled', 'done'))).toBe(true);
    // The stream may call it ended before the last fill is counted.
    expect(advances(told(1, 'canceled'), told(2, 'canceled'))).toBe(true);
  });

  it('is not new if it is the same, fills less, or would reopen the order', () => {
    expect(advances(told(1, 'open'), told(1, 'open'))).toBe(false);
    expect(advances(told(2, 'open'), told(1, 'filled'))).toBe(false);
    expect(advances(told(2, 'canceled'), told(2, 'open'))).toBe(false);
    expect(advances(told(2, 'canceled'), told(2, 'expired'))).toBe(false);
  });

  it('leads to the same end in whatever order it arrives', () => {
    const story = [
      told(0, 'open', 'new'),
      told(3, 'open', 'partially_filled'),
      told(7, 'open', 'partially_filled'),
      told(7, 'canceled'),
    ];
    const last = (messages: readonly Order[]) =>
      messages.reduce<Order | undefined>(
        (known, next) => (advances(known, next) ? next : known),
        undefined,
      );
    fc.assert(
      fc.property(fc.shuffledSubarray(story, { minLength: 4 }), (messages) => {
        expect(last([...messages, ...messages])).toEqual(told(7, 'canceled'));
      }),
    );
  });
});

describe('an order that filled completely', () => {
  it.each([
    [1_000, 1_000, true],
    [990, 1_000, true],
    [989, 1_000, false],
    [11, 12, true],
    [10, 12, false],
    [0.1, 0.9, false],
    [1.735, 1.75, true],
  ])('of %d completes a planned one of %d: %s', (filled, planned, as) => {
    expect(isAsPlanned(wholeShares(filled), wholeShares(planned))).toBe(as);
  });

  it('of whole shares completes a buy with a fraction that is not traded, and no sell', () => {
    const completes = (filled: number, planned: number, side: 'buy' | 'sell') =>
      isAsPlanned(wholeShares(filled), wholeShares(planned), side);
    expect(completes(10, 10.9, 'buy')).toBe(true);
    expect(completes(10, 10.9, 'sell')).toBe(false);
    expect([completes(9, 10.9, 'buy'), completes(9.5, 10.9, 'buy')]).toEqual([false, false]);
    expect(completes(0, 0.9, 'buy')).toBe(false);
  });
});
