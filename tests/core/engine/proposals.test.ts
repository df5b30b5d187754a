import { describe, expect, it } from 'vitest';
import type { Proposal } from '#core/domain/decision.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { person } from '#tests/support/person.ts';
import { running, sameBooks, started, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

/** A desk in the middle of a month, and a plan that would sell XLK and XLE for XLU and XLY. */
async function proposed(): Promise<{ desk: World; plan: Proposal }> {
  const desk = await running(ROTATION);
  desk.target = ['XLU', 'XLY'];
  desk.goTo('2024-07-15', '10:00');
  await desk.restart();
  return { desk, plan: await propose(desk, 'ann') };
}

async function propose(desk: World, by: string): Promise<Proposal> {
  const plan = await desk.engine.propose(person(by));
  if ('kind' in plan) throw new Error(plan.reason);
  return plan;
}

const manual = (desk: World) =>
  [...desk.book().rebalances.keys()].filter((id) => id.startsWith('manual'));

describe('a proposal', () => {
  it('expires at its very instant, even while the broker is asked', async () => {
    const answeredAt = async (ms: number) => {
      const { desk, plan } = await proposed();
      desk.answers.account = async () => {
        desk.clock.set(epochMs(plan.expiresAt + ms));
        return desk.broker.account();
      };
      const answer = await desk.engine.answer(plan.id, 'approved', person('bob'));
      return [answer.kind, manual(desk).length];
    };
    expect(await answeredAt(-1)).toEqual(['accepted', 1]);
    expect(await answeredAt(0)).toEqual(['closed', 0]);
  });

  it('changes nothing until it is approved, and then trades once', async () => {
    const { desk, plan } = await proposed();
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(3);
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toEqual({
      kind: 'accepted',
    });
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
    expect(sameBooks(desk)).toBe(true);
    expect(desk.book().proposals.get(plan.id)).toMatchObject({
      answer: 'approved',
      answeredBy: 'bob',
    });
  });

  const closed: readonly [string, (desk: World, plan: Proposal) => Promise<void> | void, RegExp][] =
    [
      [
        'was approved already',
        async (desk, plan) => {
          await desk.engine.answer(plan.id, 'approved', person('bob'));
          await desk.minutes(5);
        },
        /^Already approved by bob\.$/,
      ],
      [
        'was rejected',
        async (desk, plan) => {
          expect(await desk.engine.answer(plan.id, 'rejected', person('bob'))).toEqual({
            kind: 'accepted',
          });
        },
        /^Already rejected by bob\.$/,
      ],
      [
        'has expired',
        (desk) => desk.clock.set(epochMs(desk.clock.now() + 10 * 60_000)),
        /^This plan has expired; make a new one\.$/,
      ],
      [
        'was made for a market state that is no longer RUN',
        (desk) => void desk.engine.setState('HALT', 'ann', 'look'),
        /^Trading is HALT; an approver must resume it first\.$/,
      ],
      [
        'would buy although buying is stopped',
        (desk) => void desk.engine.setState('REDUCE', 'ann', 'look'),
        /^Trading is REDUCE; an approver must resume it first\.$/,
      ],
      [
        'belongs to an account that was rebalanced since',
        async (desk) => {
          const other = await propose(desk, 'bob');
          await desk.engine.answer(other.id, 'approved', person('bob'));
          await desk.minutes(3);
        },
        /^Another rebalance has run since this plan was made; make a new one\.$/,
      ],
      [
        'meets another one that is running',
        async (desk) => {
          const other = await propose(desk, 'bob');
          desk.broker.behave(() => ({ kind: 'open' }));
          await desk.engine.answer(other.id, 'approved', person('bob'));
          await desk.engine.wake();
        },
        /^(Another rebalance has run since this plan was made|This plan has expired); make a new one\.$/,
      ],
    ];

  it.each(closed)('that %s has no effect, and says why', async (_name, before, reason) => {
    const { desk, plan } = await proposed();
    await before(desk, plan);
    const [posts, known] = [desk.posted().length, manual(desk).length];
    const answer = await desk.engine.answer(plan.id, 'approved', person('cleo'));
    expect(answer).toMatchObject({ kind: 'closed' });
    expect(answer).toHaveProperty('reason', expect.stringMatching(reason));
    desk.broker.behave(() => ({ kind: 'whole' }));
    expect(manual(desk)).toHaveLength(known);
    expect(desk.posted()).toHaveLength(posts);
  });

  it('approved while another one is being executed is closed', async () => {
    const { desk, plan } = await proposed();
    const other = await propose(desk, 'bob');
    await desk.engine.answer(other.id, 'approved', person('bob'));
    expect(await desk.engine.answer(plan.id, 'approved', person('cleo'))).toEqual({
      kind: 'closed',
      reason: 'Another rebalance has run since this plan was made; make a new one.',
    });
  });

  it('made while a rebalance waits replaces it if nothing of it is in flight', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'careful');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.engine.setState('HALT', 'ann', 'look');
    desk.goTo('2024-07-05', '10:00');
    await desk.engine.look();
    desk.engine.setState('RUN', 'ann', 'go on');
    const plan = await propose(desk, 'ann');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toEqual({
      kind: 'accepted',
    });
    await desk.minutes(5);
    const [first, second] = [...desk.book().rebalances.values()];
    expect(first?.result?.left[0]).toBe('ended by bob, who approved a fresh plan');
    expect(second?.result?.kind).toBe('complete');
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 99', 'buy XLE 99']);
    expect(sameBooks(desk)).toBe(true);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('made while an order of a rebalance is open is closed until that has ended', async () => {
    const desk = await started({ ...ROTATION, cashUsd: 1_000 });
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    const plan = await propose(desk, 'ann');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason: 'A rebalance is running; wait until its open orders have ended.',
    });
    expect(desk.book().rebalances.size).toBe(1);
  });

  it('cannot be approved if a running rebalance traded while the broker was asked', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'careful');
    await desk.minutes(3);
    desk.engine.setState('RUN', 'ann', 'go on');
    const plan = await propose(desk, 'ann');
    let isAsked = false;
    desk.answers.positions = async () => {
      const before = await desk.broker.positions();
      if (!isAsked) {
        isAsked = true;
        await desk.engine.wake();
      }
      return before;
    };
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toMatchObject({
      kind: 'closed',
    });
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 99', 'buy XLE 99']);
    expect(sameBooks(desk)).toBe(true);
  });

  it('made with older bars is closed, though its time has not passed', async () => {
    const { desk } = await proposed();
    desk.goTo('2024-07-15', '16:14');
    const plan = await propose(desk, 'ann');
    desk.goTo('2024-07-15', '16:17');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason: 'This plan has expired: it used prices of 2024-07-12. Make a new one.',
    });
  });

  it('is judged by the time of the broker where our own clock runs ahead', async () => {
    const { desk } = await proposed();
    desk.goTo('2024-07-15', '16:15');
    desk.answers.clock = async () => {
      const market = await desk.broker.clock();
      return { ...market, at: epochMs(market.at - 2 * 60_000) };
    };
    const plan = await propose(desk, 'ann');
    desk.goTo('2024-07-15', '16:17');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toMatchObject({
      reason: expect.stringMatching(/^Orders are sent from 09:35/),
    });
  });

  it('is judged by our own clock while the broker has not told its time', async () => {
    const { desk } = await proposed();
    desk.goTo('2024-07-15', '16:14');
    const plan = await propose(desk, 'ann');
    desk.goTo('2024-07-15', '16:17');
    expect(await desk.reborn().answer(plan.id, 'approved', person('bob'))).toMatchObject({
      reason: expect.stringMatching(/^This plan has expired: it used prices of 2024-07-12/),
    });
  });

  it('outside the trading window is closed; rejecting it is not', async () => {
    const { desk } = await proposed();
    desk.goTo('2024-07-15', '20:00');
    const plan = await propose(desk, 'ann');
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toMatchObject({
      kind: 'closed',
      reason: expect.stringMatching(/^Orders are sent from 09:35/),
    });
    expect(await desk.engine.answer(plan.id, 'rejected', person('bob'))).toEqual({
      kind: 'accepted',
    });
  });

  it('that does not exist is unknown', async () => {
    const { desk } = await proposed();
    expect(await desk.engine.answer('manual-2024-07-15-9', 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason: 'Rotor does not know this plan.',
    });
  });

  it('by two people at once becomes two plans, each with its own id', async () => {
    const { desk } = await proposed();
    const [one, two] = await Promise.all([propose(desk, 'ann'), propose(desk, 'bob')]);
    expect(one.id).not.toBe(two.id);
    expect(desk.book().proposals.get(two.id)?.proposal.requestedBy).toBe('bob');
    const answers = await Promise.all([
      desk.engine.answer(one.id, 'approved', person('ann')),
      desk.engine.answer(two.id, 'approved', person('bob')),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'closed']);
    await desk.minutes(5);
    expect(manual(desk)).toEqual([one.id]);
    expect(sameBooks(desk)).toBe(true);
  });

  it('pressed twice at once is approved once', async () => {
    const { desk, plan } = await proposed();
    const answers = await Promise.all(
      ['bob', 'bob'].map((by) => desk.engine.answer(plan.id, 'approved', person(by))),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'closed']);
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(7);
  });

  it('whose id is taken after a restart gets the next one', async () => {
    const { desk, plan } = await proposed();
    await desk.restart();
    const next = await propose(desk, 'ann');
    expect(next.id).not.toBe(plan.id);
    expect(desk.book().proposals.size).toBe(2);
  });

  it('without data is not a plan, and nothing to approve is recorded', async () => {
    const { desk } = await proposed();
    desk.bars = () => new Map();
    await desk.restart();
    expect(await desk.engine.propose(person('ann'))).toMatchObject({ kind: 'no-decision' });
    expect(desk.book().proposals.size).toBe(1);
  });

  it('for a preview is not recorded', async () => {
    const { desk } = await proposed();
    const before = desk.book().seq;
    expect(await desk.engine.preview()).toMatchObject({ kind: 'decided', id: 'preview' });
    expect(desk.book().seq).toBe(before);
  });
});

