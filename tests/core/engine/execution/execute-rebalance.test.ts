import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { managedOrdersOf } from '#core/domain/account-state.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { clientOrderId } from '#core/domain/order.ts';
import {
  cents,
  dollars,
  type epochMs,
  sessionDate,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { executeRebalance } from '#core/engine/execution/execute-rebalance.ts';
import { abandonRebalance } from '#core/engine/execution/finish-rebalance.ts';
import { sellIntents } from '#core/engine/execution/sell-intents.ts';
import type { EngineParts } from '#core/engine/parts.ts';
import {
  createReconciler,
  type Reconciler,
} from '#core/engine/reconciliation/reconcile-account.ts';
import { TradingError } from '#core/errors.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { ACCOUNT_ID, decision, intent } from '#tests/support/decision.ts';
import { alert } from '#tests/support/desk.ts';
import { type FakeBroker, fakeBroker } from '#tests/support/fake-broker.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { APPROVAL, BUILD, LIMITS } from '#tests/support/limits.ts';
import { silentLog } from '#tests/support/log.ts';

const ID = 'initial-2026-11-10';
const OPEN = newYorkInstant(sessionDate('2026-11-10'), 9 * 60 + 35);
const going = new AbortController().signal;

interface Desk {
  readonly parts: EngineParts;
  readonly broker: FakeBroker;
  readonly clock: ReturnType<typeof leapingClock>;
  readonly accounts: Reconciler;
  managedOrders(): readonly ManagedOrder[];
}

/** An account with $10,000, or as much as is given, and 50 XLF at $100. */
function desk(cashUsd = 10_000): Desk {
  const clock = leapingClock(OPEN);
  const broker = fakeBroker(clock, dollars(cashUsd));
  for (const symbol of ['XLK', 'XLF', 'XLE']) broker.setPrice(symbol, 100);
  broker.give('XLF', 50);
  const journal = memoryJournal(clock);
  const parts: EngineParts = {
    broker,
    journal,
    clocks: { market: clock, wall: clock },
    log: silentLog,
    bars: { name: 'none', load: async () => ({ bars: new Map(), refused: new Map() }) },
    universe: UNIVERSE,
    models: [],
    limits: LIMITS,
    rules: { fractional: false, minOrder: dollars(10), minDrift: 0.01 },
    maxCatchUpSessions: 5,
    rebalanceOnRegimeChange: false,
    mode: 'SANDBOX',
    version: 'test',
    build: BUILD,
    approval: APPROVAL,
    maxDrift: 0.05,
    hash: (text) => text,
  };
  journal.append(
    { kind: 'account', id: ACCOUNT_ID, number: 'PA3FAKE00001', mode: 'SANDBOX' },
    {
      kind: 'baseline',
      cash: dollars(cashUsd),
      positions: new Map([[ticker('XLF'), { qty: wholeShares(50), cost: dollars(5_000) }]]),
      equity: dollars(cashUsd + 5_000),
      benchmark: 600,
      known: [],
    },
  );
  return {
    parts,
    broker,
    clock,
    accounts: createReconciler(parts),
    managedOrders: () => managedOrdersOf(journal.book(), ID),
  };
}

function record({ parts }: Desk, made: Decision): Decision {
  parts.journal.append({ kind: 'decision', decision: made }, ...sellIntents(made));
  return made;
}

const rotation = decision({
  id: ID,
  orders: [
    intent(ID, 'sell', 'XLF', 50),
    intent(ID, 'buy', 'XLK', 70),
    intent(ID, 'buy', 'XLE', 70),
  ],
});

/** The broker takes the sell, fills nothing of it and does not cancel it either. */
function sellStaysOpen({ parts, broker }: Desk): EngineParts {
  broker.behave(({ side }) => ({ kind: side === 'sell' ? 'open' : 'whole' }));
  return { ...parts, broker: { ...broker, cancel: async () => undefined } };
}

describe('executing a decision', () => {
  it('sells before it buys, and ends with the broker’s ledger', async () => {
    const it_ = desk();
    const progress = await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(progress).toMatchObject({ kind: 'finished', result: { kind: 'complete' } });
    expect(it_.broker.posts.map(({ side, ticker: of }) => `${side} ${of}`)).toEqual([
      'sell XLF',
      'buy XLK',
      'buy XLE',
    ]);
    expect(it_.parts.journal.book().ledger.cash).toBe(it_.broker.ledger().cash);
    expect([...it_.parts.journal.book().ledger.lots.keys()]).toEqual(['XLK', 'XLE']);
  });

  it('does not buy more than the available cash when prices have risen', async () => {
    const it_ = desk();
    it_.broker.setPrice('XLK', 109);
    it_.broker.setPrice('XLE', 109);
    const progress = await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(it_.broker.ledger().cash).toBeGreaterThanOrEqual(0);
    expect(progress).toMatchObject({ kind: 'finished', result: { kind: 'partial' } });
    expect(it_.managedOrders().map((managed) => managed.intent.qty / 1e9)).toEqual([50, 68, 68]);
  });

  it('buys with the cash that is there once a sell has not ended for ten minutes', async () => {
    const it_ = desk();
    const progress = await executeRebalance(
      sellStaysOpen(it_),
      it_.accounts,
      record(it_, rotation),
      going,
    );
    expect(progress).toEqual({
      kind: 'waiting',
      reason: 'sell orders still open at the broker: XLF (new)',
    });
    // $10,000 of the $14,070 that the buys may cost at their limits.
    expect(it_.broker.posts.map(({ qty }) => qty / 1e9)).toEqual([50, 49, 49]);
    expect(it_.clock.now()).toBeGreaterThanOrEqual(OPEN + 10 * 60_000);
  });

  it('sends no tiny partial buy while the proceeds of a sell are still to come', async () => {
    const it_ = desk(6_000);
    const made = record(it_, rotation);
    expect(await executeRebalance(sellStaysOpen(it_), it_.accounts, made, going)).toMatchObject({
      kind: 'waiting',
    });
    expect(it_.broker.posts.map(({ side }) => side)).toEqual(['sell']);
    expect(it_.managedOrders()).toHaveLength(1);
  });

  it('buys with little cash in the last session of its attempts', async () => {
    const it_ = desk(6_000);
    const made = record(it_, rotation);
    it_.clock.set(newYorkInstant(sessionDate('2026-11-17'), 10 * 60));
    await executeRebalance(sellStaysOpen(it_), it_.accounts, made, going);
    expect(it_.broker.posts.map(({ qty }) => qty / 1e9)).toEqual([50, 29, 29]);
  });

  it('looks an unanswered order up instead of sending it again', async () => {
    const it_ = desk();
    it_.broker.behave((_intent, post) => (post === 1 ? { kind: 'lost' } : { kind: 'whole' }));
    await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(it_.broker.posts).toHaveLength(3);
    expect(it_.broker.accepted).toHaveLength(3);
  });

  it('sends an order that never arrived again under the same id', async () => {
    const it_ = desk();
    it_.broker.behave((_intent, post) =>
      post === 1 ? { kind: 'never-arrives' } : { kind: 'whole' },
    );
    await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    const ids = it_.broker.posts.map((post) => post.clientOrderId);
    expect(ids[0]).toBe(ids[1]);
    expect(it_.broker.accepted).toHaveLength(3);
  });

  it('sends nothing else while the outcome of one order is unknown', async () => {
    const it_ = desk();
    it_.broker.behave(() => ({ kind: 'never-arrives' }));
    await expect(
      executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going),
    ).rejects.toThrow(/not known yet/);
    expect(new Set(it_.broker.posts.map((post) => post.clientOrderId)).size).toBe(1);
  });

  it('continues to number the attempts of an order, however often it is resumed', async () => {
    const it_ = desk();
    it_.broker.behave(() => ({ kind: 'never-arrives' }));
    const made = record(it_, rotation);
    for (const passes of [1, 2]) {
      await expect(executeRebalance(it_.parts, it_.accounts, made, going)).rejects.toThrow(
        /not known yet/,
      );
      const tries = it_.parts.journal
        .since(0, 1_000)
        .flatMap(({ entry }) => (entry.kind === 'sending' ? [entry.try] : []));
      expect(tries).toEqual(Array.from({ length: 3 * passes }, (_, index) => index + 1));
      expect(it_.broker.posts).toHaveLength(3 * passes);
    }
  });

  it('that is abandoned keeps an order found only by a look-up, with its fills', async () => {
    const it_ = desk();
    it_.broker.behave(() => ({ kind: 'lost' }));
    const made = record(it_, rotation);
    const blind = { ...it_.broker, orderByClientId: async () => undefined };
    const broken = executeRebalance({ ...it_.parts, broker: blind }, it_.accounts, made, going);
    await expect(broken).rejects.toThrow(/not known yet/);
    expect(it_.managedOrders()[0]?.state).toBe('sending');
    // The list of orders lags behind the single one.
    const unlisted = { ...it_.broker, orders: async () => [] };
    await abandonRebalance({ ...it_.parts, broker: unlisted }, made);
    expect(it_.managedOrders()[0]).toMatchObject({ state: 'placed', order: { status: 'filled' } });
    expect(it_.managedOrders()[0]?.fills).toHaveLength(1);
  });

  it('continues after a permanent rejection and reports the remainder at the end', async () => {
    const it_ = desk();
    it_.broker.behave((order) =>
      order.ticker === 'XLK'
        ? { kind: 'refused', reason: 'asset is not fractionable' }
        : { kind: 'whole' },
    );
    const progress = await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(progress).toEqual({
      kind: 'finished',
      result: { kind: 'partial', left: ['buy XLK: not sent: refused: asset is not fractionable'] },
    });
    expect(it_.parts.journal.book().alerts.size).toBe(1);
    expect([...it_.broker.ledger().lots.keys()]).toEqual(['XLE']);
  });

  it('retries after a temporary rejection without using up an attempt', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    let refusals = 0;
    it_.broker.behave(({ ticker: of }) => {
      if (of !== 'XLK' || refusals >= 6) return { kind: 'whole' };
      refusals += 1;
      return { kind: 'refused', reason: 'insufficient buying power' };
    });
    const sentAt: number[] = [];
    for (let minute = 0; minute < 80; minute++) {
      it_.clock.set(newYorkInstant(sessionDate('2026-11-10'), 9 * 60 + 35 + minute));
      const before = it_.broker.posts.filter(({ ticker: of }) => of === 'XLK').length;
      await executeRebalance(it_.parts, it_.accounts, made, going);
      const after = it_.broker.posts.filter(({ ticker: of }) => of === 'XLK').length;
      if (after > before) sentAt.push(minute);
    }
    expect(sentAt).toEqual([0, 5, 15, 30, 45, 60, 75]);
    expect(it_.parts.journal.book().rebalances.get(ID)?.result?.kind).toBe('complete');
    expect(it_.parts.journal.book().ledger.cash).toBe(it_.broker.ledger().cash);
  });

  it('counts the buying power that its own orders took since the account was read', async () => {
    const it_ = desk();
    // What the sell brought may be spent tomorrow, and an order that did not leave earlier has its size.
    const account = async (): ReturnType<EngineParts['broker']['account']> => ({
      ...(await it_.broker.account()),
      buyingPower: dollars(8_000),
    });
    it_.broker.behave(({ side }) => ({ kind: side === 'sell' ? 'whole' : 'open' }));
    const made = record(it_, rotation);
    it_.parts.journal.append({ kind: 'intent', intent: intent(ID, 'buy', 'XLE', 70) });
    const parts = { ...it_.parts, broker: { ...it_.broker, account } };
    await executeRebalance(parts, createReconciler(parts), made, going);
    const buys = it_.broker.posts.filter(({ side }) => side === 'buy');
    expect(buys.slice(0, 2).map(({ ticker: of, qty }) => [of, qty / 1e9])).toEqual([
      ['XLK', 70],
      ['XLE', 9],
    ]);
  });

  it('buys no more once a look between two buys finds that the books differ', async () => {
    const it_ = desk();
    const broker: EngineParts['broker'] = {
      ...it_.broker,
      submit: async (terms) => {
        const outcome = await it_.broker.submit(terms);
        if (terms.ticker === 'XLK') {
          it_.broker.give('XLP', 1);
          await it_.accounts.reconcile();
        }
        return outcome;
      },
    };
    const parts = { ...it_.parts, broker };
    const progress = await executeRebalance(parts, it_.accounts, record(it_, rotation), going);
    expect(it_.broker.posts.map((post) => post.ticker)).toEqual(['XLF', 'XLK']);
    expect(progress).toEqual({ kind: 'waiting', reason: 'XLP: ours 0, broker 1' });
  });

  it('sends what was left over at most three times more, each under a new id', async () => {
    const it_ = desk();
    it_.broker.behave((order) =>
      order.side === 'sell' ? { kind: 'fills', parts: [10] } : { kind: 'whole' },
    );
    const progress = await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    const sells = it_.broker.posts.filter((post) => post.side === 'sell');
    expect(sells.map((post) => post.qty / 1e9)).toEqual([50, 40, 30, 20]);
    expect(new Set(sells.map((post) => post.clientOrderId)).size).toBe(4);
    expect(progress).toMatchObject({
      result: {
        left: ['sell XLF: 40 of 50 filled, then expired'],
      },
    });
  });

  it('sends the rest of an order that was open before and ends in part while it waits', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    await executeRebalance(sellStaysOpen(it_), it_.accounts, made, going);
    const [first] = it_.broker.posts;
    it_.broker.behave(() => ({ kind: 'whole' }));
    it_.broker.progress(first?.clientOrderId ?? '', { fill: 20 });
    it_.broker.progress(first?.clientOrderId ?? '', { status: 'canceled' });
    const progress = await executeRebalance(it_.parts, it_.accounts, made, going);
    const sells = it_.broker.posts.filter((post) => post.side === 'sell');
    expect(sells.map((post) => post.qty / 1e9)).toEqual([50, 30]);
    expect(progress).toMatchObject({ kind: 'finished', result: { left: [] } });
  });

  it('books partial fills once, whatever order they are read in', async () => {
    const it_ = desk();
    it_.broker.behave((order) =>
      order.side === 'sell' ? { kind: 'fills', parts: [10, 15, 25] } : { kind: 'whole' },
    );
    const backwards = {
      ...it_.broker,
      fills: async (since: ReturnType<typeof epochMs>) => {
        const fills = await it_.broker.fills(since);
        return [...fills, ...fills].reverse();
      },
    };
    await executeRebalance(
      { ...it_.parts, broker: backwards },
      it_.accounts,
      record(it_, rotation),
      going,
    );
    expect(it_.parts.journal.book().ledger.cash).toBe(it_.broker.ledger().cash);
  });

  it('pauses when the trading window closes and continues when it opens again', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    it_.clock.set(newYorkInstant(sessionDate('2026-11-10'), 15 * 60 + 45));
    expect(await executeRebalance(it_.parts, it_.accounts, made, going)).toMatchObject({
      kind: 'waiting',
    });
    expect(it_.broker.posts).toEqual([]);
    it_.clock.set(newYorkInstant(sessionDate('2026-11-11'), 9 * 60 + 40));
    expect(await executeRebalance(it_.parts, it_.accounts, made, going)).toMatchObject({
      kind: 'finished',
    });
  });

  it('sends nothing under HALT, and no buy under REDUCE', async () => {
    const halted = desk();
    halted.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'look' });
    expect(
      await executeRebalance(halted.parts, halted.accounts, record(halted, rotation), going),
    ).toMatchObject({
      kind: 'waiting',
    });
    expect(halted.broker.posts).toEqual([]);

    const reduced = desk();
    reduced.parts.journal.append({ kind: 'state', state: 'REDUCE', by: 'ann', reason: 'look' });
    await executeRebalance(reduced.parts, reduced.accounts, record(reduced, rotation), going);
    expect(reduced.broker.posts.map((post) => post.side)).toEqual(['sell']);
  });

  it('does nothing when it is executed again', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    await executeRebalance(it_.parts, it_.accounts, made, going);
    await executeRebalance(it_.parts, it_.accounts, made, going);
    expect(it_.broker.posts).toHaveLength(3);
    expect(it_.parts.journal.book().ledger.cash).toBe(it_.broker.ledger().cash);
  });

  it('stops before the next order when Rotor is stopped', async () => {
    const it_ = desk();
    const stop = new AbortController();
    it_.broker.behave(() => {
      stop.abort();
      return { kind: 'whole' };
    });
    const made = record(it_, rotation);
    await executeRebalance(it_.parts, it_.accounts, made, stop.signal);
    expect(it_.broker.posts).toHaveLength(1);
    expect(await executeRebalance(it_.parts, it_.accounts, made, going)).toMatchObject({
      kind: 'finished',
    });
    expect(it_.broker.accepted).toHaveLength(3);
  });

  it('halts when the broker uses an order’s id for another order', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    it_.broker.behave(() => ({ kind: 'never-arrives' }));
    const strange = {
      ...it_.broker,
      orderByClientId: async (id: string) => ({
        id: 'x',
        clientOrderId: id,
        ticker: ticker('XLF'),
        side: 'sell' as const,
        qty: wholeShares(49),
        filledQty: wholeShares(0),
        averagePrice: undefined,
        status: 'open' as const,
        brokerStatus: 'new',
        submittedAt: OPEN,
        updatedAt: OPEN,
      }),
    };
    await expect(
      executeRebalance({ ...it_.parts, broker: strange }, it_.accounts, made, going),
    ).rejects.toMatchObject({
      remedy: 'halt',
    });
  });
});

