import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import { dollars, epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { createObserver } from '#core/engine/observer.ts';
import { createReconciler } from '#core/engine/reconciliation/reconcile-account.ts';
import { createTasks } from '#core/engine/tasks.ts';
import { TradingError } from '#core/errors.ts';
import type { BarSource } from '#core/ports.ts';
import type { DueTask } from '#core/scheduler.ts';
import { changed, withRows } from '#tests/support/bars.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { account, alert, noDecision } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';
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
const DUE: Extract<DueTask, { kind: 'rebalance' }> = {
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

describe('bars with a doubtful row', () => {
  it('are asked for again though they are complete: they may have been corrected', async () => {
    let asked = 0;
    const [XLK, last] = [ticker('XLK'), sessionDate('2024-06-28')];
    const load: BarSource['load'] = async (through) => {
      asked += 1;
      const bars = changed(barsThrough(through), XLK, (all) =>
        withRows(all, (row) => (row.date === last ? { ...row, close: 20, low: 20 } : row)),
      );
      return { bars, refused: new Map() };
    };
    const desk = world({ source: { name: 'doubtful', load } });
    const { tasks, observer } = tasksOf(desk);
    await tasks.refreshBars();
    await observer.refresh();
    expect(observer.last().data.asOf).toBe(last);
    later(desk, 5);
    expect([await tasks.refreshBars(), asked]).toEqual([true, 2]);
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

describe('the account', () => {
  it('is not compared before it was seen', async () => {
    const { tasks } = tasksOf(await running());
    expect(() => tasks.assertOwnAccount()).not.toThrow();
  });

  it('with real money is asked to have its evidence read, once it was met', async () => {
    const desk = world({ mode: 'LIVE' });
    const { tasks, observer } = tasksOf(desk);
    await tasks.verifyAccount();
    expect(desk.alerts()).toEqual([]);
    await observer.refresh();
    await tasks.verifyAccount();
    expect(desk.alerts().map(({ title }) => title)).toEqual(['Read the evidence']);
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
    desk.answers.calendar = async (...given) => {
      asked += 1;
      return (await desk.broker.calendar(...given)).slice(1);
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

  it('are asked to go again at the next wake where the broker did not answer', async () => {
    const desk = await stuck();
    desk.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'x' });
    const { tasks } = tasksOf(desk);
    desk.answers.cancel = () => Promise.reject(new TradingError('no answer', 'retry'));
    await tasks.keepHalted();
    const cancels = asked(desk);
    later(desk, 0.1);
    await tasks.keepHalted();
    expect(cancels).toHaveLength(2);
  });

  it('are looked for at every wake while the broker does not list them yet', async () => {
    const desk = await stuck();
    const { tasks } = tasksOf(desk);
    const sent = intent('monthly-2024-07', 'buy', 'XLU', 1);
    desk.parts.journal.append(
      { kind: 'state', state: 'HALT', by: 'ann', reason: 'x' },
      { kind: 'intent', intent: sent },
      { kind: 'sending', clientOrderId: sent.clientOrderId, try: 1, sent: undefined },
    );
    let looked = 0;
    desk.answers.orderByClientId = async (id) => {
      if (id === sent.clientOrderId) looked += 1;
      return id === sent.clientOrderId ? undefined : desk.broker.orderByClientId(id);
    };
    await tasks.keepHalted();
    const first = looked;
    expect(first).toBeGreaterThan(0);
    await tasks.keepHalted();
    expect(looked).toBe(2 * first);
  });

  it('stay where Rotor halted by itself, or nobody did', async () => {
    const desk = await stuck();
    const { tasks } = tasksOf(desk);
    const cancels = asked(desk);
    await tasks.keepHalted();
    for (const [state, by] of [
      ['HALT', 'rotor'],
      ['RUN', 'ann'],
    ] as const) {
      desk.parts.journal.append({ kind: 'state', state, by, reason: 'x' });
      await tasks.keepHalted();
    }
    expect(cancels).toEqual([]);
  });
});

describe('a rebalance that was interrupted', () => {
  const RESUME: DueTask = { kind: 'resume', id: 'monthly-2024-07' };

  it('continues only after the books have been checked', async () => {
    const desk = await running();
    desk.broker.openByHand(intent('monthly-2024-06', 'buy', 'XLU', 1));
    const { tasks } = tasksOf(desk);
    await expect(tasks.perform(RESUME)).rejects.toMatchObject({ remedy: 'halt' });
  });

  it.each([
    [
      '2024-07-09',
      'goes on in the fifth session after it began',
      ['sell XLF 100', 'sell XLF 100'],
      false,
    ],
    ['2024-07-10', 'ends in the sixth, with nothing more sent', ['sell XLF 100'], true],
  ])('on %s %s', async (day, _what, sells, isOver) => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.engine.wake();
    for (const { clientOrderId } of desk.broker.accepted)
      desk.broker.progress(clientOrderId, { status: 'expired' });
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.goTo(day, '10:00');
    desk.engine.setState('REDUCE', 'ann', 'no buys');
    await tasksOf(desk).tasks.perform(RESUME);
    expect(desk.posted()).toEqual(sells);
    expect([...desk.book().rebalances.values()][0]?.finishedAt !== undefined).toBe(isOver);
  });

  it('is done where none is unfinished any more', async () => {
    const { tasks } = tasksOf(await running());
    expect(await tasks.perform(RESUME)).toBe('done');
  });
});

describe('closes that were missed', () => {
  it('are recorded from the bars', async () => {
    const desk = await running();
    desk.goTo('2024-07-03', '10:00');
    const { tasks } = tasksOf(desk);
    await tasks.refreshBars();
    const sessions = ['2024-07-01', '2024-07-02'].map(sessionDate);
    await tasks.perform({ kind: 'missed', sessions });
    expect(desk.book().equity.map(({ session }) => session)).toEqual(sessions);
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
      let decided = 0;
      desk.answers.latestPrices = (tickers) => {
        decided += 1;
        return desk.broker.latestPrices(tickers);
      };
      expect(await tasks.perform(DUE)).toBe('back-off');
      expect([desk.posted(), desk.book().seq, decided]).toEqual([[], before, 0]);
    }
  });

  it('waits for one that a person started, and with real money for its evidence to be read', async () => {
    const { desk, tasks } = await met();
    const other = decision({ id: 'manual-2024-07-01-1', cause: 'manual' });
    desk.parts.journal.append({ kind: 'decision', decision: other });
    expect(await tasks.perform(DUE)).toBe('back-off');
    const real = await met({ ...ROTATION, mode: 'LIVE' });
    expect(await real.tasks.perform(DUE)).toBe('back-off');
    expect([desk.book().rebalances.size, real.desk.book().rebalances.size]).toEqual([1, 0]);
  });

  it('is decided only after the books were checked', async () => {
    const { desk, tasks } = await met();
    desk.broker.openByHand(intent('monthly-2024-06', 'buy', 'XLU', 1));
    await expect(tasks.perform(DUE)).rejects.toMatchObject({ remedy: 'halt' });
    expect(desk.book().rebalances.size).toBe(0);
  });

  it('is not begun if a person skipped it during the requests to the broker', async () => {
    const { desk, tasks } = await met();
    const { id } = DUE;
    const session = sessionDate('2024-07-01');
    const plan = decision({ id });
    desk.parts.journal.append({ kind: 'announced', session, round: 'morning', decision: plan });
    desk.answers.latestPrices = (tickers) => {
      desk.answers.latestPrices = undefined;
      const choice = { kind: 'schedule-change', id, session, choice: 'skip', by: 'ann' } as const;
      desk.parts.journal.append(choice);
      return desk.broker.latestPrices(tickers);
    };
    expect(await tasks.perform(DUE)).toBe('back-off');
    expect(desk.book().rebalances.size).toBe(0);
  });

  it('that waits for the broker is tried again later, and the log says why', async () => {
    const { desk } = await met();
    const lines: string[] = [];
    const log = { ...silentLog, info: (line: string) => void lines.push(line) };
    const parts = { ...desk.parts, log };
    const observer = createObserver(parts);
    const signal = new AbortController().signal;
    const tasks = createTasks(parts, observer, createReconciler(parts), signal);
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    expect(await tasks.perform(DUE)).toBe('back-off');
    expect(lines[0]).toMatch(/^plan: sell 100 XLF/);
    expect(lines.at(-1)).toMatch(/^monthly-2024-07 waits: sell orders still open/);
  });

  it('that risk refuses is an error, and nothing is recorded of it', async () => {
    const { desk, tasks } = await met({ cashUsd: 1_000, target: ['XLK'] });
    const reserve = { ...desk.parts, limits: { ...desk.parts.limits, reserve: dollars(1_000) } };
    const observer = createObserver(reserve);
    const signal = new AbortController().signal;
    const poor = createTasks(reserve, observer, createReconciler(reserve), signal);
    await expect(poor.perform(DUE)).rejects.toMatchObject({
      ...{ remedy: 'skip-cycle', message: expect.stringContaining('risk refused the target') },
    });
    expect(desk.book().rebalances.size).toBe(0);
    expect(await tasks.perform(DUE)).toBe('done');
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
    expect(desk.alerts().find(({ title }) => title === 'No decision')?.remedy).toBe(
      'Positions stay unchanged. The rebalance runs when the data arrives.',
    );
    desk.bars = undefined;
    await tasks.perform(DUE);
    expect(openAlert(desk.book(), { about: 'no-decision' })).toBeUndefined();
  });
});

describe('why no decision is made', () => {
  const told = (desk: World) => desk.alerts().filter(({ title }) => title === 'No decision');
  const undecided = async (known?: string) => {
    const desk = await started();
    const text = `The data is late: ${known}.`;
    const about = { about: 'data-late' } as const;
    if (known !== undefined)
      desk.parts.journal.append({ kind: 'alert', alert: alert({ subject: about, text }) });
    desk.goTo('2024-07-02', '10:00');
    desk.bars = () => barsThrough(sessionDate('2024-06-20'));
    const { tasks, observer } = tasksOf(desk);
    await observer.refreshBars();
    await tasks.perform(DUE);
    return told(desk).map(({ text: words }) => words);
  };

  it('is not told again where an open alert says it already', async () => {
    const [reason] = await undecided();
    expect(reason).toEqual(expect.any(String));
    expect(await undecided(reason)).toEqual([]);
    expect(await undecided('something else')).toEqual([reason]);
  });
});

describe('a month that was held up', () => {
  it.each([
    ['2024-08-08', 'five sessions late runs by itself', 'complete', []],
    ['2024-08-09', 'six sessions late asks a person', undefined, ['owed monthly-2024-08']],
  ])('until %s, %s', async (day, _what, result, alerts) => {
    const desk = await running({ cashUsd: 10_000, held: { XLF: 100 } });
    desk.target = ['XLU', 'XLY'];
    desk.engine.pause('ann', 'holiday');
    desk.goTo(day, '09:30');
    await desk.minutes(1);
    desk.engine.setState('RUN', 'ann', 'back');
    desk.goTo(day, '10:00');
    await desk.minutes(10);
    expect(desk.book().rebalances.get('monthly-2024-08')?.result?.kind).toBe(result);
    expect([...desk.book().alerts.keys()]).toEqual(alerts);
  });
});
