import { describe, expect, it } from 'vitest';
import type { Model } from '#core/domain/model.ts';
import { type AnnounceRules, isPostponed } from '#core/domain/start-rules.ts';
import { sessionDate } from '#core/domain/units.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { at, running, started, type World, type WorldOptions } from '#tests/support/world.ts';

const RULES: AnnounceRules = { auto: 'announce', first: 'now', evening: 20 * 60, morning: 9 * 60 };
const AUGUST = 'monthly-2024-08';
const FIRST = { id: AUGUST, session: '2024-08-01' };

/** The evening before the first session of August, with July's rebalance done. */
async function july(options: WorldOptions = {}): Promise<World> {
  const made = await running({ announce: RULES, ...options });
  made.target = ['XLF', 'XLE'];
  made.goTo('2024-07-31', '19:59');
  await made.minutes(1);
  return made;
}

/** Whether August's rebalance has begun. */
const hasBegun = (world: World): boolean => world.book().rebalances.has(AUGUST);

describe('An automatic rebalance', () => {
  it('is announced at 20:00 of the day before and at 09:00 of its day, each once', async () => {
    const world = await july();
    expect(world.entries('announced')).toHaveLength(0);
    await world.minutes(5);
    expect(world.entries('announced').map(({ round }) => round)).toEqual(['evening']);
    world.goTo('2024-08-01', '09:00');
    await world.minutes(5);
    const [evening, morning] = world.entries('announced');
    expect(morning).toMatchObject({ round: 'morning', session: '2024-08-01' });
    expect(evening?.decision.plan.orders.map(({ ticker, side }) => `${side} ${ticker}`)).toEqual(
      morning?.decision.plan.orders.map(({ ticker, side }) => `${side} ${ticker}`),
    );
    expect(world.entries('announced')).toHaveLength(2);
  });

  it('runs when nobody answers', async () => {
    const world = await july();
    await world.minutes(2);
    world.goTo('2024-08-01', '09:34');
    await world.minutes(1);
    expect(hasBegun(world)).toBe(false);
    await world.minutes(1);
    expect(hasBegun(world)).toBe(true);
    expect(world.book().unannounced.size).toBe(0);
  });

  it('runs one session later for each of at most three delays, which use up no session for catching up', async () => {
    const world = await july();
    world.goTo('2024-07-31', '20:00');
    for (const [session, next] of [
      ['2024-08-01', '2024-08-02'],
      ['2024-08-02', '2024-08-05'],
      ['2024-08-05', '2024-08-06'],
    ] as const) {
      await world.minutes(1);
      const shown = { id: AUGUST, session };
      expect(world.engine.changeSchedule(shown, 'delay', 'ines')).toEqual({ kind: 'accepted' });
      world.goTo(session, '09:36');
      await world.minutes(2);
      expect(hasBegun(world)).toBe(false);
      world.clock.set(at(next, '09:10'));
    }
    await world.minutes(1);
    const fourth = world.engine.changeSchedule(
      { id: AUGUST, session: '2024-08-06' },
      'delay',
      'tom',
    );
    expect(fourth).toEqual({ kind: 'closed', reason: 'It was delayed 3 times already.' });
    world.goTo('2024-08-06', '09:36');
    await world.minutes(1);
    expect(hasBegun(world)).toBe(true);
  });

  it('does not run this month once it is skipped, and the next month is announced as usual', async () => {
    const world = await july();
    await world.minutes(1);
    expect(world.engine.changeSchedule(FIRST, 'skip', 'ines')).toEqual({ kind: 'accepted' });
    expect(world.engine.changeSchedule(FIRST, 'run', 'tom')).toEqual({
      kind: 'closed',
      reason: 'Already answered by ines.',
    });
    world.goTo('2024-08-01', '09:36');
    await world.minutes(2);
    world.goTo('2024-08-12', '09:36');
    await world.minutes(2);
    expect(hasBegun(world)).toBe(false);
    world.goTo('2024-09-02', '20:00');
    await world.minutes(1);
    expect(world.entries('announced').at(-1)?.decision.id).toBe('monthly-2024-09');
  });

  it('runs and says so when it could not be announced', async () => {
    const world = await july({ deliveredThrough: () => 0 });
    world.goTo('2024-08-01', '09:36');
    await world.minutes(2);
    expect(hasBegun(world)).toBe(true);
    expect(world.entries('unannounced')).toEqual([{ kind: 'unannounced', id: AUGUST }]);
  });

  it('accepts no answer for a session other than the announced one', async () => {
    const world = await july();
    await world.minutes(1);
    const old = { id: AUGUST, session: '2024-07-31' };
    expect(world.engine.changeSchedule(old, 'skip', 'ines').kind).toBe('closed');
    expect(world.engine.changeSchedule({ ...FIRST, id: 'x' }, 'skip', 'ines').kind).toBe('closed');
  });

  it('is not announced under HALT or a pause', async () => {
    const world = await july();
    world.engine.pause('ines', 'holiday');
    await world.minutes(2);
    expect(world.entries('announced')).toHaveLength(0);
    world.engine.setState('RUN', 'ines', 'back');
    await world.engine.halt('ines', 'stop');
    await world.minutes(2);
    expect(world.entries('announced')).toHaveLength(0);
  });

  it('is closed with its session when it did not run', async () => {
    const world = await july();
    await world.minutes(1);
    await world.engine.halt('ines', 'stop');
    world.goTo('2024-08-01', '15:46');
    await world.minutes(1);
    expect(world.book().announcements.get(AUGUST)?.over).toBe(true);
    expect(world.entries('announcement-over')).toHaveLength(1);
  });
});