describe('cash', () => {
  it('sums to the cent after every rebalance', async () => {
    const it_ = desk();
    it_.broker.setPrice('XLK', 33.333);
    it_.broker.setPrice('XLE', 77.7777);
    await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    const { ledger } = it_.parts.journal.book();
    expect(ledger.cash).toBe(cents(it_.broker.ledger().cash));
  });
});

describe('a POST', () => {
  it('is recorded before it is sent', async () => {
    const it_ = desk();
    const states: (string | undefined)[] = [];
    it_.broker.behave(({ clientOrderId }) => {
      states.push(it_.parts.journal.book().managedOrders.get(clientOrderId)?.state);
      return { kind: 'whole' };
    });
    await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(states).toEqual(['sending', 'sending', 'sending']);
  });

  it('is not made for an interrupted order that the broker already has', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    const [sell] = made.plan.orders;
    if (!sell) throw new Error('no sell');
    it_.parts.journal.append({ kind: 'sending', clientOrderId: sell.clientOrderId, try: 1 });
    it_.broker.tradeByHand(sell);
    // Its list of orders lags behind: the id alone finds it.
    const parts = { ...it_.parts, broker: { ...it_.broker, orders: async () => [] } };
    await executeRebalance(parts, createReconciler(parts), made, going);
    expect(it_.broker.posts.map(({ side }) => side)).toEqual(['buy', 'buy']);
  });

  it('is not repeated before the id was looked up several times', async () => {
    const it_ = desk();
    it_.broker.behave((_intent, post) => (post === 1 ? { kind: 'lost' } : { kind: 'whole' }));
    let looks = 0;
    const slow = {
      ...it_.broker,
      orderByClientId: async (id: string) => {
        looks += 1;
        return looks < 3 ? undefined : it_.broker.orderByClientId(id);
      },
    };
    await executeRebalance(
      { ...it_.parts, broker: slow },
      it_.accounts,
      record(it_, rotation),
      going,
    );
    expect(it_.broker.posts.map(({ side }) => side)).toEqual(['sell', 'buy', 'buy']);
  });

  it('checks the limits again', async () => {
    const it_ = desk();
    it_.broker.behave(() => {
      it_.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'look' });
      return { kind: 'never-arrives' };
    });
    const progress = await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
    expect(progress).toMatchObject({ kind: 'waiting' });
    expect(it_.broker.posts).toHaveLength(1);
  });

  it('that may have arrived is never written off because of a limit', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    it_.broker.behave(() => ({ kind: 'never-arrives' }));
    await expect(executeRebalance(it_.parts, it_.accounts, made, going)).rejects.toThrow(
      /not known/,
    );
    // As if it had been sold: nothing is there to sell again.
    const account = async () => ({ ...(await it_.broker.account()), equity: dollars(10_000) });
    const broker = { ...it_.broker, account, positions: async () => [] };
    const parts = { ...it_.parts, broker };
    expect(await executeRebalance(parts, it_.accounts, made, going)).toEqual({
      kind: 'waiting',
      reason: 'XLF is not held any more, so there is nothing to sell',
    });
    expect(it_.managedOrders()[0]?.state).toBe('sending');
  });

  it('is not made for a rebalance that a person ended meanwhile', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    it_.broker.behave(() => {
      it_.parts.journal.append({
        kind: 'finished',
        decisionId: ID,
        result: { kind: 'partial', left: ['ended by ann'] },
      });
      return { kind: 'whole' };
    });
    await executeRebalance(it_.parts, it_.accounts, made, going);
    expect(it_.broker.posts.map(({ side }) => side)).toEqual(['sell']);
    expect(it_.managedOrders()).toHaveLength(1);
    expect(it_.parts.journal.book().ledger.cash).toBe(it_.broker.ledger().cash);
  });

  it('of a buy is not made because the stream says that something happened', async () => {
    const it_ = desk(1_000);
    const chatty = {
      ...sellStaysOpen(it_).broker,
      onOrderUpdate: (listener: Parameters<FakeBroker['onOrderUpdate']>[0]) => {
        listener({ clientOrderId: '', event: 'fill' });
        return () => undefined;
      },
    };
    const parts = { ...it_.parts, broker: chatty };
    const progress = await executeRebalance(parts, it_.accounts, record(it_, rotation), going);
    expect(progress).toMatchObject({ kind: 'waiting' });
    expect(it_.broker.posts.map(({ side }) => side)).toEqual(['sell']);
  });
});

