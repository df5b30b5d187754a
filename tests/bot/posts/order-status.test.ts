/**
 * What a person is told of an order, over every status of Alpaca's list, with nothing, a part or all of
 * it filled, sent as planned or for less: from the broker's JSON to the message in the thread.
 */
import { describe, expect, it } from 'vitest';
import { ordersPost } from '#bot/posts/orders.ts';
import { rebalancePost } from '#bot/posts/rebalance.ts';
import { orderText } from '#bot/posts/steps.ts';
import { order as orderRow } from '#core/broker/order-rows.ts';
import type { Entry } from '#core/domain/entry.ts';
import { cents, ticker, wholeShares } from '#core/domain/units.ts';
import { resultOf } from '#core/engine/execution/rebalance-result.ts';
import { decisionView } from '#core/views/decision.ts';
import { ordersView } from '#core/views/orders.ts';
import { orderJson } from '#tests/core/broker/wire.ts';
import { decided } from '#tests/support/deciding.ts';
import { intent } from '#tests/support/decision.ts';
import { book, observation } from '#tests/support/desk.ts';

const STATUSES = [
  'accepted',
  'new',
  'partially_filled',
  'filled',
  'done_for_day',
  'canceled',
  'expired',
  'replaced',
  'pending_cancel',
  'pending_replace',
  'pending_new',
  'accepted_for_bidding',
  'stopped',
  'rejected',
  'suspended',
  'calculated',
  'held',
] as const;
type Status = (typeof STATUSES)[number];

const PLANNED = 289;
const SIZES = { planned: PLANNED, resized: 255 } as const;
type Size = keyof typeof SIZES;
const PARTS = ['nothing', 'part', 'all'] as const;
type Part = (typeof PARTS)[number];

const DECISION = decided({ id: 'monthly-2026-12' });
const PLAN = { ...intent(DECISION.id, 'buy', 'XLE', PLANNED), priceAtDecision: 90 };
const FIRST = { ...DECISION, plan: { ...DECISION.plan, lines: [], orders: [PLAN] } };

/** The journal of a rebalance whose one order the broker reports like that. */
function entriesOf(status: Status, part: Part, size: Size): readonly Entry[] {
  const sent = SIZES[size];
  const filled = { nothing: 0, part: 100, all: sent }[part];
  const wire = orderJson({
    ...{ client_order_id: PLAN.clientOrderId, symbol: 'XLE', side: 'buy', status },
    ...{ qty: `${sent}`, filled_qty: `${filled}` },
    filled_avg_price: filled > 0 ? '90.25' : null,
  });
  const order = orderRow.parse(wire);
  const intended = { ...PLAN, qty: wholeShares(sent), estimated: cents(1) };
  const terms = { qty: intended.qty, limitPrice: '90.45' };
  const fill = {
    ...{ id: 'f1', orderId: order.id, ticker: ticker('XLE'), side: 'buy' as const },
    ...{ qty: order.filledQty, price: 90.25, at: order.updatedAt },
  };
  return [
    { kind: 'decision', decision: FIRST },
    { kind: 'intent', intent: intended },
    { kind: 'sending', clientOrderId: PLAN.clientOrderId, try: 1, sent: terms },
    { kind: 'order', order },
    ...(filled > 0 ? [{ kind: 'fill', clientOrderId: PLAN.clientOrderId, fill } as const] : []),
  ];
}

/** The line in the thread: its title, and the rest of it without what it cost. */
function told(entries: readonly Entry[]): string {
  const view = decisionView(book(entries), FIRST.id, 'PAPER');
  const [row] = view?.rebalance.orders ?? [];
  const [title = '', amounts, ...rest] = row ? orderText(row).split('\n') : [];
  const why = rest.filter((line) => !line.includes('slippage'));
  return [title.replace(/^.*XLE · (.*)\*\*$/, '$1'), amounts, ...why].join(' | ');
}

/** The six sentences of an open order: nothing, part and all filled, each as planned and for less. */
function whileOpen(word?: string): readonly string[] {
  const also = word === undefined ? '' : ` | ${word}`;
  const both = word === undefined ? SIZED : `${word}; ${SIZED}`;
  return [
    `sent | 289 shares, decided at $90.00${also}`,
    `sent | 255 shares sent, 289 planned, decided at $90.00 | ${both}`,
    `partly filled | 100 of 289 at $90.25, decided at $90.00${also}`,
    `partly filled | 100 of 255 at $90.25, 289 planned, decided at $90.00 | ${both}`,
    ...WHOLE,
  ];
}

/** The same of one that has ended. */
function over(word: string): readonly string[] {
  return [
    `not filled: ${word} | 289 shares, decided at $90.00`,
    `not filled: ${word} | 255 shares sent, 289 planned, decided at $90.00`,
    `partly filled, ended | 100 of 289 at $90.25, decided at $90.00 | ${word}`,
    `partly filled, ended | 100 of 255 at $90.25, 289 planned, decided at $90.00 | ${word}`,
    ...WHOLE,
  ];
}

const SIZED = 'reduced to what cash and limits allow';

/** What is filled whole is filled, whatever the broker calls it. */
const WHOLE = [
  'filled | 289 at $90.25, decided at $90.00',
  `filled, less than planned | 255 at $90.25, 289 planned, decided at $90.00 | ${SIZED}`,
];

const EXPECTED: Readonly<Record<Status, readonly string[]>> = {
  accepted: whileOpen(),
  new: whileOpen(),
  partially_filled: whileOpen(),
  filled: whileOpen('reported as filled, but not all fills have arrived'),
  done_for_day: whileOpen('done for today'),
  canceled: over('cancelled'),
  expired: over('expired'),
  replaced: over('replaced by somebody'),
  pending_cancel: whileOpen('being cancelled'),
  pending_replace: whileOpen('being replaced by somebody'),
  pending_new: whileOpen(),
  accepted_for_bidding: whileOpen(),
  stopped: whileOpen('a fill is guaranteed'),
  rejected: over('rejected'),
  suspended: whileOpen('suspended by the exchange'),
  calculated: whileOpen('done for today, being calculated by the broker'),
  held: whileOpen('held back by the broker'),
};

const ALL = STATUSES.flatMap((status) =>
  PARTS.flatMap((part, row) =>
    (['planned', 'resized'] as const).map((size, column) => ({
      ...{ status, part, size },
      expected: EXPECTED[status][row * 2 + column],
    })),
  ),
);

describe('the text about an order', () => {
  it.each(ALL)('$status with $part filled, sent as $size', ({ status, part, size, expected }) => {
    const entries = entriesOf(status, part, size);
    expect(told(entries)).toBe(expected);
    const state = book(entries);
    const { left } = resultOf(FIRST, [...state.managedOrders.values()]);
    const view = decisionView(state, FIRST.id, 'PAPER');
    const card = view ? JSON.stringify(rebalancePost(view.rebalance)) : '';
    const list = JSON.stringify(ordersPost(ordersView(state, observation(), 'all'), 1));
    expect({ card, list }).toEqual({
      card: expect.stringContaining(`${SIZES[size]}`),
      list: expect.stringContaining(`${SIZES[size]}`),
    });
    if (size === 'resized') expect(list).toContain('buy XLE: 255 sent of 289 planned');
    if (part === 'nothing') {
      expect([...left, card, list].join()).not.toMatch(/part(ly|ially)[ _]filled/);
      expect(left).toEqual([expect.stringMatching(/^buy XLE: not filled: /)]);
    }
  });
});