/** A session that begins a week and a month: one announcement covers a monthly and a weekly model. */
describe('A rebalance of a month and a week', () => {
  const SEPTEMBER = 'monthly-2024-09';

  async function announcedTogether(): Promise<World> {
    let target = ['XLK', 'XLE'];
    const models = (['monthly', 'weekly'] as const).map((cadence): Model => {
      const parameters = { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 };
      const weigh: Model['weigh'] = (...asked) => holdingEqually(target)(...asked);
      return { id: cadence, cadence, activeIn: 'always', budget: 0.5, parameters, weigh };
    });
    const start = at('2024-08-27', '09:36');
    const world = await running({ announce: RULES, models, start });
    target = ['XLF', 'XLV'];
    world.goTo('2024-09-02', '20:00');
    await world.minutes(1);
    return world;
  }

  const choose = (world: World, session: string, choice: 'delay' | 'skip'): void =>
    expect(world.engine.changeSchedule({ id: SEPTEMBER, session }, choice, 'ines').kind).toBe(
      'accepted',
    );

  /** Ids of rebalances after the first. */
  const ran = (world: World): readonly string[] => [...world.book().rebalances.keys()].slice(1);

  async function sessionOf(world: World, date: string): Promise<void> {
    world.goTo(date, '09:36');
    await world.minutes(3);
    world.goTo(date, '20:00');
    await world.minutes(1);
  }

  it('trades neither part in a session for which it was delayed, and both in the next one', async () => {
    const world = await announcedTogether();
    choose(world, '2024-09-03', 'delay');
    await world.minutes(1);
    expect(world.engine.observation().nextRebalance?.session).toBe('2024-09-04');
    await sessionOf(world, '2024-09-03');
    choose(world, '2024-09-04', 'delay');
    await sessionOf(world, '2024-09-04');
    expect(ran(world)).toEqual([]);
    await sessionOf(world, '2024-09-05');
    expect(ran(world)).toEqual([SEPTEMBER]);
    expect(world.book().unannounced.size).toBe(0);
  });

  it('trades nothing in the session if it is skipped one minute before, and announces the weekly part again', async () => {
    const world = await announcedTogether();
    world.goTo('2024-09-03', '09:34');
    choose(world, '2024-09-03', 'skip');
    // Nor would a new regime be traded that day.
    const regimeWaits = (day: string) =>
      isPostponed(world.book(), 'regime-2024-08-20', at(day, '09:36'));
    expect(['2024-09-03', '2024-09-04'].map(regimeWaits)).toEqual([true, false]);
    await sessionOf(world, '2024-09-03');
    expect(ran(world)).toEqual([]);
    expect(world.entries('announced').at(-1)).toMatchObject({
      session: '2024-09-04',
      decision: { id: 'weekly-2024-09-03' },
    });
    await sessionOf(world, '2024-09-04');
    expect(ran(world)).toEqual(['weekly-2024-09-03']);
  });
});

describe('AUTO_REBALANCE', () => {
  it('approve runs nothing until a person confirms it, and announces it again each day', async () => {
    const world = await july({ announce: { ...RULES, auto: 'approve' } });
    await approvedInitial(world);
    world.target = ['XLV', 'XLU'];
    world.goTo('2024-07-31', '20:00');
    await world.minutes(1);
    world.goTo('2024-08-01', '09:36');
    await world.minutes(2);
    expect(hasBegun(world)).toBe(false);
    expect(world.engine.observation().nextRebalance?.owed).toBe(false);
    world.goTo('2024-08-02', '09:10');
    await world.minutes(1);
    const next = { id: AUGUST, session: '2024-08-02' };
    expect(world.engine.changeSchedule(next, 'run', 'ines')).toEqual({ kind: 'accepted' });
    world.goTo('2024-08-02', '09:36');
    await world.minutes(2);
    expect(hasBegun(world)).toBe(true);
  });

  it('approve needs no answer to a plan without orders: it runs and is done', async () => {
    const world = await july({ announce: { ...RULES, auto: 'approve' } });
    await approvedInitial(world);
    world.goTo('2024-07-31', '20:00');
    await world.minutes(1);
    expect(world.book().announcements.get(AUGUST)?.decision.plan.orders).toEqual([]);
    world.goTo('2024-08-01', '09:36');
    await world.minutes(5);
    expect(world.book().rebalances.get(AUGUST)?.result).toEqual({ kind: 'complete', left: [] });
    world.goTo('2024-08-12', '10:00');
    await world.minutes(10);
    expect(world.alerts()).toEqual([]);
  });

  it('approve announces a plan again that was announced without orders and has some at the open', async () => {
    const world = await july({ announce: { ...RULES, auto: 'approve' } });
    await approvedInitial(world);
    world.goTo('2024-07-31', '20:00');
    await world.minutes(1);
    world.goTo('2024-08-01', '09:10');
    await world.minutes(1);
    world.target = ['XLV', 'XLU'];
    world.goTo('2024-08-01', '09:36');
    await world.minutes(20);
    expect(hasBegun(world)).toBe(false);
    const august = world.entries('announced').filter(({ decision }) => decision.id === AUGUST);
    expect(august.map(({ round, decision }) => [round, decision.plan.orders.length > 0])).toEqual([
      ['evening', false],
      ['morning', false],
      ['session', true],
    ]);
    expect(world.engine.changeSchedule(FIRST, 'run', 'ines')).toEqual({ kind: 'accepted' });
    await world.minutes(5);
    expect(hasBegun(world)).toBe(true);
  });

  it('approve says that nobody approved it, once it is too old', async () => {
    const world = await july({ announce: { ...RULES, auto: 'approve' } });
    await approvedInitial(world);
    world.target = ['XLV', 'XLU'];
    world.goTo('2024-08-12', '10:00');
    await world.minutes(10);
    expect(world.alerts().map(({ title }) => title)).toEqual(['A rebalance was not approved']);
  });

  it('off starts and announces nothing', async () => {
    const world = await july({ announce: { ...RULES, auto: 'off' } });
    world.goTo('2024-08-01', '09:36');
    await world.minutes(2);
    expect(world.book().rebalances.size).toBe(0);
    expect(world.entries('announced')).toHaveLength(0);
  });
});

