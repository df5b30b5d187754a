/** What the broker's reports change in our orders. */
import { describe, expect, it } from 'vitest';
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import {
  isBehind,
  isManagedOrderFinal,
  isOrderFinal,
  isOverdue,
  isSame,
  isSessionOver,
  isUnseen,
  orderEntries,
  ordersById,
  withoutRepeats,
} from '#core/engine/execution/managed-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { book, NOW } from '#tests/support/desk.ts';
import { execution, managedOrder, reported } from '#tests/support/orders.ts';

const BUY = intent('monthly-2026-12', 'buy', 'XLK', 30);
const SELL = intent('monthly-2026-12', 'sell', 'XLF', 20);

const withOrders = (...orders: readonly ManagedOrder[]): AccountState => ({
  ...book(),
  managedOrders: new Map(orders.map((each) => [each.intent.clientOrderId, each])),
});

describe('the broker’s order under our id', () => {
  it('is ours if ticker, side and shares are those that were sent', () => {
    const sent = managedOrder(BUY, { sent: { qty: wholeShares(25), limitPrice: undefined } });
    expect(isSame(managedOrder(BUY), reported(BUY, 0))).toBe(true);
    expect(isSame(managedOrder(BUY), reported(BUY, 0, { ticker: ticker('XLF') }))).toBe(false);
    expect(isSame(managedOrder(BUY), reported(BUY, 0, { side: 'sell' }))).toBe(false);
    expect(isSame(managedOrder(BUY), reported(BUY, 0, { qty: wholeShares(31) }))).toBe(false);
    expect(isSame(managedOrder(BUY), reported(BUY, 0, { qty: wholeShares(29) }))).toBe(false);
    expect(isSame(sent, reported(BUY, 0))).toBe(false);
    expect(isSame(sent, reported(BUY, 0, { qty: wholeShares(25) }))).toBe(true);
  });

  it('halts trading if it is another one, but not if it is of another installation or nobody’s', () => {
    const other = reported(BUY, 0, { qty: wholeShares(31) });
    expect(() => orderEntries(withOrders(managedOrder(BUY)), [other])).toThrow('two desks trade');
    expect(orderEntries(book(), [other])).toEqual([]);
    const recovered = {
      ...withOrders(managedOrder(BUY)),
      recoveredOrders: new Set([BUY.clientOrderId]),
    };
    expect(orderEntries(recovered, [other])).toEqual([]);
  });

  it('is recorded when more is filled or when it has ended, and not twice', () => {
    const known = withOrders(managedOrder(BUY, { order: reported(BUY, 10) }));
    const more = reported(BUY, 11);
    const ended = reported(BUY, 10, { status: 'canceled', brokerStatus: 'canceled' });
    expect(orderEntries(known, [reported(BUY, 10), reported(BUY, 9)])).toEqual([]);
    expect(orderEntries(known, [more])).toEqual([{ kind: 'order', order: more }]);
    expect(orderEntries(known, [ended])).toEqual([{ kind: 'order', order: ended }]);
  });
});

describe('a late fill', () => {
  const late = (known: Partial<ManagedOrder>, filled: number, of = BUY) =>
    orderEntries(withOrders(managedOrder(of, known)), [reported(of, filled)]).flatMap((entry) =>
      entry.kind === 'alert' ? [entry.alert.text] : [],
    );
  const cancelled = (filled: number, of = BUY) =>
    reported(of, filled, { status: 'canceled', brokerStatus: 'canceled' });

  it('of an order that had ended has an alert about the shares that are new', () => {
    expect(late({ order: cancelled(10) }, 14)).toEqual([
      '4 XLK bought by an order that had ended before (cancelled).',
    ]);
    expect(late({ order: cancelled(0, SELL) }, 1, SELL)).toEqual([
      '1 XLF sold by an order that had ended before (cancelled).',
    ]);
    expect(late({ order: cancelled(10) }, 10)).toEqual([]);
  });

  it('of an order that a person set aside names the person', () => {
    const known = { order: reported(BUY, 5), setAsideBy: 'ann' };
    expect(late({ ...known, order: reported(BUY, 0) }, 30)).toEqual([
      '30 XLK bought by an order that ann had set aside.',
    ]);
    const ended = orderEntries(withOrders(managedOrder(BUY, known)), [cancelled(5)]);
    expect(ended).toEqual([{ kind: 'order', order: cancelled(5) }]);
  });

  it('is none while the order is open, nor of one that is seen for the first time', () => {
    expect(late({ order: reported(BUY, 0) }, 30)).toEqual([]);
    expect(late({ order: undefined, setAsideBy: 'ann' }, 30)).toEqual([]);
  });
});

