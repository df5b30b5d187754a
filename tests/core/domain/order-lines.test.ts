import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Order, OrderStatus } from '#core/domain/order.ts';
import {
  isOver,
  linesOf,
  liveOrder,
  nextIntent,
  type OrderLine,
  retryAt,
  unsentOrder,
  unsentOrders,
} from '#core/domain/order-lines.ts';
import { epochMs, qty, wholeShares } from '#core/domain/units.ts';
import { ACCOUNT_ID, decision, intent } from '#tests/support/decision.ts';
import { book } from '#tests/support/desk.ts';

const MINUTE = 60_000;
const ID = 'initial-2026-11-10';
const BUY = intent(ID, 'buy', 'XLK', 100);
const SENT = epochMs(1_000_000);

interface Attempt extends Partial<ManagedOrder> {
  readonly status?: OrderStatus;
  readonly filled?: number;
}

function orderOf(status: OrderStatus, filled: number): Order {
  const { ticker, side, qty: asked, clientOrderId } = BUY;
  return {
    ...{ id: 'o', clientOrderId, ticker, side, qty: asked, filledQty: wholeShares(filled) },
    ...{ averagePrice: undefined, status, brokerStatus: status },
    ...{ submittedAt: SENT, updatedAt: SENT },
  };
}

function attempt({ status, filled = 0, ...changes }: Attempt = {}): ManagedOrder {
  return {
    ...{ intent: BUY, at: epochMs(SENT - MINUTE), tries: 1, sentAt: SENT, state: 'placed' },
    ...{ refusal: undefined, fills: [], cancelRequestedBy: undefined },
    order: status && orderOf(status, filled),
    ...changes,
  };
}

const refused = (changes: Attempt = {}) => attempt({ state: 'refused', ...changes });
const line = (...attempts: readonly ManagedOrder[]): OrderLine => ({
  ...{ planned: BUY, attempts, wanted: wholeShares(50) },
});

describe('The lines of a decision', () => {
  const SELL = intent(ID, 'sell', 'XLK', 10);
  const all = decision({ orders: [SELL, BUY, intent(ID, 'buy', 'XLF', 5)] });
  const wanted = (...attempts: readonly ManagedOrder[]) =>
    linesOf(decision({ orders: [BUY] }), attempts, 'buy').map((each) => each.wanted / 1e9);

  it('are those of one side in the order of the plan, each with its own orders', () => {
    const sold = attempt({ intent: SELL });
    const bought = attempt({ status: 'open' });
    const lines = linesOf(all, [sold, bought], 'buy');
    expect(lines.map(({ planned }) => planned.ticker)).toEqual(['XLK', 'XLF']);
    expect(lines.map(({ attempts }) => attempts)).toEqual([[bought], []]);
    expect(linesOf(all, [sold, bought], 'sell')).toMatchObject([{ attempts: [sold] }]);
  });

  it('want what is not filled yet, by all of their orders', () => {
    expect(wanted()).toEqual([100]);
    expect(wanted(attempt(), attempt({ status: 'open' }))).toEqual([100]);
    expect(
      wanted(attempt({ status: 'canceled', filled: 30 }), attempt({ status: 'open', filled: 20 })),
    ).toEqual([50]);
    expect(wanted(attempt({ status: 'filled', filled: 100 }))).toEqual([0]);
    expect(wanted(attempt({ status: 'filled', filled: 120 }))).toEqual([0]);
  });

  it('are done within the plan’s tolerance, except where everything is sold', () => {
    const almost = attempt({ status: 'filled', filled: 99 });
    expect(wanted(almost)).toEqual([0]);
    const flatten = decision({ orders: [BUY], cause: 'manual', id: 'flatten-2026-11-10' });
    expect(linesOf(flatten, [almost], 'buy')).toMatchObject([
      { wanted: wholeShares(1), hasNoTryLimit: true },
    ]);
    const left = (filled: number) => {
      const order = { ...orderOf('filled', 0), filledQty: qty(filled) };
      return linesOf(flatten, [attempt({ order })], 'buy').map((each) => each.wanted);
    };
    expect([left(BUY.qty - 1), left(BUY.qty), left(BUY.qty + 1)]).toEqual([[1], [0], [0]]);
    const whole = decision({ orders: [intent(ID, 'buy', 'XLK', 1)] });
    const crumb = attempt({ order: { ...orderOf('filled', 0), filledQty: qty(1) } });
    expect(linesOf(whole, [crumb], 'buy')).toMatchObject([{ wanted: 0 }]);
    expect(linesOf(whole, [attempt()], 'buy')).toMatchObject([
      { wanted: wholeShares(1), hasNoTryLimit: false },
    ]);
  });
});

