import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { dollars, qty, sessionDate } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { barsThrough, running, type World } from '#tests/support/world.ts';

/** A desk whose first rebalance is done, and $5,000 more. */
async function desk(): Promise<World> {
  const made = await running({ cashUsd: 100_000 });
  made.goTo('2024-07-15', '11:00');
  await made.minutes(1);
  made.parts.journal.append({ kind: 'activity', activity: money(made, 'd1', 5_000) });
  // The broker's cash did not change, so a plan needs another target to have orders.
  made.target = ['XLF', 'XLE'];
  return made;
}

function money({ clock }: World, id: string, usd: number, cancels?: string): Activity {
  const kind = usd > 0 ? 'deposit' : 'withdrawal';
  const at = clock.now();
  return {
    id,
    kind,
    ticker: undefined,
    qty: qty(0),
    cash: dollars(usd),
    at,
    ...(cancels !== undefined && { cancels }),
  };
}

const closed = (reason: string) => ({ kind: 'closed', reason });
const OVER = closed('This is over already.');
const OMAR = { id: 'omar', name: 'omar' };
const INES = { id: 'ines', name: 'ines' };

const choices = (world: World) => world.entries('deposit-choice').map(({ choice }) => choice);
const plans = (world: World) => world.entries('proposal').length;

describe('a deposit', () => {
  it('is answered once', async () => {
    const world = await desk();
    expect(await world.engine.investDeposit('d1', OMAR)).not.toHaveProperty('reason');
    expect(world.engine.leaveDeposit('d1', 'ines')).toEqual(closed('Already answered by omar.'));
    expect(await world.engine.investDeposit('d2', OMAR)).toEqual(OVER);
    expect([choices(world), plans(world)]).toEqual([['now'], 1]);
  });

  it('can be left to the next rebalance, once', async () => {
    const world = await desk();
    expect(world.engine.leaveDeposit('d1', 'ines')).toEqual({ kind: 'accepted' });
    expect(choices(world)).toEqual(['later']);
    expect(await world.engine.investDeposit('d1', OMAR)).toEqual(
      closed('Already answered by ines.'),
    );
    expect([choices(world), plans(world)]).toEqual([['later'], 0]);
  });

  it('counts as not answered when it was withdrawn while its plan was made', async () => {
    const world = await desk();
    world.answers.account = () => {
      delete world.answers.account;
      world.parts.journal.append({ kind: 'activity', activity: money(world, 'w1', -5_000, 'd1') });
      return world.broker.account();
    };
    expect(await world.engine.investDeposit('d1', OMAR)).not.toHaveProperty('reason');
    expect(choices(world)).toEqual([]);
  });

  it('gets one plan when several people press at the same time', async () => {
    const world = await desk();
    const first = world.engine.investDeposit('d1', OMAR);
    expect(await world.engine.investDeposit('d1', INES)).toEqual(
      closed('A plan for it is being made already.'),
    );
    expect(world.engine.leaveDeposit('d1', 'ines').kind).toBe('closed');
    await first;
    expect([choices(world), plans(world)]).toEqual([['now'], 1]);
  });

  it('stays on offer when no plan can be made', async () => {
    const world = await desk();
    world.goTo('2024-07-16', '10:00');
    world.bars = () => barsThrough(sessionDate('2024-07-10'));
    await world.minutes(10);
    expect(await world.engine.investDeposit('d1', OMAR)).toMatchObject({
      kind: 'closed',
      reason: expect.stringContaining('No plan can be made now: '),
    });
    expect(choices(world)).toEqual([]);
    world.bars = undefined;
    await world.minutes(10);
    expect(await world.engine.investDeposit('d1', INES)).not.toHaveProperty('reason');
    expect(choices(world)).toEqual(['now']);
  });

  it('stays on offer when the broker does not answer', async () => {
    const world = await desk();
    world.answers.account = () => Promise.reject(new TradingError('no answer', 'retry'));
    await expect(world.engine.investDeposit('d1', OMAR)).rejects.toThrow('no answer');
    delete world.answers.account;
    expect(await world.engine.investDeposit('d1', OMAR)).not.toHaveProperty('reason');
    expect(choices(world)).toEqual(['now']);
  });

  it('stays on offer when its plan has no orders', async () => {
    const world = await running({ cashUsd: 100_000 });
    world.goTo('2024-07-15', '11:00');
    await world.minutes(1);
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'd1', 1) });
    const plan = await world.engine.investDeposit('d1', OMAR);
    expect('reason' in plan || plan.decision.plan.orders).toEqual([]);
    expect(choices(world)).toEqual([]);
  });

  it('is closed once a plan was approved', async () => {
    const world = await desk();
    const plan = await world.engine.propose(INES);
    if ('reason' in plan) throw new Error(plan.reason);
    await world.engine.answer(plan.id, 'approved', OMAR);
    expect(world.engine.leaveDeposit('d1', 'omar')).toEqual(OVER);
  });

  it('is closed once the broker reverses it', async () => {
    const world = await desk();
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'w1', -5_000, 'd1') });
    expect(world.engine.leaveDeposit('d1', 'omar')).toEqual(OVER);
  });

  it('is closed once as much was withdrawn, not before', async () => {
    const world = await desk();
    const offered = () => world.book().deposits.get('d1')?.over === false;
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'w1', -4_999) });
    expect(offered()).toBe(true);
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'w2', -1) });
    expect(offered()).toBe(false);
    expect(await world.engine.investDeposit('d1', OMAR)).toEqual(OVER);
  });

  it('is not closed by the withdrawal of raised cash, nor by one of a later deposit', async () => {
    const world = await desk();
    const raised = { kind: 'cash-raised', id: 'r1', amount: dollars(2_000), by: 'ines' } as const;
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'd2', 3_000) }, raised, {
      kind: 'activity',
      activity: money(world, 'w1', -5_000),
    });
    const open = [...world.book().deposits.values()].filter(({ over }) => !over);
    expect(open.map(({ activity }) => activity.id)).toEqual(['d1']);
  });
});