describe('executions that the broker sends again under another id', () => {
  const known = execution(BUY, 'fill-1', 10);
  const orders = (filled: number) => new Map([[known.orderId, reported(BUY, filled)]]);
  const kept = (filled: number, ...fills: Parameters<typeof withoutRepeats>[2]) => {
    const ours = managedOrder(BUY, { order: reported(BUY, filled), fills: [known] });
    return withoutRepeats(withOrders(ours), orders(filled), fills).map(({ id }) => id);
  };
  const again = execution(BUY, 'fill-2', 10);

  it('are left out if the order has not filled so much', () => {
    expect(kept(10, again)).toEqual([]);
    expect(kept(19, again)).toEqual([]);
  });

  it('are kept while the order has filled as much, also of the same size at the same instant', () => {
    expect(kept(20, again)).toEqual(['fill-2']);
    expect(kept(20, again, execution(BUY, 'fill-3', 10))).toEqual(['fill-2']);
    expect(kept(30, again, execution(BUY, 'fill-3', 10))).toEqual(['fill-2', 'fill-3']);
  });

  it('are kept if shares, price or time differ, or if they are the booked one itself', () => {
    expect(kept(10, execution(BUY, 'fill-2', 9))).toEqual(['fill-2']);
    expect(kept(10, { ...again, price: 100.01 })).toEqual(['fill-2']);
    expect(kept(10, { ...again, at: epochMs(NOW + 1) })).toEqual(['fill-2']);
    expect(kept(10, known)).toEqual(['fill-1']);
  });

  it('are compared with each execution of the order, not only with the first', () => {
    const second = execution(BUY, 'fill-2', 5);
    const ours = managedOrder(BUY, { order: reported(BUY, 15), fills: [known, second] });
    const found = withoutRepeats(withOrders(ours), orders(15), [
      { ...second, id: 'fill-9' },
      { ...second },
    ]);
    expect(found.map(({ id }) => id)).toEqual(['fill-2']);
  });

  it('are left out of somebody else’s order too, and of one of ours that was just found', () => {
    const byHand = { ...book(), externalFills: [known] };
    expect(withoutRepeats(byHand, orders(10), [again])).toEqual([]);
    expect(withoutRepeats(byHand, orders(10), [known])).toEqual([known]);
    expect(withoutRepeats(byHand, orders(20), [again])).toEqual([again]);
    expect(withoutRepeats(withOrders(managedOrder(BUY)), orders(10), [known, again])).toEqual([
      known,
    ]);
  });

  it('are kept where none is known, or how much the order filled is not', () => {
    expect(withoutRepeats(book(), orders(10), [again])).toEqual([again]);
    const ours = managedOrder(BUY, { order: reported(BUY, 10), fills: [known] });
    expect(withoutRepeats(withOrders(ours), new Map(), [again])).toEqual([again]);
  });
});

describe('one of our orders', () => {
  const filled = reported(BUY, 30, { status: 'filled', brokerStatus: 'filled' });
  const [half, rest] = [execution(BUY, 'fill-1', 14), execution(BUY, 'fill-2', 16)];

  it('is behind while the broker reports more filled than the executions booked', () => {
    expect(isBehind(managedOrder(BUY, { order: filled, fills: [half] }))).toBe(true);
    expect(isBehind(managedOrder(BUY, { order: filled, fills: [half, rest] }))).toBe(false);
    expect(isBehind(managedOrder(BUY, { order: reported(BUY, 0) }))).toBe(false);
    expect(isBehind(managedOrder(BUY))).toBe(false);
  });

  it('can change no more once it was refused, or has ended with every execution booked', () => {
    const states: readonly [Partial<ManagedOrder>, boolean, boolean][] = [
      [{ order: filled, fills: [half] }, false, true],
      [{ order: filled, fills: [half, rest] }, true, true],
      [{ order: reported(BUY, 0) }, false, false],
      [{ state: 'refused' }, true, true],
      [{ state: 'sending' }, false, false],
    ];
    for (const [changes, isDone, isOver] of states) {
      const order = managedOrder(BUY, changes);
      expect([isManagedOrderFinal(order), isOrderFinal(order)]).toEqual([isDone, isOver]);
    }
  });

  it('is overdue while the broker calls it open half an hour after its session', () => {
    const overdue = (changes: Partial<ManagedOrder>, hour: number) => {
      const now = newYorkInstant(sessionDate('2026-11-23'), hour * 60);
      return isOverdue(managedOrder(BUY, changes), now);
    };
    expect(overdue({ order: reported(BUY, 0) }, 17)).toBe(true);
    expect(overdue({ order: reported(BUY, 0) }, 16)).toBe(false);
    expect(overdue({ order: filled }, 17)).toBe(false);
    expect(overdue({ state: 'sending' }, 17)).toBe(false);
  });

  it('may not be seen yet for ten minutes after its last request, while its outcome is unknown', () => {
    const unseen = (ms: number, changes: Partial<ManagedOrder> = {}) =>
      isUnseen(managedOrder(BUY, { state: 'sending', ...changes }), epochMs(NOW + ms));
    expect([unseen(0), unseen(599_999), unseen(600_000)]).toEqual([true, true, false]);
    expect(unseen(0, { state: 'placed' })).toBe(false);
    expect(unseen(0, { sentAt: undefined })).toBe(false);
  });

  it('is found by the broker’s id once the broker has reported it', () => {
    const both = withOrders(managedOrder(BUY, { order: filled }), managedOrder(SELL));
    expect([...ordersById(both)]).toEqual([[filled.id, filled]]);
  });

  it('is over half an hour after the close of the session in which it was last sent', () => {
    const ny = (day: string, hour: number, minute: number) =>
      newYorkInstant(sessionDate(day), hour * 60 + minute);
    const sent = managedOrder(BUY, {
      at: ny('2026-11-09', 11, 0),
      sentAt: ny('2026-11-10', 11, 0),
    });
    expect(isSessionOver(sent, ny('2026-11-10', 16, 30))).toBe(false);
    expect(isSessionOver(sent, epochMs(ny('2026-11-10', 16, 30) + 1))).toBe(true);
    const unsent = { ...sent, sentAt: undefined };
    expect(isSessionOver(unsent, ny('2026-11-10', 11, 0))).toBe(true);
    const evening = { ...sent, sentAt: ny('2026-11-10', 18, 0) };
    expect(isSessionOver(evening, ny('2026-11-11', 16, 30))).toBe(false);
  });
});
