import { describe, expect, it } from 'vitest';
import { wasAsked } from '#core/domain/observation.ts';
import { dollars, sessionDate, ticker } from '#core/domain/units.ts';
import { preTradeCheck, takeSnapshot } from '#core/engine/execution/pre-trade-check.ts';
import { submitOrder } from '#core/engine/execution/submit-order.ts';
import { createMonitor } from '#core/engine/monitoring/monitor.ts';
import { TradingError } from '#core/errors.ts';
import { statusView } from '#core/views/status.ts';
import { market } from '#tests/support/bars.ts';
import { decision } from '#tests/support/decision.ts';
import { at, barsThrough, running, started, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const going = new AbortController().signal;

describe('a part of a share, where only whole ones are traded', () => {
  it.each([0.4, 10.4])('of %d shares stays, month after month, and is no problem', async (held) => {
    const desk = await running({ cashUsd: 10_000, held: { XLF: held } });
    for (const day of ['2024-08-01', '2024-09-03']) {
      desk.goTo(day, '09:36');
      await desk.minutes(10);
    }
    const left = desk.broker.ledger().lots.get(ticker('XLF'))?.qty;
    expect([left, desk.alerts().map(({ text }) => text)]).toEqual([400_000_000, []]);
    expect(statusView(desk.book(), desk.engine.observation()).status).toBe('HEALTHY');
  });
});

describe('the pre-trade check', () => {
  it('blocks everything while the journal is untrusted, whatever the trading state', async () => {
    const desk = await running(ROTATION);
    const [managed] = desk.managedOrders();
    if (!managed) throw new Error('expected an order');
    const doubted = { ...desk.parts.journal, doubt: () => 'journal: the chain breaks' };
    const snapshot = await takeSnapshot(desk.parts, [managed.intent.ticker]);
    const parts = { ...desk.parts, journal: doubted };
    expect(await preTradeCheck(parts, decision(), managed, snapshot)).toEqual({
      kind: 'wait',
      limit: 'journal',
      reason: 'journal: the chain breaks',
    });
  });

  it('rejects an account other than the journal’s', async () => {
    const desk = await running(ROTATION);
    const [managed] = desk.managedOrders();
    if (!managed) throw new Error('expected an order');
    desk.answers.account = async () => ({ ...(await desk.broker.account()), id: 'another' });
    await expect(takeSnapshot(desk.parts, [managed.intent.ticker])).rejects.toMatchObject({
      remedy: 'fix-config',
    });
  });

  it('sends nothing while Rotor is being stopped', async () => {
    const desk = await started(ROTATION);
    let stopped: Promise<void> | undefined;
    desk.answers.assets = async (tickers) => {
      stopped = desk.engine.stop('SIGTERM');
      return desk.broker.assets(tickers);
    };
    await desk.engine.wake();
    await stopped;
    expect(desk.posted()).toEqual([]);
    await desk.engine.wake();
    expect(desk.posted()).toEqual([]);
  });
});

describe('submitting', () => {
  it('an order that was already placed does nothing', async () => {
    const desk = await running(ROTATION);
    const [managed] = desk.managedOrders();
    if (!managed) throw new Error('expected an order');
    const limits = async () => ({ kind: 'wait', limit: 'price', reason: 'never asked' }) as const;
    expect(await submitOrder(desk.parts, managed, going, limits)).toBeUndefined();
    expect(desk.posted()).toHaveLength(3);
  });
});

describe('the engine', () => {
  it('leaves foreign holdings unchanged, and lists them', async () => {
    const desk = await started({ ...ROTATION, held: { ZM: 5, AAPL: 3, XLF: 100 } });
    desk.broker.setPrice('ZM', 70);
    desk.broker.setPrice('AAPL', 200);
    await desk.minutes(3);
    const [first] = desk.book().rebalances.values();
    expect(first?.decision.plan.foreign.map((each) => each.ticker)).toEqual(['AAPL', 'ZM']);
    expect(desk.posted().some((post) => /AAPL|ZM/.test(post))).toBe(false);
  });

  it('does not trade an account whose equity contradicts its cash and positions', async () => {
    const desk = await started(ROTATION);
    desk.answers.account = async () => ({ ...(await desk.broker.account()), equity: dollars(0) });
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    expect(desk.alerts().map(({ text }) => text)).toContain(
      'The broker reports an equity of $0, but cash and positions are ' + 'worth $20,000.',
    );
  });

  it('does not trade an empty account', async () => {
    const desk = await started({ cashUsd: 0 });
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    expect(desk.entries('baseline')).toEqual([]);
  });

  it('has no records to compare before it first saw its account', async () => {
    const desk = world({ cashUsd: 0 });
    expect(await desk.engine.adopt('ann')).toBe('Our records match the broker’s.');
    expect(desk.entries('activity')).toEqual([]);
  });

  it('reports a thrown value, even if it was not an error', async () => {
    const desk = await started(ROTATION);
    desk.answers.assets = () => Promise.reject('a text');
    await desk.minutes(1);
    expect(desk.alerts()[0]).toMatchObject({ text: 'a text' });
  });

  it('records who used which command once', async () => {
    const desk = await started(ROTATION);
    const command = {
      kind: 'command' as const,
      id: '1',
      userId: '2',
      userName: 'ann',
      name: 'halt',
      options: '{}',
      allowed: true,
      result: 'done',
    };
    expect(desk.engine.audit(command)).toBe(true);
    expect(desk.engine.audit(command)).toBe(false);
  });

  it('notifies its listeners until they unsubscribe', async () => {
    const desk = world(ROTATION);
    const heard: string[] = [];
    const leave = desk.engine.listen((event) => heard.push(event.kind));
    await desk.engine.start();
    expect(new Set(heard)).toEqual(new Set(['recorded', 'observed']));
    leave();
    const before = heard.length;
    await desk.minutes(2);
    expect(heard).toHaveLength(before);
  });

  it('reports a new regime once, and trades it only if configured', async () => {
    const desk = await running(ROTATION);
    desk.bars = (through) => market({ SPY: -0.3 }, { asOf: through });
    desk.target = ['XLU'];
    desk.goTo('2024-07-02', '10:00');
    await desk.minutes(60);
    const changes = () =>
      desk.alerts().flatMap(({ subject }) => (subject.about === 'regime' ? [subject.asOf] : []));
    expect(changes()).toHaveLength(1);
    expect(desk.book().rebalances.size).toBe(1);
    // Each change is news with a message of its own, not an edit of the first one's.
    desk.bars = (through) => market({ SPY: 0.3 }, { asOf: through });
    desk.goTo('2024-07-09', '10:00');
    await desk.minutes(60);
    expect(new Set(changes()).size).toBe(2);
    const open = [...desk.book().alerts.keys()].filter((each) => each.startsWith('regime '));
    expect(open).toEqual([`regime ${changes().at(-1)}`]);
  });

  it('keeps the regime of a session when its bars or those before it are replaced', async () => {
    const desk = await running(ROTATION);
    const watch = createMonitor(desk.parts, { bars: () => new Map(), now: () => undefined });
    const seen = (asOf: string, kind: 'bull' | 'bear') => {
      const { data, ...rest } = desk.engine.observation();
      const regime = data.regime && { ...data.regime, kind };
      watch({ ...rest, data: { ...data, asOf: sessionDate(asOf), regime } });
    };
    const told = () => desk.alerts().filter(({ subject }) => subject.about === 'regime').length;
    seen('2024-07-10', 'bull');
    const before = told();
    for (const again of ['2024-07-11', '2024-07-10', '2024-07-11', '2024-07-11']) {
      seen(again, again === '2024-07-11' ? 'bear' : 'bull');
    }
    seen('2024-07-11', 'bull');
    seen('2024-07-11', 'bull');
    expect([told() - before, desk.book().regime]).toEqual([
      1,
      { kind: 'bear', since: '2024-07-11' },
    ]);
    seen('2024-07-12', 'bull');
    expect(desk.book().regime).toEqual({ kind: 'bull', since: '2024-07-12' });
  });

  it('abandons an interrupted rebalance only after looking up an unknown order', async () => {
    const desk = await started(ROTATION);
    let hidden = true;
    desk.answers.orderByClientId = async (id) =>
      hidden ? undefined : desk.broker.orderByClientId(id);
    desk.answers.orders = async (since) => (hidden ? [] : desk.broker.orders(since));
    // The broker knows the id and says so, but shows the order nowhere.
    desk.broker.behave(() => ({ kind: 'lost' }));
    await desk.minutes(2);
    const posts = desk.posted().length;
    desk.goTo('2024-07-15', '10:00');
    hidden = false;
    await desk.minutes(15);
    expect(desk.posted()).toHaveLength(posts);
    expect(desk.broker.accepted).toHaveLength(1);
    expect([...desk.book().rebalances.values()][0]?.result?.kind).toBe('partial');
    expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
  });

  it('does not decide on bars that it could not fetch', async () => {
    const desk = world({ ...ROTATION, start: at('2024-07-01', '09:36') });
    desk.bars = () => new Map([...barsThrough(sessionDate('2024-06-28'))].slice(0, 3));
    await desk.engine.start();
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().alerts.get('data late')?.alert.text).toMatch(/found none/);
  });

  it('waits for a price that is missing during a decision', async () => {
    const desk = await started(ROTATION);
    desk.answers.latestPrices = async (tickers) => {
      const prices = new Map(await desk.broker.latestPrices(tickers));
      prices.delete(ticker('XLK'));
      return prices;
    };
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().alerts.get('no-decision')?.alert.text).toMatch(/XLK has no price/);
  });

  it('treats the broker’s silence during a task as a temporary problem', async () => {
    const desk = await started(ROTATION);
    desk.answers.openOrders = async () => {
      throw new TradingError('Alpaca orders: no answer', 'retry');
    };
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    desk.answers.openOrders = undefined;
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().alerts.size).toBe(0);
  });
});

describe('without an answer from the broker', () => {
  it('the engine alerts nobody, and a refresh reports the problem', async () => {
    const desk = world(ROTATION);
    expect(wasAsked(desk.engine.observation())).toBe(false);
    expect(statusView(desk.book(), desk.engine.observation()).status).toBe('HEALTHY');
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await desk.engine.look();
    expect(wasAsked(desk.engine.observation())).toBe(true);
    expect(statusView(desk.book(), desk.engine.observation()).status).toBe('DEGRADED');
  });

  it('the engine recognises a close that passed meanwhile', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '15:50');
    await desk.engine.look();
    expect(desk.engine.observation().market?.open).toBe(true);
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    desk.goTo('2024-07-01', '18:30');
    await desk.engine.look();
    expect(desk.engine.observation().market?.open).toBe(false);
    desk.goTo('2024-07-02', '10:00');
    expect(desk.engine.observation().market?.open).toBe(true);
  });
});
