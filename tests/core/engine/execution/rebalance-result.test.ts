/** What a rebalance did and what it left undone, in sentences. */
import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import { qty, wholeShares } from '#core/domain/units.ts';
import {
  leftAlert,
  lineName,
  newPlanEnds,
  openOrdersOver,
  orderLine,
  resultOf,
} from '#core/engine/execution/rebalance-result.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { alert, book } from '#tests/support/desk.ts';
import { managedOrder, reported } from '#tests/support/orders.ts';

const ID = 'monthly-2026-12';
const BUY = intent(ID, 'buy', 'XLK', 30);
const SELL = intent(ID, 'sell', 'XLK', 20);
const DECIDED = decision({ id: ID, cause: 'monthly', orders: [SELL, BUY] });

const ended = (of: typeof BUY, filled: number, changes: Partial<ManagedOrder> = {}) =>
  managedOrder(of, {
    order: reported(of, filled, { status: 'canceled', brokerStatus: 'canceled' }),
    ...changes,
  });
const filled = (of: typeof BUY, shares: number) =>
  managedOrder(of, { order: reported(of, shares, { status: 'filled', brokerStatus: 'filled' }) });
/** The sentence about the buy; the sell was filled. */
const told = (orders: readonly ManagedOrder[], cut?: string) =>
  resultOf(
    DECIDED,
    [filled(SELL, 20), ...orders],
    new Map(cut === undefined ? [] : [['buy XLK', cut]]),
  ).left;

describe('the result of a rebalance', () => {
  it('is complete when everything was filled, each line by its own orders', () => {
    expect(resultOf(DECIDED, [filled(SELL, 20), filled(BUY, 30)])).toEqual({
      ...{ kind: 'complete', left: [] },
    });
    expect(resultOf(DECIDED, [filled(SELL, 20)])).toEqual({
      ...{ kind: 'partial', left: ['buy XLK: not sent'] },
    });
    expect(told([ended(BUY, 10), filled(BUY, 20)])).toEqual([]);
    expect(told([filled(BUY, 30), ended(BUY, 0)])).toEqual([]);
    const other = intent(ID, 'buy', 'XLE', 5);
    const two = decision({ id: ID, cause: 'monthly', orders: [BUY, other] });
    expect(resultOf(two, [filled(BUY, 30)]).left).toEqual(['buy XLE: not sent']);
  });

  it('is complete where the last order filled in full and about as much as planned', () => {
    const most = { ...BUY, qty: wholeShares(29) };
    expect(told([filled(most, 29)])).toEqual([]);
    expect(told([ended(BUY, 29)])).toEqual(['buy XLK: 29 of 30 filled, then cancelled']);
    expect(told([filled({ ...BUY, qty: wholeShares(20) }, 20)])).toEqual([
      'buy XLK: 20 of 30 filled, then reduced to what cash and limits allow',
    ]);
  });

  it('names who or what ended the line, before Rotor’s own reason and the broker’s', () => {
    expect(told([ended(BUY, 0)])).toEqual(['buy XLK: not filled: cancelled']);
    expect(told([ended(BUY, 0)], 'too large')).toEqual(['buy XLK: not filled: too large']);
    expect(told([], 'too large')).toEqual(['buy XLK: not sent: too large']);
    expect(told([ended(BUY, 0, { cancelRequestedBy: 'ann' })], 'too large')).toEqual([
      'buy XLK: not filled: cancelled by ann',
    ]);
    expect(told([ended(BUY, 4, { setAsideBy: 'ann', cancelRequestedBy: 'bob' })])).toEqual([
      'buy XLK: 4 of 30 filled, then set aside by ann',
    ]);
    const refused = managedOrder(BUY, { state: 'refused', refusal: 'no' });
    expect(told([ended(BUY, 4), refused])).toEqual(['buy XLK: 4 of 30 filled, then refused: no']);
    expect(told([refused])).toEqual(['buy XLK: not sent: refused: no']);
    expect(told([ended(BUY, 0), refused])).toEqual(['buy XLK: not filled: refused: no']);
  });

  it('says of an order of unknown outcome neither that it was sent nor that it was not', () => {
    const sending = managedOrder(BUY, { state: 'sending' });
    expect(told([sending])).toEqual(['buy XLK: outcome unknown']);
    expect(told([{ ...sending, cancelRequestedBy: 'ann' }])).toEqual([
      'buy XLK: outcome unknown, cancelled by ann',
    ]);
    expect(told([ended(BUY, 10), sending], 'too large')).toEqual([
      'buy XLK: 10 of 30 filled, then outcome unknown, too large',
    ]);
    expect(told([ended(BUY, 10), sending])).toEqual([
      'buy XLK: 10 of 30 filled, then outcome unknown',
    ]);
  });

  it('does not call an order cancelled that filled in spite of it', () => {
    const order = reported(BUY, 20, { status: 'filled', brokerStatus: 'filled' });
    const late = managedOrder(BUY, { order, cancelRequestedBy: 'ann' });
    expect(told([late])).toEqual([
      'buy XLK: 20 of 30 filled, then reduced to what cash and limits allow',
    ]);
  });
});

