/** Models that decide beside the desk and are not traded, and how people let one trade. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bars, truncateTo } from '#core/domain/bar.ts';
import { sessionOffset, sessionsBetween } from '#core/domain/calendar.ts';
import type { Model } from '#core/domain/model.ts';
import { dollars, epochMs, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { replayJournal } from '#core/replay/replay-journal.ts';
import { createInputStore } from '#core/store/input-store.ts';
import { performanceView } from '#core/views/performance.ts';
import { shadowViews } from '#core/views/shadows.ts';
import { MODELS } from '#models/list.ts';
import { sectorRotationV1 } from '#models/sector-rotation-v1.ts';
import { AS_OF, lastPrices, market, SESSIONS } from '#tests/support/bars.ts';
import { person } from '#tests/support/person.ts';
import { running, type World, type WorldOptions } from '#tests/support/world.ts';

const [ANN, BOB] = [person('ann'), person('bob')];
const TWIN: Model = { ...sectorRotationV1, id: 'Twin_v1', shadow: true };
const FAST: Model = {
  ...TWIN,
  id: 'Fast_v1',
  parameters: { ...TWIN.parameters, lookback: 20, top: 1 },
};
const MONTHS = ['2024-08-01', '2024-09-03', '2024-10-01'];
const REQUEST = { model: 'Fast_v1', role: 'trading', budget: 0.5, evidence: ['No sign.'] } as const;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const LAST = sessionDate('2024-10-31');
/** Flat for half a year, then three sectors rise. */
const RISING = market(
  { XLK: 0.2, XLV: 0.15, XLU: 0.1 },
  { asOf: LAST, count: SESSIONS + sessionsBetween(AS_OF, LAST) },
);

function risingThrough(asOf: SessionDate): Bars {
  return new Map([...RISING].map(([name, history]) => [name, truncateTo(history, asOf)]));
}

/** A desk of the three models and some in the shadow. */
async function desk(shadows: readonly Model[], options: WorldOptions = {}): Promise<World> {
  const made = await running({ models: [...MODELS, ...shadows], ...options });
  made.bars = risingThrough;
  return made;
}

/** The first session of each month, at the closes of the session before. */
async function through(world: World, months: readonly string[]): Promise<void> {
  for (const day of months) {
    world.goTo(day, '09:36');
    const before = sessionOffset(sessionDate(day), -1).date;
    for (const [name, price] of lastPrices(risingThrough(before)))
      world.broker.setPrice(name, price);
    await world.minutes(4);
  }
}

const followed = ({ engine, parts }: World) =>
  shadowViews(engine.book(), engine.observation(), engine.bars(), parts.models);

const lastDecision = (world: World) => [...world.book().rebalances.values()].at(-1)?.decision;

describe('a shadow model', () => {
  it('that is the twin of one that trades is ahead of it by exactly 0.00', async () => {
    const world = await desk([TWIN]);
    await through(world, MONTHS);
    const [twin] = followed(world);
    expect(twin?.gain).not.toBe(0);
    expect(twin?.ahead.find(({ of }) => of === sectorRotationV1.id)?.by).toBe(0);
  });

  it('decides on each rebalance and changes no order', async () => {
    const [alone, beside] = [await desk([]), await desk([FAST])];
    for (const world of [alone, beside]) await through(world, MONTHS);
    expect(beside.posted()).toEqual(alone.posted());
    const decisions = [...beside.book().rebalances.values()].map(({ decision }) => decision);
    expect(decisions.map(({ shadows = [] }) => shadows.map(({ id }) => id))).toEqual(
      decisions.map(() => ['Fast_v1']),
    );
    expect(decisions.flatMap(({ votes }) => votes.map(({ id }) => id))).not.toContain('Fast_v1');
  });

  it('pays costs for its trades on paper', async () => {
    const world = await desk([FAST]);
    await through(world, MONTHS);
    const { engine, parts } = world;
    const seen = engine.observation();
    const { windows } = performanceView(engine.book(), seen, engine.bars(), parts.models);
    const free = windows.at(-1)?.models.find(({ id }) => id === 'Fast_v1')?.gain;
    const [costly] = followed(world);
    expect(costly?.gain).toBeLessThan(free ?? Number.NaN);
    expect(costly?.gain).toBeCloseTo(free ?? Number.NaN, 2);
  });

  it('whose bars do not reach back far enough prevents no other model from deciding', async () => {
    const long = { ...FAST, parameters: { ...FAST.parameters, lookback: 5_000 } };
    const world = await desk([long]);
    await through(world, MONTHS.slice(0, 1));
    expect(lastDecision(world)?.id).toBe('monthly-2024-08');
    expect(lastDecision(world)?.shadows).toBeUndefined();
  });
});

