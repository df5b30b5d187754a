/** Cancelling orders at the broker, and what a person is told of each. */
import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Order } from '#core/domain/order.ts';
import { wholeShares } from '#core/domain/units.ts';
import {
  type CancelTarget,
  cancelOrders,
  failureOf,
  openTargets,
  sortOpen,
} from '#core/engine/execution/cancel-orders.ts';
import { TradingError } from '#core/errors.ts';
import { intent } from '#tests/support/decision.ts';
import { book } from '#tests/support/desk.ts';
import { managedOrder, reported } from '#tests/support/orders.ts';
import { START, type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const SELL = intent('monthly-2024-07', 'sell', 'XLF', 20);
const going = new AbortController().signal;

/** A desk with that order open at the broker; `isKnown`: the journal has the broker’s report. */
function desk(isKnown = true): { made: World; target: CancelTarget } {
  const made = world();
  const order = made.broker.openByHand(BUY);
  made.parts.journal.append(
    { kind: 'intent', intent: BUY },
    { kind: 'sending', clientOrderId: BUY.clientOrderId, try: 1 },
    ...(isKnown ? [{ kind: 'order', order } as const] : []),
  );
  return { made, target: { order: BUY, known: isKnown ? order : undefined } };
}

const cancelled = async (made: World, target: CancelTarget, signal = going) => {
  const [result] = await cancelOrders(made.parts, [target], signal);
  return [result?.kind, result?.text];
};

/** The broker accepts the request, but still shows the order as open for that many answers. */
function cancelsAfter(
  made: World,
  looks: number,
  change: Parameters<World['broker']['progress']>[1],
) {
  made.answers.cancel = async (id) => void made.broker.cancels.push(id);
  let seen = 0;
  made.answers.orderByClientId = async (id) => {
    seen += 1;
    if (seen === looks) made.broker.progress(id, change);
    return made.broker.orderByClientId(id);
  };
}

describe('the orders that may be cancelled', () => {
  it('are ours that were sent and may still fill', () => {
    const targets = (changes: Partial<ManagedOrder>) =>
      openTargets({
        ...book(),
        managedOrders: new Map([[BUY.clientOrderId, managedOrder(BUY, changes)]]),
      }).length;
    expect(targets({ order: reported(BUY, 10) })).toBe(1);
    expect(targets({ order: reported(BUY, 10, { status: 'canceled' }) })).toBe(0);
    expect(targets({ state: 'sending' })).toBe(1);
    expect(targets({ state: 'planned' })).toBe(0);
    expect(targets({ state: 'refused' })).toBe(0);
  });
});

describe('cancelling an order', () => {
  it('asks once, and records and says how the order ended', async () => {
    const { made, target } = desk();
    expect(await cancelled(made, target)).toEqual(['canceled', 'cancelled']);
    expect(made.broker.cancels).toEqual(['order-1']);
    expect(made.managedOrders()[0]?.order?.status).toBe('canceled');
    expect(made.clock.now()).toBe(START);
  });

  it('says how much had filled before, or that it was filled already', async () => {
    const part = desk();
    cancelsAfter(part.made, 1, { fill: 12, status: 'canceled' });
    expect(await cancelled(part.made, part.target)).toEqual([
      ...['canceled', 'cancelled after 12 of 30 filled'],
    ]);
    const whole = desk();
    cancelsAfter(whole.made, 1, { fill: 30 });
    expect(await cancelled(whole.made, whole.target)).toEqual(['filled', 'was filled already']);
  });

  it('is not asked for where it has ended before', async () => {
    const { made, target } = desk();
    const known = reported(BUY, 0, { status: 'expired', brokerStatus: 'expired' });
    expect(await cancelled(made, { ...target, known })).toEqual(['canceled', 'expired']);
    expect(made.broker.cancels).toEqual([]);
  });

  it('looks an order up of which only the request is known', async () => {
    const { made, target } = desk(false);
    expect(await cancelled(made, target)).toEqual(['canceled', 'cancelled']);
    const gone = desk(false);
    gone.made.answers.orderByClientId = async () => undefined;
    expect(await cancelled(gone.made, gone.target)).toEqual([
      ...['asked', 'not found at the broker yet; Rotor looks again'],
    ]);
    expect(gone.made.broker.cancels).toEqual([]);
  });

  it('looks again after half a second, 1, 2 and 4 seconds, and asks only once', async () => {
    const { made, target } = desk();
    cancelsAfter(made, 99, {});
    const looks: number[] = [];
    const { orderByClientId } = made.answers;
    made.answers.orderByClientId = async (id) => {
      looks.push(made.clock.now() - START);
      return orderByClientId?.(id);
    };
    expect(await cancelled(made, target)).toEqual([
      ...['asked', 'asked to cancel; the broker says new'],
    ]);
    expect(looks).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(made.broker.cancels).toHaveLength(1);
  });

  it('that the broker confirms later is noticed then', async () => {
    const { made, target } = desk();
    cancelsAfter(made, 3, { status: 'canceled' });
    expect(await cancelled(made, target)).toEqual(['canceled', 'cancelled']);
    expect(made.clock.now() - START).toBe(1_500);
  });

  it('is tried again while the broker does not answer, and then said to have failed', async () => {
    const { made, target } = desk();
    let tries = 0;
    made.answers.cancel = async () => {
      tries += 1;
      throw new TradingError('Alpaca: no answer', 'retry');
    };
    expect(await cancelled(made, target)).toEqual([
      ...['failed', expect.stringMatching(/^may still be open: Alpaca: no answer/)],
    ]);
    expect(tries).toBe(5);
  });

  it('keeps what was known where a later look-up does not list the order', async () => {
    const { made, target } = desk();
    made.answers.cancel = async () => {};
    made.answers.orderByClientId = async () => undefined;
    expect(await cancelled(made, target)).toEqual([
      ...['asked', 'asked to cancel; the broker says new'],
    ]);
  });

  it('is asked for once although Rotor is stopping already', async () => {
    const { made, target } = desk();
    expect(await cancelled(made, target, AbortSignal.abort())).toEqual(['canceled', 'cancelled']);
  });

  it('ends at once when Rotor stops', async () => {
    const { made, target } = desk();
    cancelsAfter(made, 99, {});
    const stop = new AbortController();
    const { cancel } = made.answers;
    made.answers.cancel = async (id) => {
      stop.abort();
      await cancel?.(id);
    };
    expect(await cancelled(made, target, stop.signal)).toEqual([
      ...['asked', 'asked to cancel; the broker says new'],
    ]);
    expect(made.clock.now()).toBe(START);
  });

  it('says when the broker has another order under this id', async () => {
    const { made, target } = desk(false);
    made.answers.orderByClientId = async () => reported(BUY, 0, { qty: wholeShares(31) });
    expect((await cancelled(made, target))[0]).toBe('failed');
    expect((await cancelled(made, target))[1]).toContain('two desks trade this account');
  });
});

describe('a piece of work that asks the broker', () => {
  it('fails with a sentence where the broker does not answer, and throws what is a fault', async () => {
    expect(await failureOf(async () => {})).toBeUndefined();
    expect(await failureOf(() => Promise.reject(new TradingError('no answer', 'retry')))).toMatch(
      /^no answer/i,
    );
    const fault = new Error('broken');
    await expect(failureOf(() => Promise.reject(fault))).rejects.toBe(fault);
  });
});

describe('the open orders at the broker', () => {
  it('that we did not name are cancelled with our prefix, and left alone without it', () => {
    const open: readonly Order[] = [
      reported(BUY, 0),
      reported(SELL, 0),
      reported(SELL, 0, { id: 'theirs', clientOrderId: 'not-rotor-s' }),
    ];
    const { lost, foreign } = sortOpen(open, [{ order: BUY, known: undefined }]);
    expect(lost).toEqual([{ order: open[1], known: open[1] }]);
    expect(foreign).toEqual([
      { order: open[2], kind: 'foreign', text: 'not an order of Rotor’s; left alone' },
    ]);
  });
});
