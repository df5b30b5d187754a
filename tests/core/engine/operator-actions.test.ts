import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { dollars, epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { intent } from '#tests/support/decision.ts';
import { person } from '#tests/support/person.ts';
import { running, sameBooks, started, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const SILENCE = new TradingError('Alpaca: no answer in time', 'retry');

const result = (desk: World) => [...desk.book().rebalances.values()].at(-1)?.result;
const words = (lines: readonly { readonly kind: string; readonly text: string }[]) =>
  lines.map(({ kind, text }) => `${kind}: ${text}`);

/** Acts so many turns of the event loop's innermost queue later. */
async function later(ticks: number, act: () => unknown): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
  act();
}

/**
 * A desk whose first sell is open at the broker, with a rebalance under way: it did not go when it was
 * asked to after a minute, and there is too little cash to buy before it is sold.
 */
async function selling(): Promise<World> {
  const desk = await started({ cashUsd: 1_000, held: { XLF: 100 } });
  desk.broker.behave(() => ({ kind: 'open' }));
  desk.answers.cancel = async () => undefined;
  await desk.minutes(1);
  desk.answers.cancel = undefined;
  expect(desk.posted()).toEqual(['sell XLF 100']);
  return desk;
}

function foreign(desk: World): OrderIntent {
  const other = { ...intent('x', 'buy', 'XLP', 1), clientOrderId: 'by-hand-1' };
  desk.broker.openByHand(other);
  return other;
}

describe('HALT', () => {
  it('is recorded before any request to the broker', async () => {
    const desk = await selling();
    const seen: string[] = [];
    desk.answers.cancel = async (id) => {
      seen.push(desk.book().state.state);
      return desk.broker.cancel(id);
    };
    desk.answers.openOrders = async () => {
      seen.push(desk.book().state.state);
      return desk.broker.openOrders();
    };
    await desk.engine.halt('ann', 'look');
    expect(seen).toEqual(['HALT', 'HALT']);
  });

  it('cancels every open order of ours, names the others and leaves them alone', async () => {
    const desk = await selling();
    const other = foreign(desk);
    const lost = { ...intent('lost', 'buy', 'XLB', 2), clientOrderId: 'rotor-lost-1' };
    desk.broker.openByHand(lost);
    const lines = await desk.engine.halt('ann', 'look');
    expect(lines.map(({ order, kind }) => `${kind} ${order.ticker}`)).toEqual([
      'canceled XLF',
      'canceled XLB',
      'foreign XLP',
    ]);
    const open = (await desk.broker.openOrders()).map(({ clientOrderId }) => clientOrderId);
    expect(open).toEqual([other.clientOrderId]);
  });

  it('says how much was filled before an order was cancelled', async () => {
    const desk = await selling();
    const [managed] = desk.managedOrders();
    desk.broker.progress(managed?.intent.clientOrderId ?? '', { fill: 40 });
    expect(words(await desk.engine.halt('ann', 'look'))).toEqual([
      'canceled: cancelled after 40 of 100 filled',
    ]);
  });

  it('is recorded though the broker is silent, and the lines say so', async () => {
    const desk = await selling();
    desk.broker.fail(SILENCE);
    const before = desk.clock.now();
    const lines = await desk.engine.halt('ann', 'look');
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'ann' });
    expect(words(lines)).toEqual(['failed: may still be open: Alpaca: no answer in time']);
    expect(desk.clock.now() - before).toBeLessThan(60_000);
  });

  it('retries failed cancels at every tick, and sends nothing', async () => {
    const desk = await selling();
    desk.broker.fail(SILENCE);
    await desk.engine.halt('ann', 'look');
    desk.broker.fail(undefined);
    // Without positions the rebalance does not go on, which would cancel it as well.
    desk.answers.positions = async () => {
      throw SILENCE;
    };
    await desk.minutes(1);
    expect(await desk.broker.openOrders()).toEqual([]);
    desk.answers.positions = undefined;
    await desk.minutes(8);
    expect(desk.posted()).toEqual(['sell XLF 100']);
  });

  it('asks again twice a minute for an order that does not go', async () => {
    const desk = await selling();
    const asked: string[] = [];
    desk.answers.cancel = async (id) => void asked.push(id);
    await desk.engine.halt('ann', 'look');
    expect(asked).toHaveLength(1);
    // The rebalance is over, so nothing else waits for that order.
    const decisionId = [...desk.book().rebalances.keys()].at(-1) ?? '';
    const done = { kind: 'partial', left: [] } as const;
    desk.parts.journal.append({ kind: 'finished', decisionId, result: done });
    const before = desk.clock.now();
    for (let wakes = 0; wakes < 30; wakes++) {
      desk.clock.set(epochMs(desk.clock.now() + 2_000));
      await desk.engine.wake();
    }
    const halfMinutes = (desk.clock.now() - before) / 30_000;
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThanOrEqual(halfMinutes + 2);
  });

  it('finds an order whose POST was on its way', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    let lines: Promise<readonly { readonly kind: string; readonly text: string }[]> | undefined;
    desk.answers.submit = async (order) => {
      lines ??= desk.engine.halt('ann', 'now');
      await Promise.resolve();
      return desk.broker.submit(order);
    };
    await desk.engine.wake();
    expect(words((await lines) ?? [])).toEqual(['canceled: cancelled']);
    await desk.minutes(5);
    expect(await desk.broker.openOrders()).toEqual([]);
    expect(desk.posted()).toEqual(['sell XLF 100']);
  });

  it('lets no POST begin after it, at whichever moment it comes', async () => {
    for (let ticks = 0; ticks < 40; ticks++) {
      const desk = await started(ROTATION);
      desk.answers.latestPrices = async (tickers) => {
        if (tickers.length === 1) void later(ticks, () => desk.engine.setState('HALT', 'a', 'b'));
        return desk.broker.latestPrices(tickers);
      };
      await desk.engine.wake();
      const kinds = desk.parts.journal.since(0, 1_000).map(({ entry }) => entry.kind);
      expect(kinds).toContain('state');
      expect(kinds.lastIndexOf('sending')).toBeLessThan(kinds.indexOf('state'));
    }
  });

  it('followed by /resume sends the remainder as due, once', async () => {
    const desk = await selling();
    desk.broker.progress(desk.managedOrders()[0]?.intent.clientOrderId ?? '', { fill: 40 });
    await desk.engine.halt('ann', 'look');
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.engine.setState('RUN', 'ann', 'fine');
    await desk.minutes(5);
    expect(desk.posted()).toEqual(['sell XLF 100', 'sell XLF 60', 'buy XLK 54', 'buy XLE 54']);
    expect(result(desk)?.kind).toBe('complete');
    expect(sameBooks(desk)).toBe(true);
  });
});