describe('the change of a role', () => {
  it('counts from the next rebalance on, once an approver said yes, also after a restart', async () => {
    const world = await desk([FAST]);
    const proposal = world.engine.proposeRole(REQUEST, ANN);
    if ('kind' in proposal) throw new Error(proposal.reason);
    expect(proposal).toMatchObject({ approvers: 1, evidence: ['No sign.'] });
    expect(proposal.budgets).toContainEqual(['Fast_v1', 0.5]);
    expect(proposal.hashes.now).not.toBe(proposal.hashes.after);
    expect(world.engine.answerRole(proposal.id, 'approved', BOB)).toEqual({ kind: 'accepted' });
    expect(world.engine.evidenceHash()).toBe(proposal.hashes.after);
    await world.restart();
    await through(world, MONTHS.slice(0, 1));
    const vote = lastDecision(world)?.votes.find(({ id }) => id === 'Fast_v1');
    expect(vote).toMatchObject({ budget: 0.5 });
    expect(world.posted().length).toBeGreaterThan(0);
  });

  it('takes two people if plans may take two', async () => {
    const world = await desk([FAST], { approval: { twoPersonAbove: dollars(30_000) } });
    const proposal = world.engine.proposeRole(REQUEST, ANN);
    if ('kind' in proposal) throw new Error(proposal.reason);
    const { id } = proposal;
    const before = world.engine.evidenceHash();
    expect(world.engine.answerRole(id, 'approved', ANN)).toEqual({
      kind: 'accepted',
      waitingFor: 1,
    });
    expect(world.engine.answerRole(id, 'approved', ANN)).toMatchObject({
      reason: 'ann has approved already; a second person must approve.',
    });
    expect(world.engine.evidenceHash()).toBe(before);
    expect(world.engine.answerRole(id, 'approved', BOB)).toEqual({ kind: 'accepted' });
    expect(world.book().modelRoles.get('Fast_v1')).toEqual({ role: 'trading', budget: 0.5 });
    expect(world.engine.answerRole(id, 'rejected', BOB)).toMatchObject({
      reason: 'Already approved by ann and bob.',
    });
  });

  it('is closed once it expired, once something else decides, or if no model would trade', async () => {
    const world = await desk([FAST]);
    const ask = (model: string, role: 'trading' | 'shadow') => {
      const made = world.engine.proposeRole({ ...REQUEST, model, role, budget: 1 }, ANN);
      return 'kind' in made ? made.reason : made.id;
    };
    const [first, second] = [ask('Fast_v1', 'trading'), ask('SectorRotationBull_v1', 'shadow')];
    expect(world.engine.answerRole(second, 'approved', BOB)).toEqual({ kind: 'accepted' });
    expect(world.engine.answerRole(first, 'approved', BOB)).toMatchObject({
      reason: 'Models, limits or rules have changed since; make a new proposal.',
    });
    expect(ask('SectorRotationBull_v1', 'shadow')).toBe('SectorRotationBull_v1 is shadow already.');
    const late = ask('SectorRotationBear_v1', 'shadow');
    world.clock.set(epochMs(world.clock.now() + 25 * 3_600_000));
    expect(world.engine.answerRole(late, 'approved', BOB)).toMatchObject({
      reason: 'This proposal has expired; make a new one.',
    });
    const alone = await desk([], { models: [sectorRotationV1] });
    const none = alone.engine.proposeRole(
      { ...REQUEST, model: sectorRotationV1.id, role: 'shadow' },
      ANN,
    );
    expect(none).toMatchObject({ reason: 'At least one model must trade.' });
  });

  it('leaves every decision before and after it reproducible to the byte', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-shadow-'));
    folders.push(folder);
    const store = createInputStore(folder);
    const world = await desk([FAST, TWIN], { inputs: { store, code: 'c1' } });
    await through(world, MONTHS.slice(0, 1));
    const proposal = world.engine.proposeRole(REQUEST, ANN);
    if ('kind' in proposal) throw new Error(proposal.reason);
    world.engine.answerRole(proposal.id, 'approved', BOB);
    await through(world, MONTHS.slice(1));
    const { universe, models } = world.parts;
    const parts = {
      store,
      universe,
      models,
      code: 'c1',
      accountId: world.book().account?.id ?? '',
    };
    expect(replayJournal(world.parts.journal.since(0, 1_000_000), parts)).toMatchObject({
      equal: 4,
      of: 4,
    });
  });
});
