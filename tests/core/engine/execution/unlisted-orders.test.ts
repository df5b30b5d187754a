/** Orders that may be at the broker without being listed count against the limits as open orders. */
import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate, wholeShares } from '#core/domain/units.ts';
import { unlistedOrders } from '#core/engine/execution/unlisted-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { managedOrder, reported } from '#tests/support/orders.ts';

const BUY = intent('monthly-2026-11', 'buy', 'XLK', 30);
const SENT = newYorkInstant(sessionDate('2026-11-10'), 11 * 60);
const NEXT_DAY = newYorkInstant(sessionDate('2026-11-11'), 11 * 60);
const own = { at: epochMs(SENT - 60_000), sentAt: SENT };

describe('an order that the broker does not list', () => {
  it('counts while its outcome is unknown, as it was sent', () => {
    const sent = { qty: wholeShares(25), limitPrice: '101.50' };
    const sending = managedOrder(BUY, { ...own, state: 'sending', sent });
    expect(unlistedOrders([sending], [], SENT)).toEqual([
      {
        ...{ id: BUY.clientOrderId, clientOrderId: BUY.clientOrderId, ticker: 'XLK', side: 'buy' },
        ...{ qty: wholeShares(25), filledQty: 0, averagePrice: undefined, limitPrice: 101.5 },
        ...{ status: 'open', brokerStatus: 'unknown', submittedAt: SENT, updatedAt: SENT },
      },
    ]);
  });

  it('counts with the shares of its intent, at market, where its terms were not written down', () => {
    const old = managedOrder(BUY, { ...own, sentAt: undefined, state: 'sending' });
    expect(unlistedOrders([old], [], SENT)).toMatchObject([
      { qty: wholeShares(30), limitPrice: undefined, submittedAt: own.at, updatedAt: own.at },
    ]);
  });

  it('counts once its session is over while the broker still calls it open', () => {
    const order = reported(BUY, 10);
    const open = managedOrder(BUY, { ...own, order });
    expect(unlistedOrders([open], [], NEXT_DAY)).toEqual([order]);
    expect(unlistedOrders([open], [], SENT)).toEqual([]);
  });

  it('does not count when it has ended, was never sent, was refused, or is listed', () => {
    const ended = reported(BUY, 10, { status: 'canceled', brokerStatus: 'canceled' });
    const changes = [
      { order: ended },
      { state: 'planned', sentAt: undefined },
      { state: 'refused' },
      // As far as a refused order has one at all, it is not trusted.
      { state: 'refused', order: reported(BUY, 0) },
      {},
    ] as const;
    for (const each of changes) {
      expect(unlistedOrders([managedOrder(BUY, { ...own, ...each })], [], NEXT_DAY)).toEqual([]);
    }
    const sending = managedOrder(BUY, { ...own, state: 'sending' });
    expect(unlistedOrders([sending], [reported(BUY, 0)], SENT)).toEqual([]);
  });
});
