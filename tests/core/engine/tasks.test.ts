import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { createObserver } from '#core/engine/observer.ts';
import { createReconciler } from '#core/engine/reconciliation/reconcile-account.ts';
import { createTasks } from '#core/engine/tasks.ts';
import { TradingError } from '#core/errors.ts';
import type { BarSource } from '#core/ports.ts';
import type { DueTask } from '#core/scheduler.ts';
import { intent } from '#tests/support/decision.ts';
import { account, noDecision } from '#tests/support/desk.ts';
import {
  at,
  barsThrough,
  running,
  started,
  type World,
  type WorldOptions,
  world,
} from '#tests/support/world.ts';

const MINUTE_MS = 60_000;
const ROTATION = { cashUsd: 1_000, held: { XLF: 100 }, target: ['XLK'] } as const;
const DUE: DueTask = {
  ...{ kind: 'rebalance', id: 'monthly-2024-07', cause: 'monthly' },
  session: sessionDate('2024-07-01'),
};

/** The tasks over the parts of a desk, without a cycle around them. */
function tasksOf({ parts }: World) {
  const observer = createObserver(parts);
  const tasks = createTasks(parts, observer, createReconciler(parts), new AbortController().signal);
  return { tasks, observer };
}

const later = ({ clock }: World, minutes: number): void =>
  clock.set(epochMs(clock.now() + minutes * MINUTE_MS));

describe('bars', () => {
  /** A source whose bars end a session too early until told otherwise. */
  function late(options: WorldOptions = {}) {
    let asked = 0;
    let isBehind = true;
    const load: BarSource['load'] = async (through) => {
      asked += 1;
      const bars = barsThrough(isBehind ? sessionDate('2024-06-27') : through);
      return { bars, refused: new Map() };
    };
    const desk = world({ source: { name: 'late', load }, ...options });
    return { desk, ...tasksOf(desk), asked: () => asked, arrive: () => (isBehind = false) };
  }

  it('are asked for again every five minutes until they are there', async () => {
    const { desk, tasks, observer, asked, arrive } = late();
    const news: boolean[] = [];
    const start = desk.clock.now();
    for (const minutes of [0, 1, 4.99, 5, 9.99, 10]) {
      desk.clock.set(epochMs(start + minutes * MINUTE_MS));
      if (minutes === 10) arrive();
      news.push(await tasks.refreshBars());
      await observer.refresh();
    }
    expect(news).toEqual([true, false, false, true, false, true]);
    later(desk, 60);
    expect([await tasks.refreshBars(), asked()]).toEqual([false, 3]);
  });

  it('are asked for at once when a session has ended', async () => {
    const { desk, tasks, asked, arrive } = late();
    desk.clock.set(at('2024-07-01', '16:15'));
    await tasks.refreshBars();
    desk.clock.set(at('2024-07-01', '16:16'));
    arrive();
    expect([await tasks.refreshBars(), asked()]).toEqual([true, 2]);
  });

  it('are not asked for before the broker has given its time', async () => {
    const { desk, tasks, asked } = late();
    desk.answers.clock = () => Promise.reject(new TradingError('no answer', 'retry'));
    expect([await tasks.refreshBars(), asked()]).toEqual([false, 0]);
  });
});

describe('meeting an account', () => {
  it('takes what it holds as the start of the books, with the fills of the last 14 days', async () => {
    const desk = world({ cashUsd: 1_000, held: { XLK: 10 } });
    const asked: number[] = [];
    desk.answers.fills = (from) => {
      asked.push(from);
      return desk.broker.fills(from);
    };
    const { tasks, observer } = tasksOf(desk);
    await observer.refresh();
    await tasks.verifyAccount();
    expect(asked[0]).toBe(desk.clock.now() - 14 * 86_400_000);
    const [baseline] = desk.entries('baseline');
    expect([...(baseline?.positions.keys() ?? [])]).toEqual(['XLK']);
  });

  it('waits for money, and for a price of the benchmark', async () => {
    const poor = world({ cashUsd: 0 });
    const { tasks, observer } = tasksOf(poor);
    await tasks.verifyAccount();
    await observer.refresh();
    await tasks.verifyAccount();
    expect(poor.entries('baseline')).toEqual([]);
    const desk = world();
    desk.answers.latestPrices = async () => new Map();
    const other = tasksOf(desk);
    await other.observer.refresh();
    await other.tasks.verifyAccount();
    expect(desk.entries('baseline')).toEqual([]);
  });

  it('happens once, and never with another account', async () => {
    const desk = world();
    const { tasks, observer } = tasksOf(desk);
    await observer.refresh();
    await tasks.verifyAccount();
    await tasks.verifyAccount();
    expect(desk.entries('baseline')).toHaveLength(1);
    desk.answers.account = async () => ({ ...account(), id: 'another' });
    await observer.refresh();
    expect(() => tasks.assertOwnAccount()).toThrow(TradingError);
    await expect(tasks.verifyAccount()).rejects.toMatchObject({ remedy: 'fix-config' });
  });

  it('halts where the broker has orders of ours that these books do not know', async () => {
    const desk = world();
    desk.broker.openByHand(intent('monthly-2024-06', 'buy', 'XLK', 1));
    const { tasks, observer } = tasksOf(desk);
    await observer.refresh();
    await expect(tasks.verifyAccount()).rejects.toMatchObject({ remedy: 'halt' });
    expect(desk.entries('baseline')).toHaveLength(1);
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
  });
});