describe('one pass over a decision', () => {
  const [SELL, XLK, XLE] = rotation.plan.orders;
  const posted = ({ broker }: Desk) => broker.posts.map(({ side, ticker: of }) => `${side} ${of}`);

  it('buys nothing while one difference is left after its sells', async () => {
    const it_ = desk();
    const compared = { positions: [], account: await it_.broker.account() };
    const differences = [{ ticker: undefined, ours: '$1', theirs: '$2' }];
    const accounts = { reconcileFills: async () => ({ ...compared, differences }) as never };
    expect(await executeRebalance(it_.parts, accounts, record(it_, rotation), going)).toMatchObject(
      { kind: 'waiting', reason: 'our records and the broker’s differ' },
    );
    expect(posted(it_)).toEqual(['sell XLF']);
  });

  it('resolves the alert of a limit that holds nothing back any more, even if it is partial', async () => {
    const limit = { about: 'limit', limit: 'order count' } as const;
    const resolvedAfter = async (isWaiting: boolean) => {
      const it_ = desk();
      it_.parts.journal.append({ kind: 'alert', alert: alert({ subject: limit as never }) });
      const reason = isWaiting ? 'insufficient buying power' : 'asset is not fractionable';
      it_.broker.behave(({ ticker: of }) =>
        of === 'XLK' ? { kind: 'refused', reason } : { kind: 'whole' },
      );
      await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going);
      return it_.parts.journal
        .since(0, 1_000)
        .flatMap(({ entry }) =>
          entry.kind === 'resolved' && entry.subject.about === 'limit'
            ? [entry.lapsed ?? false]
            : [],
        );
    };
    expect(await resolvedAfter(false)).toEqual([false]);
    expect(await resolvedAfter(true)).toEqual([]);
  });

  it.each(['latestPrices', 'assets', 'openOrders'] as const)(
    'sends nothing once a person has ended it while %s is asked for',
    async (name) => {
      const it_ = desk();
      const result = { kind: 'partial' as const, left: ['ended by ann'] };
      const ending = async (...given: readonly unknown[]) => {
        it_.parts.journal.append({ kind: 'finished', decisionId: ID, result });
        return (it_.broker[name] as (...all: readonly unknown[]) => Promise<unknown>)(...given);
      };
      const broker = { ...it_.broker, [name]: ending };
      const parts = { ...it_.parts, broker } as EngineParts;
      expect(
        await executeRebalance(parts, it_.accounts, record(it_, rotation), going),
      ).toMatchObject({ kind: 'finished', result });
      expect(posted(it_)).toEqual([]);
    },
  );

  it('records no buy that a stop of buying holds back', async () => {
    const it_ = desk();
    it_.parts.journal.append({ kind: 'state', state: 'REDUCE', by: 'ann', reason: 'wait' });
    expect(
      await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going),
    ).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('buying is stopped') });
    expect(it_.managedOrders().map(({ intent: of }) => of.clientOrderId)).toEqual([
      SELL?.clientOrderId,
    ]);
  });

  it('says that it waits after a rejection that may pass, without an alert of a limit', async () => {
    const it_ = desk();
    it_.broker.behave(({ ticker: of }) =>
      of === 'XLK' ? { kind: 'refused', reason: 'insufficient buying power' } : { kind: 'whole' },
    );
    expect(await executeRebalance(it_.parts, it_.accounts, record(it_, rotation), going)).toEqual({
      kind: 'waiting',
      reason: 'buy XLK: refused: insufficient buying power',
    });
    const about = [...it_.parts.journal.book().alerts.values()].map(
      (each) => each.alert.subject.about,
    );
    expect(about).toEqual(['refused-order']);
    expect([XLK?.ticker, XLE?.ticker]).toEqual(['XLK', 'XLE']);
  });
});

