/** The next order of one line of a rebalance. */
import { describe, expect, it } from 'vitest';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { linesOf } from '#core/domain/order-lines.ts';
import { dollars, epochMs, type Qty, wholeShares } from '#core/domain/units.ts';
import type { OrderBlock } from '#core/engine/execution/order-block.ts';
import { passOf } from '#core/engine/execution/pass.ts';
import { takeSnapshot } from '#core/engine/execution/pre-trade-check.ts';
import { earlyWait, noteBlock, orderOf, sendOrBlock } from '#core/engine/execution/send-line.ts';
import { TradingError } from '#core/errors.ts';
import { ACCOUNT_ID, decision, intent } from '#tests/support/decision.ts';
import { world } from '#tests/support/world.ts';

const ID = 'monthly-2024-07';
const BUY = intent(ID, 'buy', 'XLK', 30);
const DIFFER: OrderBlock = { kind: 'wait', limit: 'open problem', reason: 'the books differ' };

/** A rebalance of that one order, in an account that is known. */
function desk(of: OrderIntent = BUY, options: { isFlatten?: boolean; stop?: AbortSignal } = {}) {
  const id = options.isFlatten ? 'flatten-2024-07-01' : ID;
  const planned = { ...of, decisionId: id };
  const decided: Decision = decision({ id, cause: 'manual', orders: [planned] });
  expect(isFlatten(decided)).toBe(options.isFlatten === true);
  const made = world({ held: { XLF: 20 }, limits: { maxWeight: 1 } });
  made.parts.journal.append(
    { kind: 'account', id: ACCOUNT_ID, number: 'PA1', mode: 'SANDBOX' },
    { kind: 'decision', decision: decided },
  );
  const pass = passOf(made.parts, decided, options.stop ?? new AbortController().signal);
  const line = () => {
    const [found] = linesOf(decided, made.managedOrders(), of.side);
    if (!found) throw new Error('no line');
    return found;
  };
  const snapshot = () => takeSnapshot(made.parts, [of.ticker]);
  const early = async (size?: Qty) => earlyWait(pass, line(), await snapshot(), size);
  const send = async () => sendOrBlock(pass, orderOf(pass, line()), await snapshot());
  const order = () => made.managedOrders()[0];
  const cancel = () => {
    const { clientOrderId } = orderOf(pass, line()).intent;
    made.parts.journal.append({ kind: 'cancel-requested', clientOrderId, by: 'ann' });
  };
  return { made, pass, line, early, send, order, cancel, snapshot };
}

describe('before an order is recorded', () => {
  it('nothing waits where it may be sent, and an order that waits is not recorded', async () => {
    const { made, early } = desk();
    expect(await early()).toBeUndefined();
    made.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'a look' });
    expect(await early()).toMatchObject({ kind: 'wait', limit: 'trading state' });
    expect(made.managedOrders()).toEqual([]);
  });

  it('what can never be sent does not wait: it is recorded and refused', async () => {
    const { early } = desk(intent(ID, 'sell', 'XLV', 3));
    expect(await early()).toBeUndefined();
  });

  it('buys wait while the books differ, and sells do not', async () => {
    const buying = desk();
    buying.pass.booksDiffer = DIFFER;
    expect(await buying.early()).toBe(DIFFER);
    const selling = desk(intent(ID, 'sell', 'XLF', 20));
    selling.pass.booksDiffer = DIFFER;
    expect(await selling.early()).toBeUndefined();
  });

  it('the size that is to be sent counts, not what is still wanted', async () => {
    const { made, early } = desk(intent(ID, 'buy', 'XLK', 2_000));
    made.answers.account = async () => ({
      ...(await made.broker.account()),
      buyingPower: dollars(1),
    });
    expect(await early(wholeShares(5))).toMatchObject({
      ...{ limit: 'buying power', reason: expect.stringContaining('XLK: $503 is needed') },
    });
  });

  it('an order that is recorded already is left to its own check', async () => {
    const { pass, line, early } = desk();
    orderOf(pass, line());
    pass.booksDiffer = DIFFER;
    expect(await early()).toBeUndefined();
  });
});

