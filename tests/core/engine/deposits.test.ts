import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { dollars, qty } from '#core/domain/units.ts';
import { running, type World } from '#tests/support/world.ts';

/** A desk whose first rebalance is done, and $5,000 more. */
async function desk(): Promise<World> {
  const made = await running({ cashUsd: 100_000 });
  made.goTo('2024-07-15', '11:00');
  await made.minutes(1);
  made.parts.journal.append({ kind: 'activity', activity: money(made, 'd1', 5_000) });
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

describe('a deposit', () => {
  it('is answered once', async () => {
    const { engine } = await desk();
    expect(engine.answerDeposit('d1', 'now', 'omar')).toEqual({ kind: 'accepted' });
    expect(engine.answerDeposit('d1', 'later', 'ines')).toEqual(
      closed('Already answered by omar.'),
    );
    expect(engine.answerDeposit('d2', 'now', 'omar')).toEqual(closed('This is over already.'));
  });

  it('is closed once a plan was approved', async () => {
    const world = await desk();
    const plan = await world.engine.propose({ id: 'ines', name: 'ines' });
    if ('reason' in plan) throw new Error(plan.reason);
    await world.engine.answer(plan.id, 'approved', { id: 'omar', name: 'omar' });
    expect(world.engine.answerDeposit('d1', 'now', 'omar')).toEqual(
      closed('This is over already.'),
    );
  });

  it('is closed once the broker reverses it', async () => {
    const world = await desk();
    world.parts.journal.append({ kind: 'activity', activity: money(world, 'w1', -5_000, 'd1') });
    expect(world.engine.answerDeposit('d1', 'now', 'omar')).toEqual(
      closed('This is over already.'),
    );
  });
});
