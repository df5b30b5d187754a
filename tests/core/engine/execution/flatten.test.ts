import { describe, expect, it } from 'vitest';
import { dollars, ticker } from '#core/domain/units.ts';
import { cancelFlatten, flatten } from '#core/engine/execution/flatten.ts';
import type { ExecutionParts, Observer } from '#core/engine/parts.ts';
import { TradingError } from '#core/errors.ts';
import { changed, withRows } from '#tests/support/bars.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { account } from '#tests/support/desk.ts';
import { person } from '#tests/support/person.ts';
import {
  at,
  barsThrough,
  running,
  sameBooks,
  started,
  type World,
  world,
} from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

/** A desk that holds 99 XLK and 99 XLE in the middle of a month. */
async function holding(): Promise<World> {
  const desk = await running(ROTATION);
  desk.goTo('2024-07-15', '10:00');
  await desk.engine.look();
  return desk;
}

const last = (desk: World) => [...desk.book().rebalances.values()].at(-1);
const sold = (desk: World) => desk.posted().filter((post) => post.startsWith('sell'));

describe('flatten', () => {
  it('sells everything by the normal execution, and buys nothing', async () => {
    const desk = await holding();
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(sold(desk)).toEqual(['sell XLF 100', 'sell XLK 99', 'sell XLE 99']);
    expect(last(desk)).toMatchObject({
      decision: { id: 'flatten-2024-07-15-1', cause: 'manual' },
      result: { kind: 'complete' },
    });
    expect(desk.book().state).toMatchObject({
      state: 'REDUCE',
      by: 'ann',
      reason: 'flatten: fire',
    });
    expect(desk.broker.ledger().lots.size).toBe(0);
    expect(sameBooks(desk)).toBe(true);
    await desk.minutes(60);
    expect(desk.posted()).toHaveLength(5);
  });

  it('is executed once, whatever restarts there are', async () => {
    const desk = await holding();
    await desk.engine.flatten('ann', 'fire');
    await desk.restart();
    await desk.minutes(3);
    await desk.restart();
    await desk.minutes(3);
    expect(sold(desk)).toHaveLength(3);
  });

  it('stops buying if the holdings are unknown, and sells nothing yet', async () => {
    const desk = await holding();
    desk.broker.fail(new TradingError('the broker did not answer', 'retry'));
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({
      kind: 'closed',
      reason: expect.stringMatching(/^Nothing is sold yet.*the broker did not answer/),
    });
    expect(desk.book().state).toMatchObject({ state: 'REDUCE', by: 'ann' });
    expect(desk.book().rebalances.size).toBe(1);
    desk.broker.fail(undefined);
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(sold(desk)).toHaveLength(3);
  });

  it('leaves foreign holdings unchanged', async () => {
    const desk = await running({ ...ROTATION, held: { XLF: 100, AAPL: 3 } });
    desk.broker.setPrice('AAPL', 200);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(5);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['AAPL']);
  });

  it('works without bars, on the latest prices', async () => {
    const desk = await holding();
    desk.bars = () => new Map();
    await desk.restart();
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(last(desk)?.decision.closes.size).toBe(0);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('is not blocked by the price collar, as it is meant for a crash', async () => {
    const desk = await holding();
    await desk.engine.wake();
    desk.broker.setPrice('XLK', 10);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(5);
    expect(sold(desk)).toContain('sell XLK 99');
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('is not blocked by limits of size and number, which guard against the engine', async () => {
    const desk = await running({
      ...ROTATION,
      limits: { maxOrdersPerDay: 3, maxTurnoverPerDay: 1.5, maxOrder: dollars(10_500) },
    });
    desk.broker.setPrice('XLK', 109);
    await desk.engine.look();
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(5);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('sells at market while no prices are available', async () => {
    const desk = await holding();
    desk.answers.latestPrices = async () => {
      throw new TradingError('Alpaca latest trades: no answer', 'retry');
    };
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(3);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('tries a ticker for which a foreign buy is open, and lets the broker decide', async () => {
    const desk = await holding();
    const byHand = { ...intent('h', 'buy', 'XLK', 5), clientOrderId: 'hand-1' };
    desk.broker.openByHand(byHand);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(3);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('sells positions without a fresh price at market, and the rest at a limit', async () => {
    const desk = await holding();
    desk.answers.latestPrices = async (tickers) =>
      new Map([...(await desk.broker.latestPrices(tickers))].filter(([of]) => of !== 'XLK'));
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(3);
    const limits = desk.broker.posts
      .slice(3)
      .map(({ ticker: of, limitPrice }) => `${of} ${limitPrice ?? 'at market'}`);
    expect(limits).toEqual(['XLK at market', 'XLE 99.5']);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('sells shares that no other order reserves, and the rest once it is free', async () => {
    const desk = await holding();
    const stop = { ...intent('x', 'sell', 'XLK', 1), clientOrderId: 'by-hand-1' };
    desk.broker.openByHand(stop);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(5);
    expect(sold(desk).slice(1)).toEqual(['sell XLK 98', 'sell XLE 99']);
    expect(last(desk)?.result).toBeUndefined();
    desk.broker.progress('by-hand-1', { status: 'canceled' });
    await desk.minutes(5);
    expect(sold(desk).slice(3)).toEqual(['sell XLK 1']);
    expect(last(desk)?.result?.kind).toBe('complete');
  });

  it.each([
    ['2024-07-15', '20:00', '2024-07-16'],
    ['2024-07-16', '09:31', '2024-07-16'],
  ])('requested on %s at %s sells in the next window', async (date, time, day) => {
    const desk = await holding();
    desk.goTo(date, time);
    const before = sold(desk).length;
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({
      kind: 'accepted',
      startsAt: at(day, '09:35'),
    });
    expect(desk.book().state.state).toBe('REDUCE');
    await desk.minutes(3);
    expect(sold(desk)).toHaveLength(before);
    desk.goTo(day, '09:35');
    await desk.minutes(5);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('is accepted under HALT: a person’s wish to sell outranks an earlier halt', async () => {
    const desk = await holding();
    desk.engine.setState('HALT', 'ann', 'look');
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    expect(desk.book().state.state).toBe('REDUCE');
    await desk.minutes(5);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });

  it('can be cancelled until one of its orders was sent, and not afterwards', async () => {
    const desk = await holding();
    desk.goTo('2024-07-15', '20:00');
    await desk.engine.flatten('ann', 'fire');
    expect(desk.engine.cancelFlatten('bob')).toEqual({ kind: 'accepted' });
    expect(last(desk)?.result?.left[0]).toBe('taken back by bob');
    expect(desk.book().state.state).toBe('REDUCE');
    desk.goTo('2024-07-16', '09:35');
    await desk.minutes(5);
    expect(sold(desk)).toEqual(['sell XLF 100']);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(1);
    expect(desk.engine.cancelFlatten('bob')).toEqual({
      kind: 'closed',
      reason: 'Nothing is waiting to be sold.',
    });
  });

  it('cannot be cancelled once an order may be at the broker, though its outcome is not known', async () => {
    const desk = await holding();
    desk.broker.behave(() => ({ kind: 'never-arrives' }));
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(1);
    expect(desk.managedOrders().some(({ state }) => state === 'sending')).toBe(true);
    expect(desk.engine.cancelFlatten('bob')).toEqual({
      kind: 'closed',
      reason: 'Orders have left already; cancel those that are still open.',
    });
  });

  it('sells the other tickers while the outcome of one order is not known', async () => {
    const desk = await holding();
    desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLK' ? 'never-arrives' : 'whole' }));
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(2);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['XLK']);
  });

  it('records only the closes of the last session, and no older one as if it were', async () => {
    const desk = await holding();
    const behind = ticker('XLK');
    desk.bars = (through) =>
      changed(barsThrough(through), behind, (bars) =>
        withRows(bars, (row) => (row.date >= '2024-07-11' ? undefined : row)),
      );
    await desk.restart();
    await desk.engine.flatten('ann', 'fire');
    const closes = last(desk)?.decision.closes;
    expect([closes?.has(behind), closes?.get(ticker('XLE'))]).toEqual([false, 100]);
  });

  const refusals: readonly [string, (desk: World) => void | Promise<void>, RegExp][] = [
    [
      'when it runs already',
      async (desk) => {
        desk.broker.behave(() => ({ kind: 'open' }));
        await desk.engine.flatten('ann', 'fire');
      },
      /^Everything is being sold already\.$/,
    ],
    [
      'when nothing is held',
      async (desk) => {
        await desk.engine.flatten('ann', 'fire');
        await desk.minutes(5);
        desk.engine.setState('RUN', 'ann', 'again');
      },
      /^Nothing is held that Rotor may sell\.$/,
    ],
  ];

  it.each(refusals)('%s is rejected with a sentence', async (_name, before, reason) => {
    const desk = await holding();
    await before(desk);
    const [state, decisions] = [desk.book().state, desk.book().rebalances.size];
    const answer = await desk.engine.flatten('bob', 'again');
    expect(answer).toMatchObject({ kind: 'closed' });
    expect(answer).toHaveProperty('reason', expect.stringMatching(reason));
    expect(desk.book().state).toEqual(state);
    expect(desk.book().rebalances.size).toBe(decisions);
  });

  it('is rejected before Rotor first saw its account', async () => {
    const desk = world(ROTATION);
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({
      kind: 'closed',
      reason: 'Rotor has not met the account yet.',
    });
  });

  it('ends the running rebalance, cancels its orders, and then sells', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50, XLV: 50 } });
    desk.broker.behave((_intent, post) => ({ kind: post === 4 ? 'open' : 'whole' }));
    const under = desk.minutes(1);
    for (let tick = 0; tick < 2_000 && desk.posted().length < 4; tick++) await Promise.resolve();
    expect(desk.posted()).toHaveLength(4);
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await under;
    await desk.minutes(5);
    const [first, second] = [...desk.book().rebalances.values()];
    expect(first?.result?.left[0]).toMatch(/(ended|cancelled) by ann/);
    expect(second?.result?.kind).toBe('complete');
    expect(desk.broker.ledger().lots.size).toBe(0);
    expect(await desk.broker.openOrders()).toEqual([]);
    expect(desk.posted().slice(4)).toEqual(['sell XLK 99']);
    expect(sameBooks(desk)).toBe(true);
  });

  it('asks the broker only about orders that were sent, since the oldest of them', async () => {
    const desk = await started({ cashUsd: 1_000, held: { XLF: 100 } });
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(20);
    const [sell] = desk.managedOrders();
    const open = { ...intent(last(desk)?.decision.id ?? '', 'sell', 'XLU', 5) };
    desk.parts.journal.append({ kind: 'intent', intent: open });
    const [asked, since] = [[] as string[], [] as number[]];
    desk.answers.orderByClientId = (id) => {
      asked.push(id);
      return desk.broker.orderByClientId(id);
    };
    desk.answers.orders = (from) => {
      since.push(from);
      return desk.broker.orders(from);
    };
    const before = desk.entries('state').length;
    await desk.engine.flatten('ann', 'fire');
    expect(new Set(asked)).toEqual(new Set([sell?.intent.clientOrderId]));
    expect(Math.min(...since)).toBeLessThanOrEqual(sell?.at ?? 0);
    expect(desk.entries('state')).toHaveLength(before + 1);
  });

  it('sells at once while an order of the ended rebalance is still waited for', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50, XLV: 50 } });
    desk.broker.behave((_intent, post) => ({ kind: post === 4 ? 'open' : 'whole' }));
    desk.answers.cancel = async () => undefined;
    const under = desk.minutes(1);
    for (let tick = 0; tick < 2_000 && desk.posted().length < 4; tick++) await Promise.resolve();
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await under;
    await desk.minutes(1);
    const flat = last(desk);
    const sell = desk.managedOrders().find(({ intent: of }) => of.decisionId === flat?.decision.id);
    expect(sell?.intent).toMatchObject({ side: 'sell', ticker: 'XLK' });
    expect((sell?.sentAt ?? Number.POSITIVE_INFINITY) - (flat?.at ?? 0)).toBeLessThanOrEqual(
      60_000,
    );
  });

  it('sells the other positions while an order of the ended rebalance cannot be cancelled', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50, XLV: 50 } });
    desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLF' ? 'open' : 'whole' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(3);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['XLF']);
    expect(last(desk)?.result).toBeUndefined();
    desk.answers.cancel = undefined;
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(15);
    expect(last(desk)?.result?.kind).toBe('complete');
    expect(desk.broker.ledger().lots.size).toBe(0);
    expect(sameBooks(desk)).toBe(true);
  });

  it('sells what a buy of the ended rebalance brought in after it was cancelled', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLK' ? 'open' : 'whole' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(desk.broker.ledger().lots.size).toBe(0);
    const [late] = desk.broker.accepted;
    desk.broker.progress(late?.clientOrderId ?? '', { fill: 30 });
    desk.broker.progress(late?.clientOrderId ?? '', { status: 'canceled' });
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(25);
    expect(sold(desk).at(-1)).toBe('sell XLK 30');
    expect(last(desk)?.decision.id).toBe('flatten-2024-07-01-2');
    expect(desk.broker.ledger().lots.size).toBe(0);
    expect(sameBooks(desk)).toBe(true);
    await desk.minutes(30);
    expect(desk.book().rebalances.size).toBe(3);
  });

  it.each(['RUN', 'HALT'] as const)(
    'sells nothing that came late once a person has set %s',
    async (state) => {
      const desk = await started({ cashUsd: 10_000 });
      desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLK' ? 'open' : 'whole' }));
      desk.answers.cancel = async () => undefined;
      await desk.minutes(1);
      await desk.engine.flatten('ann', 'fire');
      await desk.minutes(5);
      desk.engine.setState(state, 'ann', 'it is over');
      const [late] = desk.broker.accepted;
      desk.broker.progress(late?.clientOrderId ?? '', { fill: 30 });
      desk.broker.progress(late?.clientOrderId ?? '', { status: 'canceled' });
      desk.broker.behave(() => ({ kind: 'whole' }));
      await desk.minutes(25);
      expect(sold(desk)).toEqual(['sell XLE 49']);
      expect(last(desk)?.decision.id).toBe('flatten-2024-07-01-1');
    },
  );

  it('leaves later manual purchases unchanged', async () => {
    const desk = await holding();
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(5);
    desk.broker.tradeByHand({ ...intent('x', 'buy', 'XLK', 5), clientOrderId: 'by-hand-1' });
    await desk.minutes(25);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['XLK']);
  });

  it('closes plans that were made before it', async () => {
    const desk = await holding();
    const plan = await desk.engine.propose(person('ann'));
    if ('kind' in plan) throw new Error(plan.reason);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(3);
    desk.engine.setState('RUN', 'ann', 'again');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toMatchObject({
      kind: 'closed',
    });
  });
});