describe('the order of a line', () => {
  it('is recorded once, under the id of its account, decision, ticker, side and number', () => {
    const { made, pass, line } = desk();
    const first = orderOf(pass, line(), wholeShares(12));
    expect(first).toMatchObject({
      ...{ state: 'planned', intent: { ...BUY, qty: wholeShares(12) } },
    });
    expect(orderOf(pass, line())).toBe(first);
    expect(made.managedOrders()).toEqual([first]);
  });

  it('is not recorded before the account is known', () => {
    const made = world();
    const decided = decision({ id: ID, cause: 'manual', orders: [BUY] });
    made.parts.journal.append({ kind: 'decision', decision: decided });
    const pass = passOf(made.parts, decided, new AbortController().signal);
    const [line] = linesOf(decided, [], 'buy');
    if (!line) throw new Error('no line');
    expect(() => orderOf(pass, line)).toThrow('no account');
    expect(made.managedOrders()).toEqual([]);
  });
});

describe('sending the order of a line', () => {
  it('checks everything and then sends it once', async () => {
    const { made, send, order } = desk();
    expect(await send()).toBeUndefined();
    expect(made.posted()).toEqual(['buy XLK 30']);
    expect(order()?.state).toBe('placed');
  });

  it('is given up when Rotor stops, before the check and after it', async () => {
    const stopped = desk(BUY, { stop: AbortSignal.abort() });
    const stopping = { kind: 'wait', limit: 'stopping', reason: 'Rotor is stopping' };
    const seen = await stopped.snapshot();
    stopped.made.broker.fail(new Error('asked'));
    const first = orderOf(stopped.pass, stopped.line());
    expect(await sendOrBlock(stopped.pass, first, seen)).toEqual(stopping);
    const stop = new AbortController();
    const later = desk(BUY, { stop: stop.signal });
    const snapshot = await later.snapshot();
    const managed = orderOf(later.pass, later.line());
    later.made.answers.latestPrices = async (tickers) => {
      stop.abort();
      return later.made.broker.latestPrices(tickers);
    };
    expect(await sendOrBlock(later.pass, managed, snapshot)).toEqual(stopping);
    expect([...stopped.made.posted(), ...later.made.posted()]).toEqual([]);
  });

  it('ends with a refusal once a person has cancelled it, whatever else may wait', async () => {
    const { made, pass, send, cancel } = desk();
    cancel();
    pass.booksDiffer = DIFFER;
    const by = { kind: 'refuse', limit: 'taken back', reason: 'cancelled by ann' };
    expect(await send()).toEqual(by);
    const later = desk();
    const snapshot = await later.snapshot();
    const managed = orderOf(later.pass, later.line());
    later.made.answers.latestPrices = async (tickers) => {
      later.cancel();
      // Outside the collar it would wait.
      later.made.broker.setPrice('XLK', 200);
      return later.made.broker.latestPrices(tickers);
    };
    expect(await sendOrBlock(later.pass, managed, snapshot)).toEqual(by);
    expect([...made.posted(), ...later.made.posted()]).toEqual([]);
  });

  it('waits with a buy while the books differ, without a request to the broker', async () => {
    const { made, pass, line, snapshot } = desk();
    const managed = orderOf(pass, line());
    const seen = await snapshot();
    pass.booksDiffer = DIFFER;
    made.broker.fail(new Error('asked'));
    expect(await sendOrBlock(pass, managed, seen)).toBe(DIFFER);
  });

  it('is sent again on the terms of its first try, whatever the price does meanwhile', async () => {
    const { made, send } = desk();
    const sent: (string | undefined)[] = [];
    made.answers.submit = async ({ qty, limitPrice }) => {
      sent.push(`${qty} at ${limitPrice}`);
      made.broker.setPrice('XLK', 100 + sent.length);
      return { kind: 'unknown', reason: 'no answer' };
    };
    await expect(send()).rejects.toThrow('is not known yet');
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent).size).toBe(1);
  });

  it('of unknown outcome stops a rebalance, and in a flatten only its own ticker', async () => {
    const rebalance = desk();
    rebalance.made.broker.behave(() => ({ kind: 'never-arrives' }));
    await expect(rebalance.send()).rejects.toThrow('is not known yet');
    const sell = intent(ID, 'sell', 'XLF', 20);
    const flatten = desk(sell, { isFlatten: true });
    flatten.made.broker.behave(() => ({ kind: 'never-arrives' }));
    expect(await flatten.send()).toMatchObject({
      ...{ kind: 'wait', limit: 'unknown outcome' },
      reason: expect.stringContaining('is not known yet'),
    });
    for (const error of [new TradingError('two desks', 'halt'), new Error('broken')]) {
      const other = desk(sell, { isFlatten: true });
      other.made.answers.submit = () => Promise.reject(error);
      await expect(other.send()).rejects.toBe(error);
    }
  });
});