describe('a rebalance with an order of unknown outcome', () => {
  const sells = [intent(ID, 'sell', 'XLE', 20), intent(ID, 'sell', 'XLF', 50)];
  const both = decision({ id: ID, orders: sells });

  /** XLE has no price, and the order of XLF has not arrived. */
  async function unknownSell(made: Decision): Promise<Desk> {
    const it_ = desk();
    it_.broker.give('XLE', 20);
    it_.parts.journal.append({
      ...{ kind: 'adjustment', ticker: ticker('XLE'), by: 'ann' },
      ...{ qty: wholeShares(20), cash: cents(0) },
    });
    record(it_, made);
    it_.broker.behave(() => ({ kind: 'never-arrives' }));
    const priceless = {
      ...it_.broker,
      latestPrices: async (asked: Parameters<FakeBroker['latestPrices']>[0]) => {
        const prices = new Map(await it_.broker.latestPrices(asked));
        prices.delete(ticker('XLE'));
        return prices;
      },
    };
    await executeRebalance({ ...it_.parts, broker: priceless }, it_.accounts, made, going).catch(
      () => undefined,
    );
    expect(new Set(it_.broker.posts.map((post) => post.ticker))).toEqual(new Set(['XLF']));
    it_.broker.posts.length = 0;
    it_.broker.behave(() => ({ kind: 'whole' }));
    return it_;
  }

  it('settles that one before the one that is planned beside it leaves', async () => {
    const it_ = await unknownSell(both);
    await executeRebalance(it_.parts, it_.accounts, both, going);
    expect(it_.broker.posts.map((post) => post.ticker)).toEqual(['XLF', 'XLE']);
  });

  it('waits for it no longer where a person cancelled it and it is ten minutes old', async () => {
    const it_ = await unknownSell(both);
    const clientOrderId = sells[1]?.clientOrderId ?? '';
    it_.parts.journal.append({ kind: 'cancel-requested', clientOrderId, by: 'ann' });
    await executeRebalance(it_.parts, it_.accounts, both, going).catch(() => undefined);
    expect(it_.broker.posts).toEqual([]);
    it_.clock.set(newYorkInstant(sessionDate('2026-11-10'), 10 * 60));
    await executeRebalance(it_.parts, it_.accounts, both, going);
    expect(it_.broker.posts.map((post) => post.ticker)).toEqual(['XLE']);
  });

  it('does not hold up a person who has everything sold', async () => {
    const it_ = desk();
    it_.broker.give('XLE', 20);
    const id = 'flatten-2026-11-10-1';
    const orders = [intent(id, 'sell', 'XLF', 50), intent(id, 'sell', 'XLE', 20)];
    const made = record(it_, decision({ id, cause: 'manual', orders }));
    it_.broker.behave(({ ticker: of }) => ({ kind: of === 'XLF' ? 'never-arrives' : 'whole' }));
    const untradable: FakeBroker['assets'] = async (asked) =>
      (await it_.broker.assets(asked)).map((each) => ({
        ...each,
        tradable: each.ticker !== 'XLE',
      }));
    for (const broker of [{ ...it_.broker, assets: untradable }, it_.broker]) {
      expect(it_.broker.accepted).toEqual([]);
      const parts = { ...it_.parts, broker };
      await executeRebalance(parts, it_.accounts, made, going).catch(() => undefined);
    }
    expect(it_.broker.accepted.map((order) => order.ticker)).toEqual(['XLE']);
  });
});

