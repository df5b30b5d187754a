import { describe, expect, it } from 'vitest';
import type { Proposal } from '#core/domain/decision.ts';
import { cents, dollars, epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { intent } from '#tests/support/decision.ts';
import { person } from '#tests/support/person.ts';
import { running, sameBooks, type World, type WorldOptions } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const [ANN, BOB, CLEO] = [person('ann'), person('bob'), person('cleo')];
const TEN_MINUTES = 10 * 60_000;

/** A desk in the middle of a month, and a plan that turns 20,000 dollars over twice. */
async function proposed(
  options: WorldOptions = {},
): Promise<{ desk: World; plan: Proposal; approve: (by: typeof ANN) => Promise<unknown> }> {
  const desk = await running({ ...ROTATION, ...options });
  desk.target = ['XLU', 'XLY'];
  desk.goTo('2024-07-15', '10:00');
  await desk.restart();
  const plan = await propose(desk);
  return { desk, plan, approve: (by) => desk.engine.answer(plan.id, 'approved', by) };
}

async function propose(desk: World): Promise<Proposal> {
  const plan = await desk.engine.propose(ANN);
  if ('kind' in plan) throw new Error(plan.reason);
  return plan;
}

const state = (desk: World, plan: Proposal) => desk.book().proposals.get(plan.id);

describe('two people', () => {
  const TWO = { approval: { twoPersonAbove: dollars(30_000) } };

  it('must approve a plan whose orders are worth more than the limit', async () => {
    const { desk, plan, approve } = await proposed(TWO);
    expect(plan.approvers).toBe(2);
    expect(await approve(ANN)).toEqual({ kind: 'accepted', waitingFor: 1 });
    await desk.minutes(2);
    expect(desk.posted()).toHaveLength(3);
    expect(await approve(BOB)).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
    expect(state(desk, plan)).toMatchObject({
      answer: 'approved',
      answeredBy: 'bob',
      approvals: [{ by: 'ann', byId: ANN.id }],
    });
    expect(sameBooks(desk)).toBe(true);
  });

  it('are not needed for a plan that is worth exactly the limit', async () => {
    const { plan } = await proposed();
    const value = plan.decision.plan.orders.reduce((sum, { estimated }) => sum + estimated, 0);
    const approversAt = async (centsBelow: number) => {
      const limit = cents(value - centsBelow);
      return (await proposed({ approval: { twoPersonAbove: limit } })).plan.approvers;
    };
    expect([await approversAt(0), await approversAt(1)]).toEqual([1, 2]);
  });

  it('must be different: the same one again is rejected by name, also after a restart', async () => {
    const { desk, plan, approve } = await proposed(TWO);
    await approve(ANN);
    await desk.restart();
    expect(await desk.engine.answer(plan.id, 'approved', { ...ANN, name: 'ann, renamed' })).toEqual(
      {
        kind: 'closed',
        reason: 'ann, renamed has approved already; a second person must approve.',
      },
    );
    await desk.minutes(3);
    expect(desk.entries('approval')).toHaveLength(1);
    expect(desk.posted()).toHaveLength(3);
  });

  it('pressing at the same time approve once, and one pressing twice counts once', async () => {
    const { desk, approve } = await proposed(TWO);
    const answers = await Promise.all([approve(ANN), approve(ANN), approve(BOB), approve(CLEO)]);
    expect(answers.map((answer) => (answer as { kind: string }).kind)).toEqual([
      'accepted',
      'closed',
      'accepted',
      'closed',
    ]);
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
  });

  it('who disagree at the same time trade nothing: a no counts while the other’s yes asks the broker', async () => {
    const { desk, plan, approve } = await proposed();
    const before = desk.posted().length;
    const yes = approve(ANN);
    expect(await desk.engine.answer(plan.id, 'rejected', BOB)).toEqual({ kind: 'accepted' });
    expect(await yes).toEqual({ kind: 'closed', reason: 'Already rejected by bob.' });
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(before);
    expect(state(desk, plan)).toMatchObject({ answer: 'rejected', answeredBy: 'bob' });
  });

  it('are not needed at the limit, and one may reject alone', async () => {
    const { plan } = await proposed({ approval: { twoPersonAbove: dollars(40_000) } });
    expect(plan.approvers).toBe(1);
    const other = await proposed(TWO);
    expect(await other.desk.engine.answer(other.plan.id, 'rejected', BOB)).toEqual({
      kind: 'accepted',
    });
    expect(await other.approve(ANN)).toEqual({
      kind: 'closed',
      reason: 'Already rejected by bob.',
    });
  });

  it('have the same ten minutes as one', async () => {
    const { desk, approve } = await proposed(TWO);
    await approve(ANN);
    desk.clock.set(epochMs(desk.clock.now() + TEN_MINUTES));
    expect(await approve(BOB)).toEqual({
      kind: 'closed',
      reason: 'This plan has expired; make a new one.',
    });
  });
});

describe('a plan whose prices have moved', () => {
  it('beyond REPLAN_BPS is shown again instead of executed', async () => {
    const { desk, plan, approve } = await proposed({ approval: { replanBps: 50 } });
    desk.broker.setPrice('XLK', 103);
    const answer = await approve(BOB);
    expect(answer).toMatchObject({ kind: 'replaced', proposal: { requestedBy: 'ann' } });
    expect(state(desk, plan)).toMatchObject({ answer: 'replaced', answeredBy: 'bob' });
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(3);
    const next = (answer as { proposal: Proposal }).proposal;
    expect(next.id).toBe('manual-2024-07-15-2');
    expect(state(desk, next)?.answer).toBeUndefined();
    expect(await approve(BOB)).toEqual({
      kind: 'closed',
      reason: 'Prices have moved too far for this plan; a newer one replaced it.',
    });
    expect(await desk.engine.answer(next.id, 'approved', BOB)).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
    expect(sameBooks(desk)).toBe(true);
  });

  it('by less is executed as shown', async () => {
    const { desk, plan, approve } = await proposed({ approval: { replanBps: 50 } });
    desk.broker.setPrice('XLK', 100.1);
    expect(await approve(BOB)).toEqual({ kind: 'accepted' });
    await desk.minutes(5);
    expect(desk.book().rebalances.get(plan.id)?.decision).toEqual(plan.decision);
    expect(desk.posted()).toHaveLength(7);
  });

  it('by nothing is executed even where no move is allowed', async () => {
    const { approve } = await proposed({ approval: { replanBps: 0 } });
    expect(await approve(BOB)).toEqual({ kind: 'accepted' });
  });

  it('also includes manual trades since then', async () => {
    const { desk, approve } = await proposed();
    desk.broker.tradeByHand({ ...intent('x', 'sell', 'XLK', 50), clientOrderId: 'by-hand-1' });
    expect(await approve(BOB)).toMatchObject({ kind: 'replaced' });
  });

  it('pressed twice at once is replaced once', async () => {
    const { desk, approve } = await proposed();
    desk.broker.setPrice('XLK', 105);
    const answers = await Promise.all([approve(BOB), approve(CLEO)]);
    expect(answers.map((answer) => (answer as { kind: string }).kind)).toEqual([
      'replaced',
      'closed',
    ]);
    expect(desk.book().proposals.size).toBe(2);
  });

  it('asks for both people again', async () => {
    const { desk, approve } = await proposed({ approval: { twoPersonAbove: dollars(30_000) } });
    await approve(ANN);
    desk.broker.setPrice('XLK', 105);
    const answer = await approve(BOB);
    const next = (answer as { proposal: Proposal }).proposal;
    expect(next.approvers).toBe(2);
    expect(await desk.engine.answer(next.id, 'approved', BOB)).toMatchObject({ waitingFor: 1 });
  });
});

describe('an approval', () => {
  it('is for the account for which the plan was made', async () => {
    const { desk, plan } = await proposed();
    const foreign = { ...plan, id: 'manual-2024-07-15-9', accountId: 'another' };
    desk.parts.journal.append({ kind: 'proposal', proposal: foreign });
    expect(await desk.engine.answer(foreign.id, 'approved', BOB)).toEqual({
      kind: 'closed',
      reason: 'This plan was made for another account.',
    });
  });

  it('uses the account as it answers now', async () => {
    const { desk, approve } = await proposed();
    desk.answers.account = async () => ({ ...(await desk.broker.account()), id: 'another' });
    await expect(approve(BOB)).rejects.toMatchObject({ remedy: 'fix-config' });
    expect(desk.book().rebalances.size).toBe(1);
  });

  it('is for the orders whose hash was shown', async () => {
    const { desk, plan } = await proposed();
    const changed = { ...plan, id: 'manual-2024-07-15-9', planHash: 'another' };
    desk.parts.journal.append({ kind: 'proposal', proposal: changed });
    expect(await desk.engine.answer(changed.id, 'approved', BOB)).toEqual({
      kind: 'closed',
      reason: 'The plan has changed since it was shown.',
    });
  });

  it('while the broker is silent changes nothing and may be repeated', async () => {
    const { desk, approve } = await proposed();
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await expect(approve(BOB)).rejects.toMatchObject({ remedy: 'retry' });
    desk.broker.fail(undefined);
    expect(await approve(BOB)).toEqual({ kind: 'accepted' });
  });

  it('without data is closed with the reason', async () => {
    const { desk, approve } = await proposed();
    desk.answers.latestPrices = async () => new Map();
    expect(await approve(BOB)).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/no price/),
    });
  });

  it('takes effect at the next tick, even during a backoff', async () => {
    const { desk, approve } = await proposed();
    desk.bars = () => new Map();
    desk.engine.setState('RUN', 'ann', 'again');
    desk.bars = undefined;
    await approve(BOB);
    await desk.engine.wake();
    expect(desk.posted().length).toBeGreaterThan(3);
  });
});

describe('an unanswered plan', () => {
  it('is recorded as expired once, by Rotor, at the next tick', async () => {
    const { desk, plan } = await proposed();
    await desk.minutes(9);
    expect(state(desk, plan)?.answer).toBeUndefined();
    await desk.minutes(5);
    await desk.restart();
    await desk.minutes(5);
    expect(desk.entries('answer')).toEqual([
      { kind: 'answer', proposalId: plan.id, answer: 'expired', by: 'rotor' },
    ]);
    expect(await desk.engine.answer(plan.id, 'rejected', BOB)).toEqual({
      kind: 'closed',
      reason: 'This plan has expired; make a new one.',
    });
  });

  it('is noticed by an earlier press', async () => {
    const { desk, plan, approve } = await proposed();
    desk.clock.set(epochMs(desk.clock.now() + TEN_MINUTES));
    await approve(BOB);
    expect(state(desk, plan)).toMatchObject({ answer: 'expired', answeredBy: 'rotor' });
  });
});