describe('what holds a line back', () => {
  const refusal: OrderBlock = { kind: 'refuse', limit: 'MAX_ORDER_USD', reason: 'too large' };

  it('is noted as waiting where it may pass', () => {
    const { made, pass, line } = desk();
    noteBlock(pass, line(), undefined, DIFFER);
    expect([...pass.waits]).toEqual([['buy XLK', DIFFER]]);
    expect([...pass.held]).toEqual([['buy XLK', DIFFER]]);
    expect([pass.cuts.size, made.entries('refused').length]).toEqual([0, 0]);
  });

  it('ends the order with an alert where it cannot pass', () => {
    const { made, pass, line, order } = desk();
    noteBlock(pass, line(), orderOf(pass, line()), refusal);
    expect([...pass.cuts]).toEqual([['buy XLK', 'too large']]);
    expect(order()).toMatchObject({ state: 'refused', refusal: 'MAX_ORDER_USD: too large' });
    expect(made.alerts()).toMatchObject([{ subject: { about: 'refused-order' } }]);
    expect(pass.waits.size).toBe(0);
  });

  it('ends a line of which no order is recorded without an entry', () => {
    const { made, pass, line } = desk();
    noteBlock(pass, line(), undefined, refusal);
    expect([pass.cuts.size, made.entries('refused').length]).toEqual([1, 0]);
  });

  it('is not an alert where a person cancelled the order', () => {
    const { made, pass, line, order, cancel } = desk();
    cancel();
    const by: OrderBlock = { kind: 'refuse', limit: 'taken back', reason: 'cancelled by ann' };
    noteBlock(pass, line(), order(), by);
    expect(order()).toMatchObject({ state: 'refused', refusal: 'cancelled by ann' });
    expect(made.alerts()).toEqual([]);
  });

  it('never writes off an order that may be at the broker, until a cancelled one is lost', () => {
    const { made, pass, line, order, cancel } = desk();
    // Whoever asks may have seen it before it was sent.
    const before = orderOf(pass, line());
    const { clientOrderId } = before.intent;
    made.parts.journal.append({ kind: 'sending', clientOrderId, try: 1 });
    noteBlock(pass, line(), before, refusal);
    expect(order()?.state).toBe('sending');
    expect([...pass.waits.keys()]).toEqual(['buy XLK']);
    cancel();
    made.clock.set(epochMs(made.clock.now() + 10 * 60_000 - 1));
    noteBlock(pass, line(), order(), refusal);
    expect(order()?.state).toBe('sending');
    made.clock.set(epochMs(made.clock.now() + 1));
    noteBlock(pass, line(), order(), refusal);
    expect(order()?.state).toBe('refused');
  });
});