describe('The last share of a line', () => {
  const lineOf = (planned: number, status: OrderStatus, filled: number) =>
    linesOf(
      decision({ orders: [intent(ID, 'buy', 'XLK', planned)] }),
      [attempt({ status, filled })],
      'buy',
    )[0];

  it.each([
    ['canceled', 2, 1, 1],
    ['expired', 2, 1, 1],
    ['canceled', 50, 49, 1],
    ['canceled', 100, 99, 0],
    ['filled', 2, 1, 0],
    ['filled', 50, 49, 0],
  ] as const)(
    'of an order that was %s, %i planned and %i filled, leaves %i due',
    (status, planned, filled, due) => {
      expect(lineOf(planned, status, filled)?.wanted).toBe(wholeShares(due));
    },
  );
});

describe('The order of a line', () => {
  it('that may still fill is at the broker, not final, and not set aside', () => {
    const open = attempt({ status: 'open' });
    const later = attempt({ status: 'open' });
    expect(liveOrder(line(attempt({ status: 'canceled' }), open, later))).toBe(open);
    for (const other of [
      ...[attempt(), attempt({ status: 'filled' }), attempt({ status: 'open', setAsideBy: 'ann' })],
      attempt({ status: 'open', state: 'sending' }),
    ])
      expect(liveOrder(line(other))).toBeUndefined();
  });

  it('that may not have arrived is planned or being sent', () => {
    const states = ['planned', 'sending', 'placed', 'refused'] as const;
    const found = states.map((state) => unsentOrder(line(attempt({ state }))) !== undefined);
    expect(found).toEqual([true, true, false, false]);
    const first = attempt({ state: 'planned' });
    expect(unsentOrder(line(first, attempt({ state: 'sending' })))).toBe(first);
  });

  it('that follows has the next number, and the size that is asked for', () => {
    const third = attempt({ intent: { ...BUY, attempt: 3 } });
    const next = nextIntent(line(third, attempt()), ACCOUNT_ID, wholeShares(7));
    expect(next).toMatchObject({ attempt: 4, qty: wholeShares(7), ticker: 'XLK', side: 'buy' });
    expect(next.clientOrderId).not.toBe(BUY.clientOrderId);
    expect(nextIntent(line(), ACCOUNT_ID, wholeShares(7))).toEqual({ ...BUY, qty: wholeShares(7) });
    const other = nextIntent(line(), 'another-account', wholeShares(7)).clientOrderId;
    expect(other).toBe('rotor-anotheraccou-initial-2026-11-10-XLK-b-1');
  });
});