describe('a rebalance that is continued', () => {
  it('does not send a line again while its order is open', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    const parts = { ...it_.parts, broker: { ...it_.broker, cancel: async () => undefined } };
    it_.broker.behave(({ side }) => ({ kind: side === 'buy' ? 'open' : 'whole' }));
    for (let passes = 0; passes < 2; passes++) {
      expect(await executeRebalance(parts, it_.accounts, made, going)).toMatchObject({
        kind: 'waiting',
        reason: expect.stringMatching(/^buy orders still open at the broker: XLK/),
      });
      expect(it_.broker.posts.map((post) => post.ticker)).toEqual(['XLF', 'XLK', 'XLE']);
    }
  });
});

describe('a rebalance that a person ends while it asks the broker', () => {
  const ASKED = [
    ...(['clock', 'account', 'positions', 'unmanagedHoldings', 'openOrders', 'orders'] as const),
    ...(['unmanagedOrders', 'assets', 'latestPrices', 'fills', 'activities', 'submit'] as const),
  ];
  /** What is written down after the end, where it comes with that request; undefined after the last one. */
  async function afterEndAt(moment: number): Promise<readonly string[] | undefined> {
    const it_ = desk();
    const made = record(it_, rotation);
    const { journal } = it_.parts;
    let [asked, endedAt] = [0, 0];
    const ending =
      (real: (...given: readonly unknown[]) => unknown) =>
      (...given: readonly unknown[]) => {
        asked += 1;
        if (asked === moment) {
          const result = { kind: 'partial' as const, left: [] };
          journal.append({ kind: 'finished', decisionId: ID, result });
          endedAt = journal.book().seq;
        }
        return real(...given);
      };
    const asking = ASKED.map((name) => [name, ending(it_.broker[name] as never)]);
    const broker = { ...it_.broker, ...Object.fromEntries(asking) };
    const parts = { ...it_.parts, broker };
    await executeRebalance(parts, createReconciler(parts), made, going);
    if (endedAt === 0) return undefined;
    return journal.since(endedAt, 1_000).map(({ entry }) => entry.kind);
  }

  it('writes no further order down, whichever request that is', async () => {
    let moment = 1;
    for (; ; moment++) {
      const after = await afterEndAt(moment);
      if (!after) break;
      expect(after.filter((kind) => kind === 'intent' || kind === 'sending')).toEqual([]);
    }
    expect(moment).toBeGreaterThan(20);
  });

  it('waits no longer for its open order', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    const open = sellStaysOpen(it_);
    const orders: FakeBroker['orders'] = async (since) => {
      const result = { kind: 'partial' as const, left: [] };
      it_.parts.journal.append({ kind: 'finished', decisionId: ID, result });
      return it_.broker.orders(since);
    };
    const parts = { ...open, broker: { ...open.broker, orders } };
    await executeRebalance(parts, it_.accounts, made, going);
    expect(it_.clock.now()).toBeLessThan(OPEN + 60_000);
  });
});

