/** With real money nothing is bought until an approver has read the evidence of what decides. */
import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import { followEvidence, unreadEvidence } from '#core/engine/evidence.ts';
import { headerView } from '#core/views/header.ts';
import {
  at,
  running,
  started,
  type World,
  type WorldOptions,
  world,
} from '#tests/support/world.ts';

const LIVE: WorldOptions = { mode: 'LIVE' };

function buys(made: World): readonly string[] {
  return made.posted().filter((line) => line.startsWith('buy'));
}

const asked = (made: World) => openAlert(made.book(), { about: 'evidence' });

describe('an account with real money', () => {
  it('buys nothing, asks for the evidence to be read, and says so in the header', async () => {
    const made = await running(LIVE);
    expect(made.posted()).toEqual([]);
    expect(made.book().rebalances.size).toBe(0);
    expect(asked(made)?.alert.title).toBe('Read the evidence');
    const { reasons } = headerView(made.book(), made.engine.observation(), []);
    expect(JSON.stringify(reasons)).toContain('Read the evidence');
  });

  it('rebalances once an approver has read it', async () => {
    const made = await running(LIVE);
    const outcome = made.engine.readEvidence(made.engine.evidenceHash(), 'ines');
    expect(outcome.kind).toBe('accepted');
    await made.minutes(10);
    expect(buys(made)).toHaveLength(2);
    expect(asked(made)).toBeUndefined();
    expect(made.entries('evidence-read')).toEqual([
      { kind: 'evidence-read', hash: made.engine.evidenceHash(), by: 'ines' },
    ]);
  });

  it('does not ask again after a restart', async () => {
    const made = await running({ ...LIVE, hasReadEvidence: true });
    await made.restart();
    await made.minutes(2);
    expect(buys(made)).toHaveLength(2);
    expect(made.entries('evidence-due')).toEqual([]);
  });

  it('rejects a confirmation of a page with other limits, and asks again when they change', async () => {
    const first = await running({ ...LIVE, hasReadEvidence: true });
    const { database } = first;
    const other = await started({ ...LIVE, database, limits: { maxWeight: 0.3 } });
    await other.minutes(2);
    expect(other.engine.readEvidence(first.engine.evidenceHash(), 'ines').kind).toBe('closed');
    expect(asked(other)).toBeDefined();
  });

  it('rejects a page of other limits that nobody has read either', async () => {
    const other = world({ ...LIVE, limits: { maxWeight: 0.3 } }).engine.evidenceHash();
    const made = await running(LIVE);
    expect(made.engine.readEvidence(other, 'ines')).toMatchObject({
      reason: expect.stringContaining('changed since this page'),
    });
    expect(made.entries('evidence-read')).toEqual([]);
  });

  it('gets no notice for a change of its limits: nothing is bought from the same day on', async () => {
    const { database } = await running({ ...LIVE, hasReadEvidence: true });
    const { parts, entries } = await started({ ...LIVE, database, limits: { maxWeight: 0.3 } });
    followEvidence(parts);
    expect(entries('evidence-due')).toMatchObject([{ from: '2024-07-01' }]);
    expect(unreadEvidence(parts)).toContain('nobody has read the evidence');
  });

  it('is not asked any more once its limits are again those that were read', async () => {
    const { database } = await running({ ...LIVE, hasReadEvidence: true });
    const changed = await started({ ...LIVE, database, limits: { maxWeight: 0.3 } });
    followEvidence(changed.parts);
    expect(asked(changed)).toBeDefined();
    const back = await started({ ...LIVE, database });
    followEvidence(back.parts);
    expect(asked(back)).toBeUndefined();
  });

  it('reads the evidence of a setup once', async () => {
    const made = await running(LIVE);
    const hash = made.engine.evidenceHash();
    expect(made.engine.readEvidence(hash, 'ines')).toEqual({ kind: 'accepted' });
    expect(asked(made)).toBeUndefined();
    expect(made.engine.readEvidence(hash, 'tom')).toEqual({
      kind: 'closed',
      reason: 'Already read by ines.',
    });
  });

  it('asks once, not at every wake', async () => {
    const made = await running(LIVE);
    await made.minutes(20);
    expect(made.alerts().map(({ title }) => title)).toEqual(['Read the evidence']);
  });

  it('can still sell and flatten', async () => {
    const made = await running({ ...LIVE, held: { XLK: 10, XLE: 20 } });
    await made.engine.flatten('ines', 'a test');
    await made.minutes(3);
    expect(made.posted()).toEqual(['sell XLK 10', 'sell XLE 20']);
  });

  it('cannot approve a plan before that', async () => {
    const made = await running(LIVE);
    const plan = await made.engine.propose({ id: 'u1', name: 'ines' });
    if (!('planHash' in plan)) throw new Error('expected a plan');
    const outcome = await made.engine.answer(plan.id, 'approved', { id: 'u2', name: 'tom' });
    expect(outcome).toMatchObject({ kind: 'closed', reason: expect.stringContaining('evidence') });
  });
});

describe('an account with real money that traded before the question existed', () => {
  /** A journal of a version that did not ask, on the first day of the next one. */
  async function upgraded(): Promise<World> {
    const { database } = await running();
    return started({ ...LIVE, database });
  }

  it('gets five sessions of notice', async () => {
    const made = await upgraded();
    await made.minutes(1);
    expect(made.entries('evidence-due')).toMatchObject([{ from: '2024-07-09' }]);
    expect(asked(made)?.alert.text).toContain('from 2024-07-09 on');
  });

  it('buys until the notice has run out, and not on the day it names', async () => {
    const made = await upgraded();
    followEvidence(made.parts);
    made.clock.set(at('2024-07-08', '23:59'));
    expect(unreadEvidence(made.parts)).toBeUndefined();
    made.clock.set(at('2024-07-09', '00:00'));
    expect(unreadEvidence(made.parts)).toContain('nobody has read the evidence');
  });

  it('gets that notice once: other limits during it are due on the same day', async () => {
    const made = await upgraded();
    followEvidence(made.parts);
    const { database } = made;
    const other = await started({ ...LIVE, database, limits: { maxWeight: 0.3 } });
    followEvidence(other.parts);
    expect(other.entries('evidence-due').map(({ from }) => from)).toEqual([
      '2024-07-09',
      '2024-07-01',
    ]);
  });

  it('keeps the day of its notice when it goes back to the earlier limits', async () => {
    const made = await upgraded();
    followEvidence(made.parts);
    const { database } = made;
    const other = world({ ...LIVE, database, limits: { maxWeight: 0.3 }, hasReadEvidence: true });
    expect(asked(other)).toBeUndefined();
    const back = await started({ ...LIVE, database, start: at('2024-07-03', '10:00') });
    followEvidence(back.parts);
    expect(asked(back)?.alert.text).toContain('from 2024-07-09 on');
  });
});

describe('an account without real money', () => {
  it('is not asked', async () => {
    const made = await running({ mode: 'PAPER' });
    expect(buys(made)).toHaveLength(2);
    expect(asked(made)).toBeUndefined();
  });
});
