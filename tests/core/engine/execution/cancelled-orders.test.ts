/** Orders that a person cancelled. */
import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { epochMs } from '#core/domain/units.ts';
import {
  cancelRequested,
  cancelRequestedOrders,
  mayWriteOff,
} from '#core/engine/execution/cancelled-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { managedOrder } from '#tests/support/orders.ts';
import { at, START, type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const ID = BUY.clientOrderId;
const MINUTE = 60_000;

/** An order that is open at the broker. */
function open(desk: World, of = BUY): void {
  const { clientOrderId } = of;
  desk.parts.journal.append(
    { kind: 'intent', intent: of },
    { kind: 'sending', clientOrderId, try: 1 },
    { kind: 'order', order: desk.broker.openByHand(of) },
  );
}

const cancel = (desk: World, clientOrderId = ID) =>
  desk.parts.journal.append({ kind: 'cancel-requested', clientOrderId, by: 'ann' });

describe('an order that a person cancelled', () => {
  it('is not sent any more, and the person is named', () => {
    const desk = world();
    expect(cancelRequested(desk.parts, ID)).toBeUndefined();
    open(desk);
    expect(cancelRequested(desk.parts, ID)).toBeUndefined();
    cancel(desk);
    expect(cancelRequested(desk.parts, ID)).toEqual({
      ...{ kind: 'refuse', limit: 'taken back', reason: 'cancelled by ann' },
    });
  });

  it('may be written off ten minutes after its last request, and no other order ever', () => {
    const desk = world();
    const may = (minutes: number, changes: Partial<ManagedOrder> = {}) => {
      desk.clock.set(epochMs(START + minutes * MINUTE));
      const sent = { state: 'sending', sentAt: START, cancelRequestedBy: 'ann' } as const;
      return mayWriteOff(desk.parts, managedOrder(BUY, { ...sent, ...changes }));
    };
    expect([may(0), may(9.999), may(10), may(11)]).toEqual([false, false, true, true]);
    expect(may(60, { cancelRequestedBy: undefined })).toBe(false);
    expect(may(60, { sentAt: undefined })).toBe(false);
    expect(mayWriteOff(desk.parts, undefined)).toBe(false);
  });
});

describe('asking the broker to cancel', () => {
  it('is done once in a pass for each order that is still open', async () => {
    const desk = world();
    const other = intent('monthly-2024-07', 'buy', 'XLE', 3);
    open(desk);
    open(desk, other);
    desk.answers.cancel = async (id) => void desk.broker.cancels.push(id);
    const asked = new Set<string>();
    await cancelRequestedOrders(desk.parts, asked);
    expect(desk.broker.cancels).toEqual([]);
    cancel(desk);
    await cancelRequestedOrders(desk.parts, asked);
    await cancelRequestedOrders(desk.parts, asked);
    expect(desk.broker.cancels).toEqual(['order-1']);
    await cancelRequestedOrders(desk.parts, new Set());
    expect(desk.broker.cancels).toEqual(['order-1', 'order-1']);
  });

  it('is left out for an order that the broker has not reported, or that has ended', async () => {
    const desk = world();
    desk.parts.journal.append({ kind: 'intent', intent: BUY });
    cancel(desk);
    await cancelRequestedOrders(desk.parts, new Set());
    const ended = intent('monthly-2024-07', 'buy', 'XLE', 3);
    open(desk, ended);
    desk.broker.progress(ended.clientOrderId, { status: 'expired' });
    const [order] = await desk.broker.orders(epochMs(0));
    if (order) desk.parts.journal.append({ kind: 'order', order });
    cancel(desk, ended.clientOrderId);
    await cancelRequestedOrders(desk.parts, new Set());
    expect(desk.broker.cancels).toEqual([]);
  });

  it('is skipped once its session is over, while the others are still cancelled', async () => {
    const desk = world();
    open(desk);
    cancel(desk);
    desk.clock.set(at('2024-07-02', '09:36'));
    const today = intent('monthly-2024-07', 'buy', 'XLE', 3);
    open(desk, today);
    cancel(desk, today.clientOrderId);
    await cancelRequestedOrders(desk.parts, new Set());
    expect(desk.broker.cancels).toEqual(['order-2']);
  });
});
