import { describe, expect, it } from 'vitest';
import {
  type AccountState,
  EMPTY_ACCOUNT_STATE,
  managedOrdersOf,
  restOf,
  settingsTriedByHand,
  unfinished,
} from '#core/domain/account-state.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import type { Order } from '#core/domain/order.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { managedOrder } from '#tests/support/orders.ts';

const buy = intent('d', 'buy', 'XLK', 10);
const alert = {
  subject: parseSubject('data'),
  severity: 'warning' as const,
  title: 'Data late',
  text: 'XLK',
  remedy: 'Rotor asks again.',
};

/** The entries folded in order, one a second. */
function bookOf(...entries: readonly Entry[]): AccountState {
  return entries.reduce<AccountState>(
    (book, entry, index) => applyEntry(book, { seq: index + 1, at: epochMs(index * 1_000), entry }),
    EMPTY_ACCOUNT_STATE,
  );
}

const order = (overrides: Partial<Order> = {}): Order => ({
  id: 'o1',
  clientOrderId: buy.clientOrderId,
  ticker: buy.ticker,
  side: 'buy',
  qty: buy.qty,
  filledQty: qty(0),
  averagePrice: undefined,
  status: 'open',
  brokerStatus: 'new',
  submittedAt: epochMs(0),
  updatedAt: epochMs(0),
  ...overrides,
});
const managed = (book: AccountState) => book.managedOrders.get(buy.clientOrderId);
const baseline: Entry = {
  kind: 'baseline',
  cash: dollars(1_000),
  positions: new Map(),
  equity: dollars(1_000),
  benchmark: 500,
  known: ['old'],
};

describe('a managed order', () => {
  it('moves from planned through sending to placed, and never back', () => {
    const planned = bookOf({ kind: 'intent', intent: buy });
    expect(managed(planned)?.state).toBe('planned');
    const entries: Entry[] = [
      { kind: 'intent', intent: buy },
      { kind: 'sending', clientOrderId: buy.clientOrderId, try: 1 },
    ];
    expect(managed(bookOf(...entries))).toMatchObject({ state: 'sending', tries: 1 });
    entries.push({ kind: 'order', order: order() });
    expect(managed(bookOf(...entries))?.state).toBe('placed');
    entries.push({ kind: 'sending', clientOrderId: buy.clientOrderId, try: 2 });
    entries.push({ kind: 'refused', clientOrderId: buy.clientOrderId, reason: 'late news' });
    expect(managed(bookOf(...entries))).toMatchObject({
      state: 'placed',
      tries: 2,
      refusal: undefined,
    });
  });

  it('counts as placed after a rejection when the broker has its order', () => {
    const book = bookOf(
      { kind: 'intent', intent: buy },
      { kind: 'refused', clientOrderId: buy.clientOrderId, reason: 'no' },
      { kind: 'order', order: order() },
    );
    expect(managed(book)).toMatchObject({ state: 'placed', refusal: 'no' });
  });

  it('keeps the most advanced state of its order', () => {
    const book = bookOf(
      { kind: 'intent', intent: buy },
      {
        kind: 'order',
        order: order({ filledQty: wholeShares(5), brokerStatus: 'partially_filled' }),
      },
      { kind: 'order', order: order() },
      { kind: 'order', order: order({ filledQty: wholeShares(2), status: 'canceled' }) },
    );
    expect(managed(book)?.order).toMatchObject({ filledQty: wholeShares(5), status: 'open' });
  });

  it('is not created by an update of an order that was not planned', () => {
    const book = bookOf(
      { kind: 'order', order: order() },
      { kind: 'sending', clientOrderId: buy.clientOrderId, try: 1 },
      { kind: 'unknown', clientOrderId: buy.clientOrderId, try: 1, reason: 'reset' },
      { kind: 'refused', clientOrderId: buy.clientOrderId, reason: 'no' },
    );
    expect(book.managedOrders.size).toBe(0);
  });
});