describe('the id of a plan', () => {
  it('is counted on through the day, for plans made together and for those answered', async () => {
    const { desk, plan } = await proposed();
    const [two, three] = await Promise.all([propose(desk, 'ann'), propose(desk, 'bob')]);
    expect([plan.id, ...[two.id, three.id].sort()]).toEqual([
      'manual-2024-07-15-1',
      'manual-2024-07-15-2',
      'manual-2024-07-15-3',
    ]);
    await desk.engine.answer(plan.id, 'approved', person('bob'));
    expect((await propose(desk, 'ann')).id).toBe('manual-2024-07-15-4');
  });

  it('is never that of a plan whose number was taken out of turn', async () => {
    const { desk, plan } = await proposed();
    const id = 'manual-2024-07-15-3';
    const decision = { ...plan.decision, id };
    desk.parts.journal.append({ kind: 'proposal', proposal: { ...plan, id, decision } });
    expect((await propose(desk, 'ann')).id).toBe('manual-2024-07-15-4');
  });

  it('is never that of a rebalance, whatever plan that came from', async () => {
    const { desk, plan } = await proposed();
    const taken = { ...plan.decision, id: 'manual-2024-07-15-2' };
    const result = { kind: 'complete' as const, left: [] };
    desk.parts.journal.append(
      { kind: 'decision', decision: taken },
      { kind: 'finished', decisionId: taken.id, result },
    );
    expect((await propose(desk, 'ann')).id).toBe('manual-2024-07-15-3');
  });

  it('is free again where the broker did not answer', async () => {
    const { desk, plan } = await proposed();
    desk.answers.account = () => Promise.reject(new TradingError('no answer', 'retry'));
    await expect(desk.engine.answer(plan.id, 'approved', person('bob'))).rejects.toThrow();
    delete desk.answers.account;
    expect((await propose(desk, 'ann')).id).toBe('manual-2024-07-15-2');
  });
});

