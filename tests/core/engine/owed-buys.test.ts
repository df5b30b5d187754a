/** What a rebalance still owes stands where people look, until it is done or somebody is called. */
import { expect, it } from 'vitest';
import { backlogPost } from '#bot/posts/backlog.ts';
import { headerPost } from '#bot/posts/header.ts';
import { dollars } from '#core/domain/units.ts';
import { backlogView } from '#core/views/backlog.ts';
import { headerView } from '#core/views/header.ts';
import { readiness } from '#ops/readiness.ts';
import { running, started, type World } from '#tests/support/world.ts';

const DISCORD = { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined };
const ACTIVITY = {
  ...{ upMs: 0, ticks: 1, tickMs: 0, refreshMs: 0, answerMs: 0, intervalMs: 15_000, renewMs: 0 },
  workMs: undefined,
  renewProblem: undefined,
};

/** Header, backlog and /readyz, as people and machines read them now. */
function shown({ book, engine, parts, clock }: World) {
  const seen = engine.observation();
  const header = headerView(book(), seen, parts.models, DISCORD);
  const fields = headerPost(header).embeds[0]?.fields ?? [];
  const backlog = backlogPost(backlogView(book(), seen, clock.now(), DISCORD), 1);
  const { ready, reasons } = readiness({
    ...{ book: book(), seen, doubt: undefined, comparedAt: clock.now() },
    ...{ discord: DISCORD, activity: ACTIVITY },
  });
  return {
    status: header.status,
    next: fields.find(({ name }) => name === 'Next rebalance')?.value ?? '',
    backlog: backlog.embeds[0]?.description ?? '',
    ready,
    tasks: reasons.find(({ name }) => name === 'tasks')?.detail,
  };
}

/** August: everything was sold on the first, and the buying power came only with the second day. */
async function laggingPower(): Promise<World> {
  const desk = await running({ cashUsd: 10_000 });
  desk.target = ['XLU', 'XLY'];
  desk.answers.account = async () => ({
    ...(await desk.broker.account()),
    buyingPower: dollars(200),
  });
  desk.goTo('2024-08-01', '09:36');
  await desk.minutes(20);
  return desk;
}

it('buys that the broker does not allow yet are shown as pending everywhere, and sent the day after', async () => {
  const desk = await laggingPower();
  const owed = shown(desk);
  expect(owed).toMatchObject({ status: 'DEGRADED', ready: true });
  expect(owed.backlog).toMatch(/2 of 4 orders done, still to do: buy \d+ XLU, buy \d+ XLY/);
  expect(owed.next).toMatch(/\*\*still to do\*\* buy \d+ XLU, buy \d+ XLY/);
  expect(owed.tasks).toContain('still to do: buy XLU, buy XLY');
  const alerts = [...desk.book().alerts.values()].map(({ alert }) => alert.text);
  expect(alerts.join()).toContain('the last plan wanted invested. Still to do: buy XLU, buy XLY.');
  desk.answers.account = undefined;
  desk.goTo('2024-08-02', '09:36');
  await desk.minutes(12);
  expect(shown(desk)).toMatchObject({ status: 'HEALTHY', tasks: 'done or not due' });
  expect(desk.book().alerts.size).toBe(0);
});

it('buys that REDUCE stops are reported as waiting for /resume', async () => {
  const desk = await laggingPower();
  desk.engine.setState('REDUCE', 'ann', 'the news');
  await desk.minutes(1);
  expect(shown(desk).backlog).toContain('buying is stopped by ann: continues after /resume');
});

it('a month that is due when everything was sold waits for an approver, and says so', async () => {
  const desk = await running({ cashUsd: 10_000 });
  desk.goTo('2024-08-01', '09:20');
  await desk.engine.flatten('ann', 'fire');
  desk.goTo('2024-08-01', '09:36');
  await desk.minutes(10);
  desk.engine.setState('RUN', 'ann', 'over');
  await desk.minutes(10);
  expect(desk.broker.ledger().lots.size).toBe(0);
  const waiting = shown(desk);
  expect(waiting.backlog).toContain('a person has sold everything since: waits for an approver');
  expect(waiting.next).toContain('**2024-08-01 waits for an approver**: /rebalance');
  expect(waiting).toMatchObject({
    ready: true,
    status: 'DEGRADED',
    tasks: 'the rebalance of 2024-08-01 waits for an approver',
  });
  const plan = await desk.engine.propose({ id: 'ann', name: 'ann' });
  if ('reason' in plan) throw new Error(plan.reason);
  await desk.engine.answer(plan.id, 'approved', { id: 'bob', name: 'bob' });
  await desk.minutes(10);
  expect(desk.broker.ledger().lots.size).toBe(2);
  expect(shown(desk)).toMatchObject({ status: 'HEALTHY', tasks: 'done or not due' });
});

it('"Orders stay open" ends once the orders are final, though their rebalance continues', async () => {
  const desk = await started({ cashUsd: 10_000, held: { XLF: 100 } });
  desk.broker.behave((intent) => (intent.side === 'sell' ? { kind: 'open' } : { kind: 'whole' }));
  desk.answers.cancel = async () => undefined;
  await desk.minutes(1);
  const titles = () => [...desk.book().alerts.values()].map(({ alert }) => alert.title);
  expect(titles()).toContain('Orders stay open');
  const [sell] = desk.broker.accepted;
  desk.broker.progress(sell?.clientOrderId ?? '', { fill: 100 });
  await desk.minutes(3);
  expect(titles()).not.toContain('Orders stay open');
});
