import { describe, expect, it } from 'vitest';
import type { NoDecision, Proposal } from '#core/domain/decision.ts';
import { epochMs } from '#core/domain/units.ts';
import { running, started, type World } from '#tests/support/world.ts';

const MINUTE_MS = 60_000;

/** A desk that holds XLK and XLE, and a plan for XLF that waits for a yes. */
async function proposed(): Promise<{ desk: World; id: string }> {
  const desk = await running({ limits: { maxTurnoverPerDay: 10 } });
  desk.target = ['XLF'];
  return { desk, id: idOf(await desk.engine.propose('ines')) };
}

function idOf(outcome: Proposal | NoDecision): string {
  if ('planHash' in outcome) return outcome.id;
  throw new Error(outcome.reason);
}

function pass(desk: World, durationMs: number): void {
  desk.clock.set(epochMs(desk.clock.now() + durationMs));
}

describe('a proposal', () => {
  it('is traded when it is approved', async () => {
    const { desk, id } = await proposed();
    expect(await desk.engine.answer(id, 'approved', 'ann')).toEqual({ kind: 'accepted' });
    await desk.minutes(3);
    expect(desk.posted().slice(-1)).toEqual([expect.stringMatching(/^buy XLF/)]);
  });

  it('is answered once, and the second answer is told who was first', async () => {
    const { desk, id } = await proposed();
    await desk.engine.answer(id, 'rejected', 'ann');
    const before = desk.posted().length;
    expect(await desk.engine.answer(id, 'approved', 'bob')).toEqual({
      kind: 'closed',
      reason: 'Already rejected by ann.',
    });
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(before);
  });

  it('is open for ten minutes and no longer', async () => {
    const late = await proposed();
    pass(late.desk, 10 * MINUTE_MS);
    expect(await late.desk.engine.answer(late.id, 'approved', 'ann')).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/expired/),
    });
    const early = await proposed();
    pass(early.desk, 10 * MINUTE_MS - 1);
    expect(await early.desk.engine.answer(early.id, 'approved', 'ann')).toMatchObject({
      kind: 'accepted',
    });
  });

  it('is not approved while a rebalance is running', async () => {
    const desk = await started();
    desk.broker.behave(() => ({ kind: 'open' }));
    await desk.minutes(3);
    const id = idOf(await desk.engine.propose('ines'));
    expect(await desk.engine.answer(id, 'approved', 'ann')).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/running/),
    });
  });

  it('is not approved after another rebalance has run', async () => {
    const { desk, id } = await proposed();
    await desk.engine.answer(idOf(await desk.engine.propose('ines')), 'approved', 'ann');
    await desk.minutes(3);
    expect(await desk.engine.answer(id, 'approved', 'bob')).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/Another rebalance has run/),
    });
  });

  it('is not approved unless trading is in RUN', async () => {
    const { desk, id } = await proposed();
    desk.engine.setState('REDUCE', 'ann', 'look');
    expect(await desk.engine.answer(id, 'approved', 'ann')).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/not in RUN/),
    });
  });

  it('is not approved outside the hours in which orders leave', async () => {
    const { desk } = await proposed();
    desk.goTo('2024-07-01', '15:40');
    const id = idOf(await desk.engine.propose('ines'));
    desk.goTo('2024-07-01', '15:46');
    expect(await desk.engine.answer(id, 'approved', 'ann')).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/09:35/),
    });
  });

  it('that nobody knows is closed', async () => {
    const { desk } = await proposed();
    expect(await desk.engine.answer('manual-x', 'approved', 'ann')).toMatchObject({
      kind: 'closed',
    });
  });
});
