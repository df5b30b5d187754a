/** Following orders until they are final, and booking their executions. */
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import {
  awaitFinal,
  bookFills,
  readOrders,
  refreshOrders,
} from '#core/engine/execution/track-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { execution, reported } from '#tests/support/orders.ts';
import { START, type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const OTHER = intent('monthly-2024-07', 'buy', 'XLE', 3);
const MINUTE = 60_000;
const going = new AbortController().signal;

/** Orders that are open at the broker, sent now. */
function desk(...orders: readonly OrderIntent[]): World {
  const made = world();
  for (const of of orders) {
    const { clientOrderId } = of;
    made.parts.journal.append(
      { kind: 'intent', intent: of },
      { kind: 'sending', clientOrderId, try: 1 },
      { kind: 'order', order: made.broker.openByHand(of) },
    );
  }
  return made;
}

describe('reading our orders', () => {
  it('asks from a minute before, and records only what is new', async () => {
    const made = desk(BUY);
    const asked: number[] = [];
    made.answers.orders = async (since) => {
      asked.push(since);
      return made.broker.orders(since);
    };
    await readOrders(made.parts, START);
    expect(asked).toEqual([START - MINUTE]);
    expect(made.entries('order')).toHaveLength(1);
    made.broker.progress(BUY.clientOrderId, { fill: 4 });
    await readOrders(made.parts, START);
    expect(made.managedOrders()[0]?.order?.filledQty).toBe(4e9);
    expect(made.entries('fill')).toEqual([]);
  });
});

describe('booking executions', () => {
  it('asks for them from a minute before the first order that lacks one', async () => {
    const made = desk(OTHER);
    made.clock.set(epochMs(START + 5 * MINUTE));
    const asked: number[] = [];
    made.answers.fills = async (since) => {
      asked.push(since);
      return made.broker.fills(since);
    };
    await bookFills(made.parts);
    expect(asked).toEqual([]);
    made.broker.progress(OTHER.clientOrderId, { fill: 3 });
    await refreshOrders(made.parts, START);
    expect(asked).toEqual([START - MINUTE]);
    expect(made.entries('fill')).toMatchObject([{ clientOrderId: OTHER.clientOrderId }]);
    await bookFills(made.parts);
    expect(asked).toHaveLength(1);
  });

  it('asks from the first of several orders that lack one', async () => {
    const made = desk(OTHER);
    made.broker.progress(OTHER.clientOrderId, { fill: 3 });
    made.clock.set(epochMs(START + 5 * MINUTE));
    const { clientOrderId } = BUY;
    made.parts.journal.append(
      { kind: 'intent', intent: BUY },
      { kind: 'sending', clientOrderId, try: 1 },
      { kind: 'order', order: made.broker.openByHand(BUY) },
    );
    made.broker.progress(clientOrderId, { fill: 30 });
    await refreshOrders(made.parts, START);
    expect(made.entries('fill')).toHaveLength(2);
  });

  it('leaves those of other orders, and repeats under another id, to nobody', async () => {
    const made = desk(BUY);
    const order = reported(BUY, 10, { id: 'order-1', brokerStatus: 'partially_filled' });
    made.parts.journal.append({ kind: 'order', order });
    const fill = execution(BUY, 'f1', 4, { orderId: 'order-1' });
    made.answers.fills = async () => [
      ...[fill, { ...fill, id: 'f1 again', qty: 7e9 as never }],
      execution({ ...BUY, clientOrderId: 'by-hand' }, 'f2', 1),
    ];
    await bookFills(made.parts);
    expect(made.entries('fill').map((each) => each.fill.id)).toEqual(['f1', 'f1 again']);
    const again = desk(BUY);
    again.parts.journal.append({ kind: 'order', order });
    again.answers.fills = async () => [fill, { ...fill, id: 'same' }, { ...fill, id: 'third' }];
    await bookFills(again.parts);
    // Two of four shares fit into the ten that have filled; a third one is a repetition.
    expect(again.entries('fill').map((each) => each.fill.id)).toEqual(['f1', 'same']);
  });
});

describe('waiting for orders', () => {
  const wait = (made: World, signal = going) =>
    awaitFinal(made.parts, () => made.managedOrders(), signal);

  it('does not ask at once: the answers to the requests are only a moment old', async () => {
    const made = desk(BUY);
    made.answers.orders = async () => {
      throw new Error('asked');
    };
    const done = reported(BUY, 0, { id: 'order-1', status: 'canceled', brokerStatus: 'canceled' });
    made.parts.journal.append({ kind: 'order', order: done });
    expect(await wait(made)).toBe('final');
    expect(made.clock.now()).toBe(START);
  });

  it('ends when every order has ended, whether or not its executions are booked', async () => {
    const made = desk(BUY, OTHER);
    let looks = 0;
    made.answers.orders = async (since) => {
      looks += 1;
      if (looks === 2) made.broker.progress(BUY.clientOrderId, { fill: 30 });
      if (looks === 4) made.broker.progress(OTHER.clientOrderId, { status: 'expired' });
      return made.broker.orders(since);
    };
    expect(await wait(made)).toBe('final');
    expect(looks).toBe(4);
    expect(made.entries('fill')).toEqual([]);
  });

  it('asks again after 5 seconds without an update', async () => {
    const made = desk(BUY);
    const asked: number[] = [];
    made.answers.orders = async (since) => {
      asked.push(made.clock.now() - START);
      if (asked.length === 4) made.broker.progress(BUY.clientOrderId, { status: 'expired' });
      return made.broker.orders(since);
    };
    await wait(made);
    expect(asked).toEqual([5_000, 10_000, 15_000, 20_000]);
  });

  it('after updates asks sooner: after 3, 4 and then 5 seconds', async () => {
    const made = desk(BUY);
    made.answers.onOrderUpdate = (listener) => {
      // An update arrives at once; time does not pass while somebody waits for it.
      listener({ clientOrderId: BUY.clientOrderId, event: 'fill' });
      return () => {};
    };
    const { sleep } = made.clock;
    const clock = {
      ...made.clock,
      sleep: (ms: number) => (ms === 5_000 ? new Promise<void>(() => {}) : sleep(ms)),
    };
    const asked: number[] = [];
    made.answers.orders = async (since) => {
      asked.push(made.clock.now() - START);
      if (asked.length === 2) made.broker.progress(BUY.clientOrderId, { status: 'expired' });
      return made.broker.orders(since);
    };
    const parts = { ...made.parts, clocks: { market: clock, wall: clock } };
    await awaitFinal(parts, () => made.managedOrders(), going);
    expect(asked).toEqual([3_000, 7_000]);
  });

  it('stops listening for updates at each look, and at the end', async () => {
    const made = desk(BUY);
    let [listening, most] = [0, 0];
    made.answers.onOrderUpdate = () => {
      listening += 1;
      most = Math.max(most, listening);
      return () => {
        listening -= 1;
      };
    };
    let looks = 0;
    made.answers.orders = async (since) => {
      looks += 1;
      if (looks === 2) made.broker.progress(BUY.clientOrderId, { status: 'expired' });
      return made.broker.orders(since);
    };
    await wait(made);
    expect([listening, most]).toEqual([0, 1]);
  });

  it('asks to cancel an order that rests for a minute, and again a minute later', async () => {
    const made = desk(BUY, OTHER);
    const asked: (readonly [string, number])[] = [];
    made.answers.cancel = async (id) => {
      asked.push([id, made.clock.now() - START]);
    };
    made.broker.progress(OTHER.clientOrderId, { fill: 3 });
    expect(await wait(made)).toBe('still open');
    expect(asked.slice(0, 3)).toEqual([
      ['order-1', MINUTE],
      ['order-1', 2 * MINUTE],
      ['order-1', 3 * MINUTE],
    ]);
  });

  it('counts the minute from the last request of the order, and not from its record', async () => {
    const made = desk(BUY);
    made.clock.set(epochMs(START + 30_000));
    made.parts.journal.append({ kind: 'sending', clientOrderId: BUY.clientOrderId, try: 2 });
    const asked: number[] = [];
    made.answers.cancel = async () => {
      asked.push(made.clock.now() - START);
      made.broker.progress(BUY.clientOrderId, { status: 'canceled' });
    };
    await wait(made);
    expect(asked).toEqual([30_000 + MINUTE]);
  });

  it('pauses after ten minutes', async () => {
    const made = desk(BUY);
    made.answers.cancel = async () => {};
    expect(await wait(made)).toBe('still open');
    expect(made.clock.now() - START).toBe(10 * MINUTE + 5_000);
  });

  it('reads the orders from the first of them on', async () => {
    const made = desk(BUY);
    made.clock.set(epochMs(START + MINUTE));
    const { clientOrderId } = OTHER;
    made.parts.journal.append(
      { kind: 'intent', intent: OTHER },
      { kind: 'sending', clientOrderId, try: 1 },
      { kind: 'order', order: made.broker.openByHand(OTHER) },
    );
    const asked: number[] = [];
    made.answers.orders = async (since) => {
      asked.push(since);
      for (const of of [BUY, OTHER]) made.broker.progress(of.clientOrderId, { status: 'expired' });
      return made.broker.orders(since);
    };
    await wait(made);
    expect(asked).toEqual([START - MINUTE]);
  });
});
