import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLIENT_ORDER_PREFIX,
  type ClientOrderKey,
  clientOrderId,
  isAsPlanned,
} from '#core/domain/order.ts';
import { ticker, wholeShares } from '#core/domain/units.ts';

const KEY: ClientOrderKey = {
  accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
  decisionId: 'monthly-2026-12',
  ticker: ticker('XLK'),
  side: 'buy',
  attempt: 1,
};

describe('a client order id', () => {
  it('is a pure function of account, decision, ticker, side and attempt', () => {
    expect(clientOrderId(KEY)).toBe('rotor-a1b2c3d40000-monthly-2026-12-XLK-b-1');
    expect(clientOrderId({ ...KEY })).toBe(clientOrderId(KEY));
    expect(clientOrderId(KEY).startsWith(CLIENT_ORDER_PREFIX)).toBe(true);
  });

  it('differs where any part differs', () => {
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
      fc.property(key, key, (one, two) => {
        expect(clientOrderId(one) === clientOrderId(two)).toBe(text(one) === text(two));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused when the broker would refuse it, over 128 characters', () => {
    const decisionId = 'x'.repeat(128);
    expect(() => clientOrderId({ ...KEY, decisionId })).toThrow(/at most 128 characters/);
  });
});

describe('an order that filled in full', () => {
  it.each([
    [1_000, 1_000, true],
    [990, 1_000, true],
    [989, 1_000, false],
    [11, 12, true],
    [10, 12, false],
  ])('of %d carries out a planned one of %d: %s', (filled, planned, as) => {
    expect(isAsPlanned(wholeShares(filled), wholeShares(planned))).toBe(as);
  });
});