describe('cancelling an order', () => {
  it('leaves every other one open, also one of ours that the journal does not have', async () => {
    const desk = await selling();
    const lost = intent('monthly-2024-06', 'buy', 'XLU', 1);
    desk.broker.openByHand(lost);
    const id = desk.managedOrders()[0]?.intent.clientOrderId ?? '';
    expect(await desk.engine.cancel(id, 'ann')).toHaveLength(1);
    const open = (await desk.broker.openOrders()).map(({ clientOrderId }) => clientOrderId);
    expect(open).toEqual([lost.clientOrderId]);
    expect(await desk.engine.cancel(lost.clientOrderId, 'ann')).toHaveLength(1);
    expect(await desk.broker.openOrders()).toEqual([]);
    expect(desk.entries('cancel-requested').map(({ clientOrderId }) => clientOrderId)).toEqual([
      ...[id, lost.clientOrderId],
    ]);
  });

  it('is recorded before the request, and its remainder is not sent', async () => {
    const desk = await selling();
    const written: number[] = [];
    desk.answers.cancel = async (id) => {
      written.push(desk.entries('cancel-requested').length);
      return desk.broker.cancel(id);
    };
    const id = desk.managedOrders()[0]?.intent.clientOrderId ?? '';
    desk.broker.progress(id, { fill: 40 });
    expect(words(await desk.engine.cancel(id, 'ann'))).toEqual([
      'canceled: cancelled after 40 of 100 filled',
    ]);
    expect(written).toEqual([1]);
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(15);
    expect(desk.posted().filter((post) => post.startsWith('sell'))).toEqual(['sell XLF 100']);
    expect(result(desk)).toMatchObject({
      kind: 'partial',
      left: expect.arrayContaining(['sell XLF: 40 of 100 filled, then cancelled by ann']),
    });
    expect(sameBooks(desk)).toBe(true);
  });

  it('that was not sent yet prevents it from ever being sent', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50, XLV: 50 } });
    desk.broker.behave(() => ({ kind: 'open' }));
    let taken: Promise<readonly { readonly kind: string; readonly text: string }[]> | undefined;
    desk.answers.submit = async (order) => {
      const other = desk.managedOrders().find(({ state }) => state === 'planned');
      taken ??= desk.engine.cancel(other?.intent.clientOrderId ?? '', 'ann');
      desk.broker.behave(() => ({ kind: 'whole' }));
      return desk.broker.submit(order);
    };
    await desk.minutes(15);
    expect(words((await taken) ?? [])).toEqual(['canceled: was not sent and will not be']);
    expect(desk.posted().filter((post) => post.startsWith('sell'))).toEqual(['sell XLF 50']);
    expect(result(desk)).toMatchObject({
      kind: 'partial',
      left: expect.arrayContaining(['sell XLV: not sent: cancelled by ann']),
    });
    expect(desk.alerts().filter(({ subject }) => subject.about === 'refused-order')).toEqual([]);
  });

  it('reaches the broker after a restart if the process died before the request', async () => {
    const desk = await selling();
    const id = desk.managedOrders()[0]?.intent.clientOrderId ?? '';
    desk.parts.journal.append({ kind: 'cancel-requested', clientOrderId: id, by: 'ann' });
    await desk.restart();
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(5);
    expect(new Set(desk.broker.cancels)).toEqual(new Set(['order-1']));
    expect(desk.posted().filter((post) => post.startsWith('sell'))).toEqual(['sell XLF 100']);
  });

  it('with an unknown outcome cancels it when it turns up', async () => {
    const desk = await started(ROTATION);
    let hidden = true;
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.submit = async (order) => {
      await desk.broker.submit(order);
      return { kind: 'unknown', reason: 'the connection was reset' };
    };
    desk.answers.orderByClientId = async (id) =>
      hidden ? undefined : desk.broker.orderByClientId(id);
    desk.answers.orders = async (since) => (hidden ? [] : desk.broker.orders(since));
    desk.answers.openOrders = async () => (hidden ? [] : desk.broker.openOrders());
    await desk.minutes(1);
    const id = desk.managedOrders()[0]?.intent.clientOrderId ?? '';
    expect(words(await desk.engine.cancel(id, 'ann'))).toEqual([
      'asked: not found at the broker yet; Rotor looks again',
    ]);
    const posts = desk.posted().length;
    hidden = false;
    desk.answers.submit = undefined;
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(5);
    expect(new Set(desk.broker.cancels)).toEqual(new Set(['order-1']));
    expect(desk.posted().filter((post) => post.startsWith('sell'))).toHaveLength(posts);
  });

  it('that never arrived ends after ten minutes, and the rest continues', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'never-arrives' }));
    await desk.minutes(1);
    await desk.engine.cancel('all', 'ann');
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(5);
    expect(result(desk)).toBeUndefined();
    await desk.minutes(10);
    expect(result(desk)?.left).toContain('sell XLF: not sent: cancelled by ann');
    expect(sameBooks(desk)).toBe(true);
  });

  it('leaves foreign orders unchanged when all are cancelled', async () => {
    const desk = await selling();
    foreign(desk);
    const lines = await desk.engine.cancel('all', 'ann');
    expect(lines.map(({ order }) => order.ticker)).toEqual(['XLF']);
    expect((await desk.broker.openOrders()).map(({ ticker }) => ticker)).toEqual(['XLP']);
  });

  it('without any orders does nothing', async () => {
    const desk = await running(ROTATION);
    expect(await desk.engine.cancel('all', 'ann')).toEqual([]);
    expect(await desk.engine.cancel('rotor-nobody-knows', 'ann')).toEqual([]);
    expect(desk.entries('cancel-requested')).toEqual([]);
  });
});

