/** One order reaches the broker once, whatever becomes of its requests. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import type { OrderCheck } from '#core/engine/execution/order-block.ts';
import { submitOrder } from '#core/engine/execution/submit-order.ts';
import { TradingError } from '#core/errors.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { NOW } from '#tests/support/desk.ts';
import { type FakeBroker, fakeBroker } from '#tests/support/fake-broker.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const ID = 'monthly-2026-12';
const BUY = intent(ID, 'buy', 'XLK', 30);
const SELL = intent(ID, 'sell', 'XLF', 20);
const TERMS = { qty: BUY.qty, limitPrice: undefined };
const going = new AbortController().signal;

function desk(order: OrderIntent = BUY) {
  const clock = leapingClock(NOW);
  const broker: FakeBroker = fakeBroker(clock);
  broker.setPrice('XLK', 100);
  const journal = memoryJournal(clock);
  journal.append(
    { kind: 'decision', decision: decision({ id: ID, cause: 'monthly', orders: [order] }) },
    { kind: 'intent', intent: order },
  );
  const parts = { broker, journal, clocks: { market: clock, wall: clock } };
  const managed = () => {
    const known = journal.book().managedOrders.get(order.clientOrderId);
    if (!known) throw new Error('no intent');
    return known;
  };
  const send = (
    check: () => Promise<OrderCheck> = async () => ({ kind: 'send', terms: TERMS }),
    signal = going,
  ) => submitOrder(parts, managed(), signal, check);
  const entries = <K extends Entry['kind']>(kind: K) =>
    journal
      .latest([kind], 50)
      .map(({ entry }) => entry)
      .toReversed();
  return { broker, clock, journal, managed, send, entries };
}

describe('an order', () => {
  it('is written down before its request leaves, and sent with the terms of the check', async () => {
    const { broker, clock, managed, send } = desk();
    const states: string[] = [];
    broker.behave(() => {
      states.push(managed().state);
      return { kind: 'open' };
    });
    const terms = { qty: wholeShares(12), limitPrice: '99.50' };
    await send(async () => ({ kind: 'send', terms }));
    expect(states).toEqual(['sending']);
    expect(broker.posts).toMatchObject([{ ...terms, clientOrderId: BUY.clientOrderId }]);
    expect(managed()).toMatchObject({ state: 'placed', sent: terms, tries: 1 });
    expect(clock.now()).toBe(NOW);
  });

  it('whose answer was lost is looked up and never sent again', async () => {
    const { broker, managed, send, entries } = desk();
    broker.behave(() => ({ kind: 'lost' }));
    expect(await send()).toBeUndefined();
    expect(await send()).toBeUndefined();
    expect(broker.posts).toHaveLength(1);
    expect(managed()).toMatchObject({ state: 'placed', order: { status: 'filled' } });
    expect(entries('unknown')).toMatchObject([{ try: 1, reason: 'the connection was reset' }]);
  });

  it('that does not arrive is sent three times under one id, each time looked up for 14 seconds', async () => {
    const { broker, clock, managed, send, entries } = desk();
    broker.behave(() => ({ kind: 'never-arrives' }));
    await expect(send()).rejects.toThrow(
      new TradingError(
        `XLK: whether the broker has order ${BUY.clientOrderId} is not known yet; nothing else is ` +
          'sent until it is',
        'retry',
      ),
    );
    expect(clock.now() - NOW).toBe(3 * 14_000);
    expect(new Set(broker.posts.map(({ clientOrderId }) => clientOrderId)).size).toBe(1);
    expect(broker.posts).toHaveLength(3);
    expect(managed()).toMatchObject({ state: 'sending', tries: 3 });
    // The next pass looks the order up once more, and its tries continue the count.
    await expect(send()).rejects.toThrow('not known yet');
    expect(entries('sending').map((entry) => 'try' in entry && entry.try)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(clock.now() - NOW).toBe(7 * 14_000);
  });

  it('refused when it is sent again may be there already, for ten minutes', async () => {
    const { broker, clock, managed, send, entries } = desk();
    broker.behave((_, post) =>
      post === 1 ? { kind: 'never-arrives' } : { kind: 'refused', reason: 'buying power' },
    );
    const looksUp = 14_000;
    await expect(send()).rejects.toThrow('not known yet');
    expect(managed()).toMatchObject({ state: 'sending', tries: 3 });
    expect(entries('unknown')).toMatchObject([
      { try: 1, reason: 'the connection was reset' },
      { try: 2, reason: 'buying power' },
      { try: 3, reason: 'buying power' },
    ]);
    clock.set(epochMs(NOW + 10 * 60_000 - looksUp - 1));
    // The fourth request leaves a moment before the ten minutes are over, the fifth after them.
    expect(await send()).toBeUndefined();
    expect(managed()).toMatchObject({ state: 'refused', refusal: 'buying power', tries: 5 });
    expect(entries('unknown')).toHaveLength(4);
  });

  it('refused ten minutes after its first request is not there', async () => {
    const { broker, clock, managed, send } = desk();
    broker.behave((_, post) =>
      post <= 3 ? { kind: 'never-arrives' } : { kind: 'refused', reason: 'buying power' },
    );
    await expect(send()).rejects.toThrow('not known yet');
    clock.set(epochMs(NOW + 10 * 60_000 - 14_000));
    await send();
    expect(managed()).toMatchObject({ state: 'refused', tries: 4 });
  });

  it('is looked up at once although Rotor is stopping', async () => {
    const { broker, managed, send } = desk();
    const stopping = new AbortController();
    broker.behave(() => {
      stopping.abort();
      return { kind: 'lost' };
    });
    await send(undefined, stopping.signal);
    expect(managed()).toMatchObject({ state: 'placed', order: { status: 'filled' } });
  });

  it('is looked up at once, after 1, 3 and 10 seconds', async () => {
    const { broker, clock, send } = desk();
    broker.behave(() => ({ kind: 'never-arrives' }));
    const asked: number[] = [];
    const { orderByClientId } = broker;
    broker.orderByClientId = async (id) => {
      asked.push(clock.now() - NOW);
      return orderByClientId(id);
    };
    await expect(send()).rejects.toThrow('not known yet');
    expect(asked.slice(0, 4)).toEqual([0, 1_000, 4_000, 14_000]);
  });

  it('of unknown outcome that is there after all is not sent again, whatever is checked', async () => {
    const { broker, managed, send } = desk();
    broker.behave(() => ({ kind: 'never-arrives' }));
    await expect(send()).rejects.toThrow('not known yet');
    broker.openByHand(BUY);
    expect(await send(() => Promise.reject(new Error('checked')))).toBeUndefined();
    expect(broker.posts).toHaveLength(3);
    expect(managed()).toMatchObject({ state: 'placed', order: { status: 'open' } });
  });

  it('found under its id with other shares halts trading', async () => {
    const { broker, send } = desk();
    broker.behave(() => ({ kind: 'never-arrives' }));
    broker.openByHand({ ...BUY, qty: wholeShares(31) });
    await expect(send()).rejects.toThrow('two desks trade this account');
  });

  it('is checked before each request', async () => {
    const { broker, send } = desk();
    broker.behave(() => ({ kind: 'never-arrives' }));
    const wait = { kind: 'wait', limit: 'MAX_ORDER_USD', reason: 'too much today' } as const;
    const block = await send(async () =>
      broker.posts.length < 2 ? { kind: 'send', terms: TERMS } : wait,
    );
    expect(block).toEqual(wait);
    expect(broker.posts).toHaveLength(2);
  });

  it('that was rejected is not sent again', async () => {
    const { broker, managed, send } = desk();
    broker.behave(() => ({ kind: 'refused', reason: 'insufficient buying power' }));
    await send();
    await send();
    expect(broker.posts).toHaveLength(1);
    expect(managed()).toMatchObject({ state: 'refused', refusal: 'insufficient buying power' });
  });
});

describe('between the check and the request', () => {
  const during = async (entry: Entry, order = BUY) => {
    const { broker, journal, send } = desk(order);
    const block = await send(async () => {
      journal.append(entry);
      return { kind: 'send', terms: { ...TERMS, qty: order.qty } };
    });
    return { block, posts: broker.posts.length };
  };

  it('a cancellation, a HALT, a stop of buying or the end of the rebalance holds the order back', async () => {
    const { clientOrderId } = BUY;
    expect(await during({ kind: 'cancel-requested', clientOrderId, by: 'ann' })).toMatchObject({
      ...{ posts: 0, block: { kind: 'refuse', reason: 'cancelled by ann' } },
    });
    const state = { kind: 'state', by: 'ann', reason: 'a look first' } as const;
    expect(await during({ ...state, state: 'HALT' }, SELL)).toMatchObject({
      ...{ posts: 0, block: { kind: 'wait', reason: 'trading is halted' } },
    });
    expect(await during({ ...state, state: 'REDUCE' })).toMatchObject({
      ...{ posts: 0, block: { kind: 'wait', reason: 'buying is stopped' } },
    });
    expect(await during({ ...state, state: 'REDUCE' }, SELL)).toMatchObject({ posts: 1 });
    const result = { kind: 'complete', left: [] } as const;
    expect(await during({ kind: 'finished', decisionId: ID, result })).toMatchObject({
      ...{ posts: 0, block: { kind: 'wait', reason: 'the rebalance has ended' } },
    });
  });
});

describe('a rejection', () => {
  it('is reported once for a line, and again when its alert has been resolved', async () => {
    const { broker, journal, send, entries } = desk();
    broker.behave(() => ({ kind: 'refused', reason: 'insufficient buying power' }));
    await send();
    const next = async (attempt: number): Promise<void> => {
      const clientOrderId = BUY.clientOrderId.replace(/1$/, String(attempt));
      const order = { ...BUY, attempt, clientOrderId };
      journal.append({ kind: 'intent', intent: order });
      const known = journal.book().managedOrders.get(clientOrderId);
      if (!known) throw new Error('no intent');
      const parts = {
        broker,
        journal,
        clocks: { market: leapingClock(NOW), wall: leapingClock(NOW) },
      };
      await submitOrder(parts, known, going, async () => ({ kind: 'send', terms: TERMS }));
    };
    for (const attempt of [2, 3, 10]) await next(attempt);
    expect(broker.posts).toHaveLength(4);
    expect(entries('alert')).toHaveLength(1);
    const subject = { about: 'refused-order', clientOrderId: BUY.clientOrderId } as const;
    journal.append({ kind: 'resolved', subject, text: 'It passed.' });
    await next(11);
    expect(entries('alert')).toHaveLength(2);
    expect(entries('refused')).toMatchObject(Array.from({ length: 5 }, () => ({ mayPass: true })));
  });

  it('for a reason that cannot pass is final', async () => {
    const { broker, send, entries } = desk();
    broker.behave(() => ({
      kind: 'refused',
      reason: `asset "${ticker('XLK')}" is not fractionable`,
    }));
    await send();
    expect(entries('refused')[0]).not.toHaveProperty('mayPass');
  });
});
