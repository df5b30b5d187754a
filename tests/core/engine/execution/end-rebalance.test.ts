/** The end of a rebalance that a person replaces or stops. */
import { describe, expect, it } from 'vitest';
import type { ManagedOrder, Rebalance } from '#core/domain/account-state.ts';
import { endEntries, isInFlight, progressOf } from '#core/engine/execution/end-rebalance.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { book, NOW } from '#tests/support/desk.ts';
import { execution, managedOrder, reported } from '#tests/support/orders.ts';

const ID = 'monthly-2026-12';
const PLANNED = intent(ID, 'buy', 'XLK', 30);
const SENDING = intent(ID, 'buy', 'XLE', 20);
const FILLED = intent(ID, 'sell', 'XLF', 10);
const DECIDED = decision({ id: ID, cause: 'monthly', orders: [FILLED, PLANNED, SENDING] });
const REBALANCE: Rebalance = {
  decision: DECIDED,
  at: NOW,
  finishedAt: undefined,
  result: undefined,
};

const withOrders = (...orders: readonly ManagedOrder[]) => ({
  ...book(),
  managedOrders: new Map(orders.map((each) => [each.intent.clientOrderId, each])),
});
const filled = managedOrder(FILLED, {
  order: reported(FILLED, 10, { status: 'filled', brokerStatus: 'filled' }),
  fills: [execution(FILLED, 'f1', 10)],
});

describe('a rebalance that is ended', () => {
  it('takes back what was not sent, and keeps every order that may be at the broker', () => {
    const other = intent('monthly-2026-11', 'buy', 'XLV', 1);
    const before = withOrders(
      managedOrder(PLANNED, { state: 'planned' }),
      managedOrder(SENDING, { state: 'sending' }),
      filled,
      managedOrder(other, { state: 'planned' }),
    );
    const { clientOrderId } = PLANNED;
    expect(endEntries(before, REBALANCE, 'ann', 'ended by ann')).toEqual([
      { kind: 'cancel-requested', clientOrderId, by: 'ann' },
      { kind: 'refused', clientOrderId, reason: 'cancelled by ann' },
      {
        ...{ kind: 'finished', decisionId: ID },
        result: {
          kind: 'partial',
          left: ['ended by ann', 'buy XLK: not sent', 'buy XLE: outcome unknown'],
        },
      },
    ]);
  });
});

describe('an order in flight', () => {
  const inFlight = (changes: Partial<ManagedOrder>, of = PLANNED) =>
    isInFlight(withOrders(managedOrder(of, changes)), REBALANCE);

  it('was sent, may still fill or be booked, and was not set aside', () => {
    expect(inFlight({ state: 'planned' })).toBe(false);
    expect(inFlight({ state: 'sending' })).toBe(true);
    expect(inFlight({ state: 'refused' })).toBe(false);
    expect(inFlight({ order: reported(PLANNED, 10) })).toBe(true);
    expect(inFlight({ order: reported(PLANNED, 10), setAsideBy: 'ann' })).toBe(false);
    const done = reported(PLANNED, 30, { status: 'filled' });
    expect(inFlight({ order: done })).toBe(true);
    expect(inFlight({ order: done, fills: [execution(PLANNED, 'f1', 30)] })).toBe(false);
    expect(inFlight({ state: 'sending' }, intent('monthly-2026-11', 'buy', 'XLV', 1))).toBe(false);
    expect(isInFlight(withOrders(filled, managedOrder(SENDING)), REBALANCE)).toBe(true);
  });
});

describe('the progress of a rebalance', () => {
  it('changes with every order that is sent, fills or ends, and with nothing else', () => {
    const of = (changes: Partial<ManagedOrder>) =>
      progressOf(withOrders(managedOrder(PLANNED, changes), filled), REBALANCE);
    const steps = [
      of({ state: 'planned', tries: 0 }),
      of({ state: 'sending', tries: 1 }),
      of({ state: 'sending', tries: 2 }),
      of({ order: reported(PLANNED, 0) }),
      of({ order: reported(PLANNED, 1) }),
      of({ order: reported(PLANNED, 1, { status: 'canceled' }) }),
    ];
    expect(new Set(steps).size).toBe(steps.length);
    expect(of({ at: NOW, cancelRequestedBy: 'ann' })).toBe(of({}));
  });
});