describe('a pause', () => {
  it('starts no automatic rebalance, and RUN starts an overdue one, once', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.engine.pause('ann', 'holiday');
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(30);
    await desk.restart();
    await desk.minutes(30);
    expect(desk.book().paused).toMatchObject({ by: 'ann', reason: 'holiday' });
    expect(desk.posted()).toHaveLength(3);
    desk.engine.setState('RUN', 'bob', 'back');
    expect(desk.book().paused).toBeUndefined();
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(7);
  });

  it('lets a running rebalance finish', async () => {
    const desk = await selling();
    desk.engine.pause('ann', 'holiday');
    desk.broker.progress(desk.managedOrders()[0]?.intent.clientOrderId ?? '', { fill: 100 });
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(5);
    expect(result(desk)?.kind).toBe('complete');
  });

  it('does not prevent a person from approving a plan', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-07-15', '10:00');
    await desk.engine.look();
    desk.engine.pause('ann', 'holiday');
    const plan = await desk.engine.propose(person('ann'));
    if ('kind' in plan) throw new Error(plan.reason);
    expect(await desk.engine.answer(plan.id, 'approved', person('ann'))).toEqual({
      kind: 'accepted',
    });
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
    expect(desk.book().paused).toBeDefined();
  });

  it('that arrives while a rebalance is being decided still blocks it', async () => {
    const desk = await started(ROTATION);
    desk.answers.latestPrices = async (tickers) => {
      desk.engine.pause('ann', 'now');
      return desk.broker.latestPrices(tickers);
    };
    await desk.engine.wake();
    expect(desk.book().rebalances.size).toBe(0);
  });

  it('is not ended by REDUCE', async () => {
    const desk = await running(ROTATION);
    desk.engine.pause('ann', 'holiday');
    desk.engine.setState('REDUCE', 'ann', 'careful');
    expect(desk.book().paused).toBeDefined();
  });
});