describe('a rebalance of which a person cancels an order', () => {
  const takenBack = ({ parts }: Desk, clientOrderId: string) =>
    parts.journal.append({ kind: 'cancel-requested', clientOrderId, by: 'ann' });

  it('asks the broker to cancel before it asks for anything that a new order needs', async () => {
    const it_ = desk();
    const [open, next] = [intent(ID, 'sell', 'XLF', 50), intent(ID, 'sell', 'XLE', 20)];
    const made = record(it_, decision({ id: ID, orders: [open, next] }));
    it_.parts.journal.append(
      { kind: 'sending', clientOrderId: open.clientOrderId, try: 1 },
      { kind: 'order', order: it_.broker.openByHand(open) },
    );
    takenBack(it_, open.clientOrderId);
    const assets = async () => {
      throw new TradingError('no answer', 'retry');
    };
    const parts = { ...it_.parts, broker: { ...it_.broker, assets } };
    await expect(executeRebalance(parts, it_.accounts, made, going)).rejects.toThrow('no answer');
    expect(it_.broker.cancels).toEqual(['order-1']);
  });

  it('asks for it as soon as an order arrives that was cancelled on its way', async () => {
    const it_ = desk();
    it_.broker.behave(({ side, clientOrderId }) => {
      if (side === 'buy') return { kind: 'whole' };
      takenBack(it_, clientOrderId);
      return { kind: 'open' };
    });
    const cancelledAt: number[] = [];
    const cancel: FakeBroker['cancel'] = async (orderId) => {
      cancelledAt.push(it_.clock.now());
      return it_.broker.cancel(orderId);
    };
    const parts = { ...it_.parts, broker: { ...it_.broker, cancel } };
    await executeRebalance(parts, it_.accounts, record(it_, rotation), going);
    expect(cancelledAt).toEqual([OPEN]);
  });

  it('sends no rest of an order that is cancelled while its fills are asked for', async () => {
    const it_ = desk();
    it_.broker.behave(({ side }) =>
      side === 'sell' ? { kind: 'fills', parts: [10] } : { kind: 'whole' },
    );
    const fills: FakeBroker['fills'] = async (since) => {
      takenBack(it_, it_.managedOrders()[0]?.intent.clientOrderId ?? '');
      return it_.broker.fills(since);
    };
    const parts = { ...it_.parts, broker: { ...it_.broker, fills } };
    await executeRebalance(parts, it_.accounts, record(it_, rotation), going);
    const sells = it_.broker.posts.filter(({ side }) => side === 'sell');
    expect(sells.map((post) => post.qty / 1e9)).toEqual([50]);
  });
});