describe('the account state', () => {
  it('knows what is unfinished, and the orders of one decision', () => {
    const made: Entry = { kind: 'decision', decision: decision({ id: 'd', orders: [buy] }) };
    const open = bookOf(made, { kind: 'intent', intent: buy });
    expect(unfinished(open)?.decision.id).toBe('d');
    expect(managedOrdersOf(open, 'd')).toHaveLength(1);
    expect(managedOrdersOf(open, 'e')).toEqual([]);
    const done = bookOf(made, {
      kind: 'finished',
      decisionId: 'd',
      result: { kind: 'complete', left: [] },
    });
    expect(unfinished(done)).toBeUndefined();
    expect(
      bookOf({ kind: 'finished', decisionId: 'x', result: { kind: 'complete', left: [] } })
        .rebalances.size,
    ).toBe(0);
  });

  it('counts how often an alert was raised until it is resolved', () => {
    const raised = bookOf({ kind: 'alert', alert }, { kind: 'alert', alert });
    expect(raised.alerts.get('data')).toMatchObject({ count: 2, firstAt: 0, lastAt: 1_000 });
    const over = bookOf(
      { kind: 'alert', alert },
      { kind: 'resolved', subject: parseSubject('data'), text: 'ok' },
    );
    expect(over.alerts.size).toBe(0);
  });

  it('changes the ledger once for a known execution, whatever its id', () => {
    const fill = {
      id: 'old',
      orderId: 'o1',
      ticker: ticker('XLK'),
      side: 'buy' as const,
      qty: wholeShares(1),
      price: 100,
      at: epochMs(0),
    };
    const again = bookOf(baseline, { kind: 'external-fill', fill });
    expect(again.ledger.cash).toBe(dollars(1_000));
    const other = { ...fill, id: 'new' };
    const booked = bookOf(
      baseline,
      { kind: 'intent', intent: buy },
      { kind: 'external-fill', fill: other },
      { kind: 'fill', clientOrderId: buy.clientOrderId, fill: other },
    );
    expect(booked.ledger.cash).toBe(dollars(900));
    expect(managed(booked)?.fills).toHaveLength(1);
  });

  it('books the difference that a person accepted', () => {
    const book = bookOf(
      baseline,
      { kind: 'adjustment', ticker: ticker('XLP'), qty: wholeShares(2), cash: cents(0), by: 'ann' },
      { kind: 'recovered-order', clientOrderId: 'rotor-x', by: 'ann' },
    );
    expect(book.ledger.lots.get(ticker('XLP'))?.qty).toBe(wholeShares(2));
    expect(book.recoveredOrders.has('rotor-x')).toBe(true);
  });

  it('ignores an answer to an unknown plan', () => {
    const book = bookOf({ kind: 'answer', proposalId: 'x', answer: 'approved', by: 'ann' });
    expect(book.proposals.size).toBe(0);
  });
});

describe('what may still fill of an order', () => {
  const ours = managedOrder(buy);

  it('is its size at the broker, else the one sent, else the one planned, less what filled', () => {
    const sent = { qty: wholeShares(8), limitPrice: undefined };
    const at = (filled: number) => order({ qty: wholeShares(6), filledQty: wholeShares(filled) });
    expect(restOf(ours)).toBe(wholeShares(10));
    expect(restOf({ ...ours, sent })).toBe(wholeShares(8));
    expect(restOf({ ...ours, sent, order: at(0) })).toBe(wholeShares(6));
    expect(restOf({ ...ours, sent, order: at(2) })).toBe(wholeShares(4));
    expect(restOf({ ...ours, order: at(7) })).toBe(0);
  });
});

describe('an empty journal', () => {
  it('knows nothing, trades, and has no money', () => {
    const { ledger, state, evidence, seq } = EMPTY_ACCOUNT_STATE;
    expect([ledger.cash, ledger.lots.size, seq]).toEqual([0, 0, 0]);
    expect(state).toEqual({ state: 'RUN', by: 'rotor', reason: 'default', at: 0, seq: 0 });
    expect(evidence.wasShown).toBe(false);
    expect(unfinished(EMPTY_ACCOUNT_STATE)).toBeUndefined();
  });
});

describe('the settings that people tried', () => {
  it('are counted without those of the evidence', () => {
    const tried = (what: 'evidence' | 'backtest' | 'what-if', settings: number) => ({
      ...{ what, by: 'ann', settings },
    });
    const all = [tried('evidence', 100), tried('backtest', 3), tried('what-if', 4)];
    expect(settingsTriedByHand({ tried: new Map(all.map((each) => [each.what, each])) })).toBe(7);
    expect(settingsTriedByHand({ tried: new Map() })).toBe(0);
  });
});