describe('A line is over', () => {
  it('when nothing more is wanted and no order of it is out', () => {
    const done = { ...line(), wanted: qty(0) };
    expect([isOver(done), isOver(line()), isOver({ ...line(), wanted: qty(1) })]).toEqual([
      ...[true, false, false],
    ]);
    for (const out of [attempt({ status: 'open' }), attempt({ state: 'sending' })])
      expect(isOver({ ...done, attempts: [out] })).toBe(false);
  });

  it('when a person canceled or set aside its last order, or the broker refused it for good', () => {
    expect(isOver(line(attempt({ status: 'canceled', cancelRequestedBy: 'ann' })))).toBe(true);
    expect(isOver(line(attempt({ status: 'canceled', setAsideBy: 'ann' })))).toBe(true);
    expect([isOver(line(refused())), isOver(line(refused({ refusalMayPass: true })))]).toEqual([
      ...[true, false],
    ]);
  });

  it('when its last order was replaced, whose remainder the replacement trades', () => {
    const after = (['canceled', 'expired', 'filled', 'rejected', 'replaced'] as const).map(
      (status) => isOver(line(attempt({ status }))),
    );
    expect(after).toEqual([false, false, false, false, true]);
    expect(isOver(line(attempt()))).toBe(false);
  });

  it('when the broker accepted four of its orders, unless everything is to be sold', () => {
    const canceled = attempt({ status: 'canceled' });
    const three = [canceled, canceled, canceled];
    const passing = refused({ refusalMayPass: true });
    expect(isOver(line(passing, ...three))).toBe(false);
    expect(isOver(line(...three, canceled))).toBe(true);
    expect(isOver({ ...line(...three, canceled), hasNoTryLimit: true })).toBe(false);
    expect(isOver({ ...line(...three, canceled), hasNoTryLimit: false })).toBe(true);
  });
});

describe('A line is retried', () => {
  const wait = (...attempts: readonly ManagedOrder[]) => {
    const when = retryAt(line(...attempts));
    return when === undefined ? undefined : (when - SENT) / MINUTE;
  };
  const canceled = attempt({ status: 'canceled' });
  const rejected = attempt({ status: 'rejected' });

  it('at once, unless its last order was refused or rejected', () => {
    expect([wait(), wait(canceled), wait(refused(), canceled)]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('after five, ten and then fifteen minutes, counted since the last order that stood', () => {
    expect(wait(refused())).toBe(5);
    expect(wait(rejected, refused())).toBe(10);
    expect(wait(refused(), refused(), rejected)).toBe(15);
    expect(wait(refused(), refused(), refused(), refused())).toBe(15);
    expect(wait(refused(), refused(), canceled, refused())).toBe(5);
    expect(wait(refused({ sentAt: undefined }))).toBe(4);
  });

  it('after fifteen minutes where four of its orders did not fill', () => {
    const three = [canceled, canceled, canceled];
    expect([wait(...three), wait(...three, canceled)]).toEqual([undefined, 15]);
    const unsent = attempt({ status: 'canceled', sentAt: undefined });
    expect(wait(...three, unsent)).toBe(14);
    expect(wait(...three, unsent, canceled)).toBe(15);
  });
});

describe('The trades that wait for the next window', () => {
  const running = (finishedAt: typeof SENT | undefined, ...attempts: readonly ManagedOrder[]) => {
    const orders = [BUY, intent(ID, 'sell', 'XLF', 5), intent(ID, 'buy', 'XLV', 2)];
    const rebalance = { decision: decision({ orders }), at: SENT, finishedAt, result: undefined };
    return unsentOrders({
      ...book(),
      rebalances: new Map([[ID, rebalance]]),
      managedOrders: new Map(attempts.map((each) => [each.intent.clientOrderId, each])),
    }).map(({ side, ticker, qty: left }) => `${side} ${left / 1e9} ${ticker}`);
  };

  it('are those of the running rebalance without an order at the broker, sells first', () => {
    expect(running(undefined)).toEqual(['sell 5 XLF', 'buy 100 XLK', 'buy 2 XLV']);
    const rest = ['sell 5 XLF', 'buy 2 XLV'];
    expect(running(undefined, attempt({ status: 'open' }))).toEqual(rest);
    expect(running(undefined, attempt({ state: 'sending' }))).toEqual(rest);
    expect(running(undefined, refused())).toEqual(rest);
    expect(running(undefined, attempt({ state: 'planned' }))).toHaveLength(3);
    expect(running(undefined, attempt({ status: 'canceled', filled: 40 }))).toEqual([
      ...['sell 5 XLF', 'buy 60 XLK', 'buy 2 XLV'],
    ]);
  });

  it('are none once it is finished', () => {
    expect(running(SENT)).toEqual([]);
  });
});