describe('flatten while a rebalance runs', () => {
  /** 50 XLK may be bought and is open at the broker; the buy of XLE waits. */
  async function buying(): Promise<World> {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 10 } });
    desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLF' ? 'whole' : 'open' }));
    const under = desk.minutes(1);
    for (let tick = 0; tick < 2_000 && desk.posted().length < 2; tick++) await Promise.resolve();
    void under;
    return desk;
  }

  it('stops buying before it asks the broker for anything', async () => {
    const desk = await buying();
    const states: string[] = [];
    desk.answers.cancel = async (id) => {
      states.push(desk.book().state.state);
      await desk.broker.cancel(id);
    };
    await desk.engine.flatten('ann', 'fire');
    expect([...new Set(states)]).toEqual(['REDUCE']);
    expect(desk.entries('state')).toHaveLength(1);
  });

  it('asks to cancel what may still fill and nothing else', async () => {
    const desk = await buying();
    const asked: string[] = [];
    desk.answers.cancel = async (id) => {
      asked.push(id);
      await desk.broker.cancel(id);
    };
    const lookedUp: string[] = [];
    desk.answers.orderByClientId = async (id) => {
      lookedUp.push(id);
      return desk.broker.orderByClientId(id);
    };
    const [open] = desk.managedOrders().filter(({ order }) => order?.status === 'open');
    const planned = desk.managedOrders().filter(({ state }) => state === 'planned');
    await desk.engine.flatten('ann', 'fire');
    expect(asked).toEqual([open?.order?.id]);
    expect(lookedUp).not.toContain(planned[0]?.intent.clientOrderId ?? 'none');
    const named = desk.entries('cancel-requested').map(({ clientOrderId }) => clientOrderId);
    expect(named).toEqual([open, ...planned].map((each) => each?.intent.clientOrderId));
  });

  it('books what filled before it decides what to sell', async () => {
    const desk = await buying();
    const [open] = desk.managedOrders().filter(({ order }) => order?.status === 'open');
    const since: number[] = [];
    desk.answers.orders = async (from) => {
      since.push(from);
      return desk.broker.orders(from);
    };
    desk.broker.progress(open?.intent.clientOrderId ?? '', { fill: 7 });
    const booked: number[] = [];
    desk.parts.journal.onAppend((all) => {
      for (const { entry } of all) {
        if (entry.kind === 'decision') booked.push(desk.entries('fill').length);
      }
    });
    await desk.engine.flatten('ann', 'fire');
    expect(booked).toEqual([2]);
    // One minute of overlap before the first order that was open.
    expect(Math.min(...since)).toBeLessThanOrEqual((open?.at ?? 0) - 60_000);
    const sells = last(desk)?.decision.plan.orders.map(({ ticker: of, qty: held }) => [of, held]);
    expect(sells).toEqual([[open?.intent.ticker, 7e9]]);
  });

  it('does not end one again that ended by itself in the meantime', async () => {
    const desk = await buying();
    const [id = ''] = [...desk.book().rebalances.keys()];
    desk.answers.account = async () => {
      desk.answers.account = undefined;
      const result = { kind: 'partial' as const, left: ['by itself'] };
      desk.parts.journal.append({ kind: 'finished', decisionId: id, result });
      return desk.broker.account();
    };
    await desk.engine.flatten('ann', 'fire');
    const ends = desk.entries('finished').filter(({ decisionId }) => decisionId === id);
    expect(ends.map(({ result }) => result.left)).toEqual([['by itself']]);
  });

  it('ends another one that began in the meantime as well', async () => {
    const desk = await holding();
    const other = decision({ id: 'manual-2024-07-15-9', cause: 'manual' });
    desk.answers.account = async () => {
      desk.answers.account = undefined;
      desk.parts.journal.append({ kind: 'decision', decision: other });
      return desk.broker.account();
    };
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    expect(desk.book().rebalances.get(other.id)?.result?.left[0]).toMatch(/ended by ann/);
    expect(last(desk)?.decision.id).toBe('flatten-2024-07-15-1');
  });

  it('is one flatten if two people ask for it at the same time', async () => {
    const desk = await holding();
    const both = [desk.engine.flatten('ann', 'fire'), desk.engine.flatten('bob', 'smoke')];
    const answers = (await Promise.all(both)).map((each) =>
      each.kind === 'closed' ? each.reason : each.kind,
    );
    expect(answers).toEqual(['accepted', 'Everything is being sold already.']);
    expect(desk.entries('decision')).toHaveLength(2);
  });

  it('ends one that has not bought yet even if nothing is held', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(1);
    expect(last(desk)?.finishedAt).toBeUndefined();
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({
      kind: 'closed',
      reason: 'Nothing is held that Rotor may sell.',
    });
    expect(last(desk)?.result?.left[0]).toMatch(/by ann/);
  });

  it('is accepted with nothing held while a buy may still fill', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    const under = desk.minutes(1);
    for (let tick = 0; tick < 2_000 && desk.posted().length < 1; tick++) await Promise.resolve();
    expect(await desk.engine.flatten('ann', 'fire')).toEqual({ kind: 'accepted' });
    void under;
  });
});