/** In approve mode the first rebalance waits for a person as well. */
async function approvedInitial(world: World): Promise<void> {
  world.goTo('2024-07-30', '09:40');
  await world.minutes(1);
  const shown = { id: 'initial-2024-07-30', session: '2024-07-30' };
  expect(world.engine.changeSchedule(shown, 'run', 'ines')).toEqual({ kind: 'accepted' });
  await world.minutes(5);
  expect(world.book().rebalances.size).toBe(1);
}

describe('The first rebalance of an account', () => {
  const announce: AnnounceRules = { ...RULES, first: 'announced' };

  it('waits until it was announced the evening before', async () => {
    const world = await started({ announce });
    await world.minutes(3);
    expect(world.book().rebalances.size).toBe(0);
    expect(world.engine.observation().nextRebalance).toMatchObject({
      session: '2024-07-02',
      owed: false,
      waits: 'announcement',
    });
    world.goTo('2024-07-01', '20:00');
    await world.minutes(2);
    world.goTo('2024-07-02', '09:36');
    await world.minutes(2);
    expect([...world.book().rebalances.keys()]).toEqual(['initial-2024-07-02']);
  });

  it('is announced at once for the next session when today can no longer be told of before', async () => {
    const world = await started({ announce });
    await world.minutes(2);
    const told = world.entries('announced').map(({ session, round }) => [session, round]);
    expect(told).toEqual([['2024-07-02', 'evening']]);
    world.goTo('2024-07-01', '20:00');
    await world.minutes(2);
    expect(world.entries('announced')).toHaveLength(1);
    world.goTo('2024-07-02', '09:10');
    await world.minutes(2);
    expect(world.entries('announced').at(-1)).toMatchObject({ round: 'morning' });
  });

  it('also runs where Rotor is awake only while the market is open', async () => {
    const world = await started({ announce });
    for (const day of ['2024-07-01', '2024-07-02'] as const) {
      for (const time of ['09:31', '09:36', '15:50']) {
        if (world.clock.now() < at(day, time)) world.goTo(day, time);
        await world.minutes(2);
      }
    }
    expect([...world.book().rebalances.keys()]).toEqual(['initial-2024-07-02']);
  });

  it('waits another day if the announcement came only that morning', async () => {
    let told = 0;
    const world = await started({ announce, deliveredThrough: () => told });
    world.goTo('2024-07-01', '20:00');
    await world.minutes(2);
    world.goTo('2024-07-02', '09:10');
    told = 1_000_000;
    await world.minutes(2);
    world.goTo('2024-07-02', '09:36');
    await world.minutes(2);
    expect(world.book().rebalances.size).toBe(0);
    world.goTo('2024-07-02', '20:00');
    await world.minutes(2);
    world.goTo(sessionDate('2024-07-03'), '09:36');
    await world.minutes(2);
    expect(world.book().rebalances.size).toBe(1);
  });

  it('can be delayed, but not skipped', async () => {
    const world = await started({ announce });
    world.goTo('2024-07-01', '20:00');
    await world.minutes(2);
    const shown = { id: 'initial-2024-07-02', session: '2024-07-02' };
    expect(world.engine.changeSchedule(shown, 'skip', 'ines').kind).toBe('closed');
    expect(world.engine.changeSchedule(shown, 'delay', 'ines').kind).toBe('accepted');
    world.goTo('2024-07-02', '09:36');
    await world.minutes(2);
    expect(world.book().rebalances.size).toBe(0);
  });
});