describe('a trade not made by Rotor', () => {
  async function traded(): Promise<{ desk: World; fillId: string }> {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand({ ...intent('x', 'sell', 'XLK', 60), clientOrderId: 'by-hand-1' });
    await desk.minutes(25);
    const fillId = desk.book().externalFills[0]?.id ?? '';
    expect(desk.book().alerts.has(`external ${fillId}`)).toBe(true);
    expect(desk.book().alerts.has('drift XLK')).toBe(true);
    return { desk, fillId };
  }

  it('that is accepted is intended: its drift is resolved and does not return', async () => {
    const { desk, fillId } = await traded();
    expect(desk.engine.reviewTrade(fillId, 'adopted', 'ann')).toEqual({ kind: 'accepted' });
    await desk.minutes(10);
    expect(desk.book().alerts.size).toBe(0);
    expect(desk.book().intentionalTrades).toEqual(new Set(['XLK']));
    expect(desk.entries('resolved').map(({ text }) => text)).toEqual([
      'Adopted by ann.',
      'Adopted by ann.',
      'The cash is as planned again.',
    ]);
  });

  it('that is ignored is closed, and its drift stays', async () => {
    const { desk, fillId } = await traded();
    expect(desk.engine.reviewTrade(fillId, 'ignored', 'ann')).toEqual({ kind: 'accepted' });
    await desk.minutes(10);
    expect([...desk.book().alerts.keys()]).toEqual(['drift XLK', 'idle cash']);
    expect(desk.entries('resolved')).toMatchObject([{ text: 'Ignored by ann.', lapsed: true }]);
    expect(desk.entries('intentional-trade')).toEqual([]);
  });

  it('is answered by itself where there are several', async () => {
    const { desk } = await traded();
    desk.broker.tradeByHand({ ...intent('x', 'sell', 'XLE', 60), clientOrderId: 'by-hand-2' });
    await desk.minutes(10);
    const second = desk.book().externalFills[1]?.id ?? '';
    expect(desk.engine.reviewTrade(second, 'adopted', 'ann')).toEqual({ kind: 'accepted' });
    expect([...desk.book().intentionalTrades]).toEqual(['XLE']);
  });

  it('is answered once, and an unknown one never', async () => {
    const { desk, fillId } = await traded();
    desk.engine.reviewTrade(fillId, 'ignored', 'ann');
    const over = { kind: 'closed', reason: 'This is already over.' };
    expect(desk.engine.reviewTrade(fillId, 'adopted', 'bob')).toEqual(over);
    expect(desk.engine.reviewTrade('nobody', 'adopted', 'bob')).toEqual(over);
    expect(desk.entries('intentional-trade')).toEqual([]);
  });
});