describe('the alert about what was left', () => {
  const text = (...given: Parameters<typeof leftAlert>) => leftAlert(...given)?.text;

  it('leaves out what people cancelled and what has an alert of its own', () => {
    const sold = filled(SELL, 20);
    expect(text(DECIDED, [sold, filled(BUY, 30)])).toBeUndefined();
    expect(text(DECIDED, [sold])).toBe('buy XLK: not sent');
    expect(text(DECIDED, [sold, ended(BUY, 0)])).toBe('buy XLK: not filled: cancelled');
    expect(text(DECIDED, [sold, ended(BUY, 0, { cancelRequestedBy: 'ann' })])).toBeUndefined();
    const refused = managedOrder(BUY, { state: 'refused', refusal: 'no' });
    expect(text(DECIDED, [sold, refused])).toBeUndefined();
    expect(text(DECIDED, [refused], new Map([['sell XLK', 'no price']]))).toBe(
      'sell XLK: not sent: no price',
    );
    expect(text(DECIDED, [sold, refused], undefined, ['its time is over'])).toBe(
      'its time is over',
    );
  });

  it('says what a person can do about it', () => {
    expect(leftAlert(DECIDED, [])).toMatchObject({
      subject: { about: 'left-undone', decisionId: ID },
      remedy: 'The next rebalance starts from the current holdings.',
      advice: { code: 'left-undone' },
    });
    const flatten = decision({ id: 'flatten-2026-12-01', cause: 'manual', orders: [SELL] });
    expect(leftAlert(flatten, [])?.remedy).toMatch(/flatten once more/);
    expect(leftAlert(flatten, [])).not.toHaveProperty('advice');
  });
});

describe('a new plan', () => {
  const raised = (...about: readonly object[]): Entry[] =>
    about.map((subject) => ({ kind: 'alert', alert: alert({ subject: subject as never }) }));
  const open = book(
    raised(
      { about: 'refused-order', clientOrderId: 'c' },
      { about: 'late-fill', clientOrderId: 'c' },
      { about: 'external-trade', fillId: 'f' },
      { about: 'left-undone', decisionId: 'd' },
      { about: 'no-decision' },
      { about: 'regime' },
      { about: 'broker' },
    ),
  );
  const resolved = (id: string) =>
    newPlanEnds(open, decision({ id, cause: 'manual' })).map((entry) =>
      entry.kind === 'resolved' ? [entry.subject.about, entry.lapsed === true] : entry.kind,
    );
  const orders = [
    ['refused-order', true],
    ['late-fill', true],
    ['external-trade', true],
    ['left-undone', true],
  ];

  it('ends the alerts about earlier orders, and those that asked for a rebalance', () => {
    expect(resolved(ID)).toEqual([...orders, ['no-decision', false], ['regime', false]]);
  });

  it('that only sells leaves those that asked for a rebalance', () => {
    expect(resolved('flatten-2026-12-01')).toEqual(orders);
    expect(resolved('raise-2026-12-01-1')).toEqual(orders);
  });
});

describe('the alert about orders that stay open', () => {
  it('ends with the last of them', () => {
    const subject = { about: 'open-orders', decisionId: ID } as const;
    const other = { about: 'open-orders', decisionId: 'another' } as const;
    const over = (order: ReturnType<typeof reported> | undefined) =>
      openOrdersOver({
        ...book([
          { kind: 'alert', alert: alert({ subject }) },
          { kind: 'alert', alert: alert({ subject: other }) },
          { kind: 'alert', alert: alert() },
        ]),
        managedOrders: new Map([[BUY.clientOrderId, managedOrder(BUY, { order })]]),
      }).map((entry) => entry.kind === 'resolved' && entry.subject);
    expect(over(reported(BUY, 0))).toEqual([other]);
    expect(over(reported(BUY, 0, { status: 'expired' }))).toEqual([subject, other]);
    expect(over(undefined)).toEqual([subject, other]);
  });
});

describe('an order in words', () => {
  it('is its side, size, ticker and about what it is worth', () => {
    const part = { ...BUY, qty: qty(1_500_000_000) };
    expect(orderLine(part)).toBe('buy 1.5 XLK (about $3,000)');
    expect(lineName('sell XLF: not sent: no price')).toBe('sell XLF');
  });
});