describe('a line of a rebalance', () => {
  it('waits without an alert of a limit after an order that was accepted and then rejected', async () => {
    const it_ = desk();
    const made = record(it_, rotation);
    it_.broker.behave(({ side }) => ({ kind: side === 'sell' ? 'open' : 'whole' }));
    const submit: FakeBroker['submit'] = async (terms) => {
      const answer = await it_.broker.submit(terms);
      if (terms.side === 'sell') {
        it_.broker.progress(terms.clientOrderId, { status: 'rejected' });
      }
      return answer;
    };
    const parts = { ...it_.parts, broker: { ...it_.broker, submit } };
    expect(await executeRebalance(parts, it_.accounts, made, going)).toEqual({
      kind: 'waiting',
      reason: 'sell XLF: rejected by the broker',
    });
    const about = [...it_.parts.journal.book().alerts.values()].map(
      ({ alert: { subject } }) => subject.about,
    );
    expect(about).not.toContain('limit');
  });

  it('raises no alert of what is left of a sale of everything that a person has ended', async () => {
    const it_ = soldInParts();
    it_.broker.behave((_intent, post) => {
      const result = { kind: 'partial' as const, left: [] };
      if (post === 4) {
        it_.parts.journal.append({ kind: 'finished', decisionId: it_.made.id, result });
      }
      return { kind: 'fills', parts: [10] };
    });
    await executeRebalance(it_.parts, it_.accounts, it_.made, going);
    expect(it_.broker.posts).toHaveLength(4);
    expect([...it_.parts.journal.book().alerts.keys()]).toEqual([]);
  });

  it('is over where its part of the cash buys no share, whatever becomes of the other buys', async () => {
    const it_ = desk();
    it_.broker.setPrice('XLE', 6_000);
    it_.broker.behave(({ clientOrderId: id }) => {
      it_.parts.journal.append({ kind: 'cancel-requested', clientOrderId: id, by: 'ann' });
      return { kind: 'fills', parts: [1] };
    });
    const orders = [intent(ID, 'buy', 'XLK', 100), intent(ID, 'buy', 'XLE', 1, 6_000)];
    const made = record(it_, decision({ id: ID, orders }));
    const progress = await executeRebalance(it_.parts, it_.accounts, made, going);
    expect(it_.broker.posts.map(({ ticker: of, qty }) => [of, qty / 1e9])).toEqual([['XLK', 62]]);
    expect(progress).toMatchObject({
      result: {
        left: [expect.stringMatching(/^buy XLK/), expect.stringMatching(/^buy XLE: not sent/)],
      },
    });
  });

  it('is said to be of a stock that may be halted where a sale of everything did not fill', async () => {
    const { parts, accounts, made } = soldInParts();
    expect(await executeRebalance(parts, accounts, made, going)).toEqual({
      kind: 'waiting',
      reason: 'sell XLF: not filled; the stock may be halted',
    });
    expect([...parts.journal.book().alerts.keys()]).toContain('limit asset');
  });

  it('leaves at once where the next order of a sale of everything is written down already', async () => {
    const it_ = soldInParts();
    await executeRebalance(it_.parts, it_.accounts, it_.made, going);
    const [first] = it_.made.plan.orders;
    if (!first) throw new Error('no sell');
    const fifth = { ...first, attempt: 5, qty: wholeShares(10) };
    const next = { ...fifth, clientOrderId: clientOrderId({ ...fifth, accountId: ACCOUNT_ID }) };
    it_.parts.journal.append({ kind: 'intent', intent: next });
    await executeRebalance(it_.parts, it_.accounts, it_.made, going);
    expect(it_.broker.posts.map(({ clientOrderId: id }) => id).at(-1)).toBe(next.clientOrderId);
  });

  /** Everything is to be sold, and each order of it fills 10 shares and expires. */
  function soldInParts() {
    const it_ = desk();
    it_.broker.behave(() => ({ kind: 'fills', parts: [10] }));
    const id = 'flatten-2026-11-10-1';
    const made = decision({ id, cause: 'manual', orders: [intent(id, 'sell', 'XLF', 50)] });
    return { ...it_, made: record(it_, made) };
  }
});

describe('the alert about orders that stay open', () => {
  it('names only those that do', async () => {
    const it_ = desk();
    const parts = { ...it_.parts, broker: { ...it_.broker, cancel: async () => undefined } };
    it_.broker.behave(({ ticker: of }) => ({ kind: of === 'XLE' ? 'open' : 'whole' }));
    await executeRebalance(parts, it_.accounts, record(it_, rotation), going);
    const texts = [...it_.parts.journal.book().alerts.values()].map(({ alert: { text } }) => text);
    expect(texts).toEqual(['buy orders still open at the broker: XLE (new)']);
  });
});