describe('an order that stays open after its day', () => {
  async function stuck(): Promise<World> {
    const desk = await started({ cashUsd: 10_000, target: ['XLK', 'XLE'] });
    desk.broker.behave(({ ticker }) => ({ kind: ticker === 'XLK' ? 'open' : 'whole' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(2);
    desk.goTo('2024-07-01', '16:31');
    return desk;
  }
  const idOf = (desk: World, name: string): string =>
    desk.managedOrders().find(({ intent: { ticker } }) => ticker === name)?.intent.clientOrderId ??
    '';

  it('is set aside by a person, once, by name', async () => {
    const desk = await stuck();
    const id = idOf(desk, 'XLK');
    expect(desk.engine.setAside(id, 'ann')).toEqual({ kind: 'accepted' });
    expect(desk.book().managedOrders.get(id)?.setAsideBy).toBe('ann');
    expect(desk.engine.setAside(id, 'bob')).toEqual({
      kind: 'closed',
      reason: 'Already set aside by ann.',
    });
  });

  it('is set aside alone where there are several', async () => {
    const desk = await started({ cashUsd: 10_000, target: ['XLK', 'XLE'] });
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(2);
    desk.goTo('2024-07-01', '16:31');
    const id = idOf(desk, 'XLK');
    expect(desk.engine.setAside(id, 'ann')).toEqual({ kind: 'accepted' });
    expect(desk.entries('set-aside').map(({ clientOrderId }) => clientOrderId)).toEqual([id]);
  });

  it('is the only kind that can be set aside', async () => {
    const desk = await stuck();
    const closed = { kind: 'closed', reason: 'This order is not stuck.' };
    expect(desk.engine.setAside(idOf(desk, 'XLE'), 'ann')).toEqual(closed);
    expect(desk.engine.setAside('nobody', 'ann')).toEqual(closed);
    expect(desk.entries('set-aside')).toEqual([]);
  });
});

describe('what a person asks for', () => {
  it('sends messages of a kind to the place that was chosen for them', async () => {
    const desk = await started(ROTATION);
    desk.engine.placeNotice('fills', 'thread', 'ann');
    expect(desk.book().noticePlaces.get('fills')).toEqual({ place: 'thread', by: 'ann' });
  });

  it('allows raised cash to be invested again, while there is any', async () => {
    const desk = await running(ROTATION);
    const none = { kind: 'closed', reason: 'No raised cash is kept.' };
    expect(desk.engine.releaseCash('ann')).toEqual(none);
    const kept = { id: 'raise-1', amount: dollars(100), by: 'ann' };
    desk.parts.journal.append({ kind: 'cash-raised', ...kept });
    expect(desk.engine.releaseCash('ann')).toEqual({ kind: 'accepted' });
    expect([desk.book().raised.size, desk.engine.releaseCash('ann')]).toEqual([0, none]);
  });

  it('is told which tickers could not be sold now', async () => {
    const desk = await running(ROTATION);
    expect([...(await desk.engine.unsellable()).keys()]).toEqual([]);
    desk.answers.assets = async (tickers) =>
      (await desk.broker.assets(tickers)).map((each) => ({
        ...each,
        tradable: each.ticker !== 'XLE',
      }));
    expect([...(await desk.engine.unsellable()).keys()]).toEqual(['XLE']);
  });

  it('sells everything at the next opening unless it is called off before', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '20:00');
    expect(await desk.engine.flatten('ann', 'fire')).toMatchObject({ kind: 'accepted' });
    expect(desk.engine.cancelFlatten('ann')).toEqual({ kind: 'accepted' });
    expect(desk.engine.cancelFlatten('bob')).toMatchObject({ kind: 'closed' });
    const before = desk.posted().length;
    desk.goTo('2024-07-02', '09:36');
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(before);
  });

  it('cancels no order that has filled, though its fills are still to be read', async () => {
    const desk = await started(ROTATION);
    desk.answers.fills = async () => [];
    await desk.minutes(1);
    expect(await desk.engine.cancel('all', 'ann')).toEqual([]);
    expect(desk.entries('cancel-requested')).toEqual([]);
  });
});

describe('the wish to be told of each message', () => {
  it('is on after one press and off after the next, for each person', async () => {
    const desk = await started(ROTATION);
    const [ann, bob] = ['ann', 'bob'].map((name) => ({ id: name, name }));
    if (!ann || !bob) throw new Error('two people');
    const { toggleNotify } = desk.engine;
    expect([toggleNotify(ann), toggleNotify(bob), toggleNotify(ann)]).toEqual([true, true, false]);
    expect([...desk.book().notified.keys()]).toEqual(['bob']);
  });
});

describe('the cost of a lot', () => {
  it('is entered for shares that came without a purchase, and the last entry counts', async () => {
    const desk = await running(ROTATION);
    const lot = desk.book().lots.events.find(({ kind }) => kind === 'opening')?.lot ?? '';
    desk.engine.enterLotCost(lot, { cost: dollars(1) }, 'ann');
    const outcome = desk.engine.enterLotCost(lot, { cost: dollars(2_000) }, 'ann');
    expect(outcome).toEqual({ kind: 'accepted' });
    expect(desk.book().lots.costs.get(lot)).toMatchObject({ cost: dollars(2_000) });
  });

  it('is rejected for a lot that was bought', async () => {
    const desk = await running(ROTATION);
    const lot = desk.book().lots.events.find(({ kind }) => kind === 'trade')?.lot ?? '';
    expect(lot).not.toBe('');
    const outcome = desk.engine.enterLotCost(lot, { cost: dollars(1) }, 'ann');
    expect(outcome).toMatchObject({ kind: 'closed' });
    expect(desk.entries('lot-cost')).toEqual([]);
  });
});

describe('an alert', () => {
  it('about a rejected order ends when a person has seen it, and the status is healthy again', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'refused', reason: 'insufficient buying power' }));
    await desk.minutes(3);
    const subjects = [...desk.book().alerts.keys()].filter((each) => each.startsWith('refused '));
    expect(subjects).not.toEqual([]);
    for (const subject of subjects) desk.engine.acknowledge(parseSubject(subject), 'ann');
    const open = [...desk.book().alerts.keys()].filter((each) => each.startsWith('refused '));
    expect(open).toEqual([]);
    expect(desk.entries('resolved').at(-1)?.text).toBe('Seen by ann.');
  });

  it('is acknowledged once, by name, and only while it is open', async () => {
    const desk = await running(ROTATION);
    desk.broker.fail(SILENCE);
    await desk.minutes(1);
    expect(desk.engine.acknowledge(parseSubject('broker'), 'ann')).toEqual({ kind: 'accepted' });
    expect(desk.engine.acknowledge(parseSubject('broker'), 'bob')).toEqual({
      kind: 'closed',
      reason: 'Already seen by ann.',
    });
    expect(desk.engine.acknowledge(parseSubject('nothing'), 'bob')).toEqual({
      kind: 'closed',
      reason: 'This is already over.',
    });
  });
});