describe('the calendars', () => {
  it('are compared once a day, and at each check while they differ', async () => {
    const desk = await running();
    const { tasks } = tasksOf(desk);
    let asked = 0;
    desk.answers.calendar = (...given) => {
      asked += 1;
      return desk.broker.calendar(...given);
    };
    await tasks.check();
    await tasks.check();
    expect(asked).toBe(1);
    desk.goTo('2024-07-02', '08:00');
    desk.answers.calendar = async () => {
      asked += 1;
      return [];
    };
    await tasks.check();
    await tasks.check();
    expect(asked).toBe(3);
    expect(openAlert(desk.book(), { about: 'calendar' })).toBeDefined();
  });
});

describe('open orders under HALT', () => {
  /** A buy that stays open and does not go when it is asked to. */
  async function stuck(): Promise<World> {
    const desk = await started();
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.engine.wake();
    return desk;
  }
  const asked = (desk: World) => {
    const cancels: string[] = [];
    desk.answers.cancel = async (order) => void cancels.push(order);
    return cancels;
  };

  it('of a person are asked to go every half minute until they have gone', async () => {
    const desk = await stuck();
    desk.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'x' });
    const { tasks } = tasksOf(desk);
    const cancels = asked(desk);
    const counts: number[] = [];
    const start = desk.clock.now();
    for (const seconds of [0, 29, 30, 31, 60]) {
      desk.clock.set(epochMs(start + seconds * 1_000));
      await tasks.keepHalted();
      counts.push(cancels.length);
    }
    expect(counts).toEqual([2, 2, 4, 4, 6]);
  });

  it('stay where Rotor halted by itself, or nobody did', async () => {
    const desk = await stuck();
    const { tasks } = tasksOf(desk);
    const cancels = asked(desk);
    await tasks.keepHalted();
    desk.parts.journal.append({ kind: 'state', state: 'HALT', by: 'rotor', reason: 'x' });
    await tasks.keepHalted();
    expect(cancels).toEqual([]);
  });
});

describe('a due rebalance', () => {
  /** A desk that has met its account and has done nothing yet. */
  async function met(options: WorldOptions = ROTATION) {
    const desk = world(options);
    const made = tasksOf(desk);
    await made.tasks.refreshBars();
    await made.observer.refresh();
    await made.tasks.verifyAccount();
    return { desk, ...made };
  }

  it('is decided, recorded and carried out', async () => {
    const { desk, tasks } = await met();
    expect(await tasks.perform(DUE)).toBe('done');
    expect(desk.posted()).toEqual(['sell XLF 100', expect.stringContaining('buy XLK')]);
    expect([...desk.book().rebalances.keys()]).toEqual(['monthly-2024-07']);
  });

  it('does nothing under HALT or a pause, not even a decision', async () => {
    for (const stop of [
      { kind: 'state', state: 'HALT', by: 'ann', reason: 'x' },
      { kind: 'pause', paused: true, by: 'ann', reason: 'x' },
    ] as const) {
      const { desk, tasks } = await met();
      desk.parts.journal.append(stop);
      const before = desk.parts.journal.book().seq;
      expect(await tasks.perform(DUE)).toBe('back-off');
      expect([desk.posted(), desk.book().seq]).toEqual([[], before]);
    }
  });

  it('is not begun if a person stopped it during the requests to the broker', async () => {
    for (const stop of [
      { kind: 'state', state: 'HALT', by: 'ann', reason: 'x' },
      { kind: 'pause', paused: true, by: 'ann', reason: 'x' },
    ] as const) {
      const { desk, tasks } = await met();
      // The prices are asked for by the decision, after the check.
      desk.answers.latestPrices = (tickers) => {
        desk.answers.latestPrices = undefined;
        desk.parts.journal.append(stop);
        return desk.broker.latestPrices(tickers);
      };
      expect(await tasks.perform(DUE)).toBe('back-off');
      expect([desk.book().rebalances.size, desk.posted()]).toEqual([0, []]);
    }
  });

  it('that cannot be decided is recorded as such and told once a day', async () => {
    const { desk, tasks } = await met();
    desk.goTo('2024-07-02', '10:00');
    desk.bars = () => barsThrough(sessionDate('2024-06-20'));
    for (let times = 0; times < 3; times++) expect(await tasks.perform(DUE)).toBe('back-off');
    expect(desk.entries('no-decision')[0]).toMatchObject({
      ...{ cause: 'monthly-2024-07', outcome: { kind: noDecision().kind } },
    });
    const told = () => desk.alerts().filter(({ title }) => title === 'No decision').length;
    expect(told()).toBe(1);
    desk.bars = undefined;
    await tasks.perform(DUE);
    expect(openAlert(desk.book(), { about: 'no-decision' })).toBeUndefined();
  });
});