describe('a flatten that is refused', () => {
  it('leaves a HALT as it is while the holdings are unknown', async () => {
    const desk = await holding();
    desk.engine.setState('HALT', 'bob', 'look');
    desk.broker.fail(new TradingError('the broker did not answer', 'retry'));
    expect(await desk.engine.flatten('ann', 'fire')).toMatchObject({ kind: 'closed' });
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'bob' });
  });

  it('fails for another account, and for an error that is none of trading', async () => {
    const desk = await holding();
    desk.answers.account = async () => account(1, { id: 'another' });
    await expect(desk.engine.flatten('ann', 'fire')).rejects.toThrow(/belongs to/);
    desk.answers.account = async () => {
      throw new RangeError('a mistake');
    };
    await expect(desk.engine.flatten('ann', 'fire')).rejects.toThrow('a mistake');
    expect(desk.book().rebalances.size).toBe(1);
  });

  it.each([1, 2])('sells nothing if the journal is in doubt at look %d', async (look) => {
    const desk = await holding();
    let looks = 0;
    const doubt = (): string | undefined =>
      ++looks >= look ? 'The journal is damaged.' : undefined;
    const journal = { ...desk.parts.journal, doubt };
    const parts = { ...desk.parts, journal } as unknown as ExecutionParts;
    const { signal } = new AbortController();
    expect(await flatten(parts, {} as Observer, signal, 'ann', 'fire')).toEqual({
      kind: 'closed',
      reason: 'The journal is damaged.',
    });
    expect(desk.book().rebalances.size).toBe(1);
  });

  it('cannot be cancelled where what runs is no flatten, or one order has left', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(1);
    expect(cancelFlatten(desk.parts, 'bob')).toEqual({
      kind: 'closed',
      reason: 'Nothing is waiting to be sold.',
    });
    const other = await holding();
    const id = 'flatten-2024-07-15-1';
    const orders = [intent(id, 'sell', 'XLK', 99), intent(id, 'sell', 'XLE', 99)];
    other.parts.journal.append(
      { kind: 'decision', decision: decision({ id, cause: 'manual', orders }) },
      ...orders.map((each) => ({ kind: 'intent', intent: each }) as const),
      { kind: 'sending', clientOrderId: orders[0]?.clientOrderId ?? '', try: 1 },
    );
    expect(cancelFlatten(other.parts, 'bob')).toMatchObject({
      reason: 'Orders have left already; cancel those that are still open.',
    });
  });
});
