import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import type { Order, OrderStatus } from '#core/domain/order.ts';
import { epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import { fillsView } from '#core/views/fills.ts';
import { type OrderFilter, ordersView } from '#core/views/orders.ts';
import { decided } from '#tests/support/deciding.ts';
import { book, carriedOut, NOW, observation } from '#tests/support/desk.ts';

const decision = decided();
const [planned] = decision.plan.orders;
if (!planned) throw new Error('the builder plans orders');
const { clientOrderId } = planned;
const INTENT: readonly Entry[] = [
  { kind: 'decision', decision },
  { kind: 'intent', intent: planned },
];

function order(status: OrderStatus, filled = 0, brokerStatus: string = status): Entry {
  const made: Order = {
    id: 'o1',
    clientOrderId,
    ticker: planned?.ticker ?? ticker('XLK'),
    side: 'buy',
    qty: planned?.qty ?? qty(0),
    filledQty: wholeShares(filled),
    averagePrice: filled > 0 ? 100 : undefined,
    status,
    brokerStatus,
    submittedAt: NOW,
    updatedAt: NOW,
  };
  return { kind: 'order', order: made };
}
const SENDING: Entry = { kind: 'sending', clientOrderId, try: 1 };
const REFUSED: Entry = { kind: 'refused', clientOrderId, reason: 'no money' };
const FINISHED: Entry = {
  kind: 'finished',
  decisionId: decision.id,
  result: { kind: 'partial', left: [] },
};
const TAKEN: Entry = { kind: 'cancel-requested', clientOrderId, by: 'ines' };

const rows = (entries: readonly Entry[], filter: OrderFilter = 'all') =>
  ordersView(book(entries), observation(), filter).rows;

describe('the orders view', () => {
  it.each<readonly [string, boolean, string | undefined, readonly Entry[]]>([
    ['waiting', true, undefined, []],
    ['sending', true, undefined, [SENDING]],
    ['open', true, 'accepted', [SENDING, order('open', 0, 'accepted')]],
    ['filled', false, undefined, [SENDING, order('filled', 5)]],
    ['short', false, 'cancelled', [SENDING, order('canceled', 5)]],
    ['canceled', false, 'cancelled by ines', [SENDING, TAKEN, order('canceled')]],
    ['expired', false, 'expired', [SENDING, order('expired')]],
    ['rejected', false, 'rejected', [SENDING, order('rejected')]],
    ['refused', false, 'no money', [SENDING, REFUSED]],
    ['not sent', false, undefined, [FINISHED]],
    ['not sent', false, 'cancelled by ines', [TAKEN]],
  ])('calls an order %s', (state, open, reason, entries) => {
    const [row] = rows([...INTENT, ...entries]);
    expect(row).toMatchObject({ state, open });
    if (state !== 'open') expect(row?.reason).toBe(reason);
    expect(rows([...INTENT, ...entries], 'open')).toHaveLength(open ? 1 : 0);
  });

  it('shows every attempt, the newest first', () => {
    const again = { ...planned, clientOrderId: `${clientOrderId}-2`, attempt: 2 };
    const all = rows([...INTENT, SENDING, REFUSED, { kind: 'intent', intent: again }]);
    expect(all.map(({ attempt, state }) => [attempt, state])).toEqual([
      [2, 'waiting'],
      [1, 'refused'],
    ]);
  });

  it('measures slippage to the cent against the price at decision', () => {
    const fill = (id: string, shares: number, price: number): Entry => ({
      kind: 'fill',
      clientOrderId,
      fill: {
        id,
        orderId: 'o1',
        ticker: planned.ticker,
        side: 'buy',
        qty: wholeShares(shares),
        price,
        at: NOW,
      },
    });
    const at100 = { ...planned, priceAtDecision: 100 };
    const [row] = rows([
      { kind: 'decision', decision },
      { kind: 'intent', intent: at100 },
      fill('f1', 10, 100.5),
      fill('f2', 10, 99.9),
    ]);
    // 10 x 0.50 dearer, 10 x 0.10 cheaper: 4.00 on 2,000.00.
    expect(row?.slippage).toBe(400);
    expect(row?.slippageBps).toBeCloseTo(20, 9);
    expect(rows(INTENT)[0]?.slippage).toBeUndefined();
  });

  it('uses the broker’s quantity where the fills are not booked yet', () => {
    expect(rows([...INTENT, SENDING, order('open', 7)])[0]?.filled).toBe(wholeShares(7));
  });
});

describe('the fills view', () => {
  const external = (id: string, at: number): Entry => ({
    kind: 'external-fill',
    fill: {
      id,
      orderId: 'x',
      ticker: ticker('ZM'),
      side: 'sell',
      qty: wholeShares(3),
      price: 70,
      at: epochMs(at),
    },
  });

  it('has fills by Rotor and others, newest first', () => {
    const entries = book([
      ...carriedOut(decision),
      external('before', NOW - 1),
      external('after', NOW + 1),
    ]);
    const { rows: all } = fillsView(entries, observation());
    expect(all).toHaveLength(decision.plan.orders.length + 2);
    expect([all[0]?.id, all.at(-1)?.id]).toEqual(['after', 'before']);
    expect(all[0]).toMatchObject({ decisionId: undefined, slippageBps: undefined, value: 21_000 });
    expect(all[1]?.decisionId).toBe(decision.id);
  });

  it('shows an execution once, even if it was first recorded as foreign', () => {
    const own = `fill ${clientOrderId}`;
    const entries = book([external(own, NOW), ...carriedOut(decision)]);
    const found = fillsView(entries, observation()).rows.filter(({ id }) => id === own);
    expect(found.map(({ decisionId }) => decisionId)).toEqual([decision.id]);
  });
});
