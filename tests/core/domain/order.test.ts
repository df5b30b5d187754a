import { describe, expect, it } from 'vitest';
import { advances, type Order } from '#core/domain/order.ts';
import { epochMs, ticker, wholeShares } from '#core/domain/units.ts';

function order(brokerStatus: string, filled: number, status: Order['status'] = 'open'): Order {
  return {
    id: 'o',
    clientOrderId: 'rotor-1',
    ticker: ticker('XLK'),
    side: 'buy',
    qty: wholeShares(10),
    filledQty: wholeShares(filled),
    averagePrice: filled > 0 ? 100 : undefined,
    status,
    brokerStatus,
    submittedAt: epochMs(0),
    updatedAt: epochMs(0),
  };
}

describe('what the broker says of an order', () => {
  it('is news when nothing is known, more is filled, or the state is another', () => {
    expect(advances(undefined, order('new', 0))).toBe(true);
    expect(advances(order('new', 0), order('partially_filled', 4))).toBe(true);
    expect(advances(order('partially_filled', 4), order('pending_cancel', 4))).toBe(true);
    expect(advances(order('pending_cancel', 4), order('canceled', 4, 'canceled'))).toBe(true);
    expect(advances(order('new', 0), order('new', 0))).toBe(false);
  });

  it('never fills less than was filled before', () => {
    expect(advances(order('partially_filled', 4), order('new', 0))).toBe(false);
    expect(advances(order('partially_filled', 4), order('canceled', 3, 'canceled'))).toBe(false);
  });

  it('never leaves a final state, but for a fill that was told late', () => {
    const canceled = order('canceled', 4, 'canceled');
    expect(advances(canceled, order('partially_filled', 4))).toBe(false);
    expect(advances(canceled, order('expired', 4, 'expired'))).toBe(false);
    expect(advances(canceled, order('canceled', 5, 'canceled'))).toBe(true);
  });
});