describe('a plan in the journal', () => {
  it('is for the account of the journal only', async () => {
    const { desk, plan } = await proposed();
    const account = await desk.broker.account();
    expect(plan.accountId).toBe(account.id);
    desk.answers.account = async () => ({ ...account, id: 'another' });
    await expect(desk.engine.propose(person('ann'))).rejects.toMatchObject({
      remedy: 'fix-config',
    });
  });

  it.each([
    ['another account', { accountId: 'another' }, 'This plan was made for another account.'],
    ['other orders', { planHash: 'other' }, 'The plan has changed since it was shown.'],
  ])('that is of %s than what was shown cannot be approved', async (_what, other, reason) => {
    const { desk, plan } = await proposed();
    const id = 'manual-2024-07-15-7';
    const decision = { ...plan.decision, id };
    desk.parts.journal.append({ kind: 'proposal', proposal: { ...plan, ...other, id, decision } });
    expect(await desk.engine.answer(id, 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason,
    });
  });

  it('is recorded as expired by the first press after its end', async () => {
    const { desk, plan } = await proposed();
    desk.clock.set(plan.expiresAt);
    await desk.engine.answer(plan.id, 'rejected', person('bob'));
    expect(desk.book().proposals.get(plan.id)?.answer).toBe('expired');
  });

  it('has nothing about remarks or cash to raise where there is none', async () => {
    const { plan } = await proposed();
    expect(Object.keys(plan).filter((key) => ['raise', 'remarks'].includes(key))).toEqual([]);
  });

  it('of an older version needs one person, and is for the account of its journal', async () => {
    const { desk, plan } = await proposed();
    const { approvers: _, accountId: __, ...old } = plan;
    const decision = { ...plan.decision, id: 'manual-2024-07-15-7' };
    desk.parts.journal.append({
      kind: 'proposal',
      proposal: { ...old, id: decision.id, decision },
    });
    expect(await desk.engine.answer(decision.id, 'approved', person('bob'))).toEqual({
      kind: 'accepted',
    });
  });

  it('of an older version is for the account as it is once it is shown again', async () => {
    const { desk, plan } = await proposed();
    const { accountId, ...old } = plan;
    const decision = { ...plan.decision, id: 'manual-2024-07-15-7' };
    desk.parts.journal.append({
      kind: 'proposal',
      proposal: { ...old, id: decision.id, decision },
    });
    desk.broker.setPrice('XLK', 105);
    expect(await desk.engine.answer(decision.id, 'approved', person('bob'))).toMatchObject({
      kind: 'replaced',
      proposal: { accountId },
    });
  });

  it('that risk refused cannot be approved', async () => {
    const { desk, plan } = await proposed();
    const id = 'manual-2024-07-15-7';
    const { weights, breaches } = plan.decision.verdict;
    const verdict = { kind: 'refused', reason: 'too much', weights, breaches } as const;
    const decision = { ...plan.decision, id, verdict };
    desk.parts.journal.append({ kind: 'proposal', proposal: { ...plan, id, decision } });
    expect(await desk.engine.answer(id, 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason: 'Risk refused this plan.',
    });
  });

  it('that has expired stays so when the clock is set back', async () => {
    const { desk, plan } = await proposed();
    const before = desk.clock.now();
    desk.clock.set(plan.expiresAt);
    await desk.engine.wake();
    desk.clock.set(before);
    expect(await desk.engine.answer(plan.id, 'approved', person('bob'))).toEqual({
      kind: 'closed',
      reason: 'This plan has expired; make a new one.',
    });
  });
});
