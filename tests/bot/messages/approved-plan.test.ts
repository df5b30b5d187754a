import { describe, expect, it } from 'vitest';
import type { Message } from '#bot/discord/channel.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { proposalView } from '#core/views/plan.ts';
import { handChannel } from '#tests/support/channel.ts';
import { memoryPosts } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';
import { person } from '#tests/support/person.ts';
import { running } from '#tests/support/world.ts';

/** A channel that shows a world in which a plan waits for approval; `place` is the channel of the plan. */
async function waiting(place?: string) {
  const world = await running({ cashUsd: 10_000, target: ['XLF', 'XLK'] });
  world.target = ['XLV', 'XLU'];
  world.goTo('2024-07-15', '10:00');
  await world.engine.look();
  const { engine, parts, clock } = world;
  const [channel, posts] = [handChannel(), memoryPosts()];
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const journalCreatedAt = () => 'b';
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log: silentLog,
    journalCreatedAt,
  });
  const shared = { engine, journal: parts.journal, posts, messageStore };
  const outbox = outboxOver({ ...shared, wall: clock, alertRoleId: '9' });
  await outbox.tell();
  const plan = await engine.propose(person('ann'));
  if ('reason' in plan) throw new Error(plan.reason);
  const view = proposalView(engine.book(), engine.observation(), plan.id, clock.now());
  if (!view) throw new Error('expected a plan, found none');
  const subject = `proposal:${plan.id}`;
  await messageStore.upsert(subject, proposalPost(view));
  const ref = posts.find(subject);
  if (ref && place) posts.save(subject, { ...ref, channelId: place });
  const titles = () =>
    [...channel.messages.values()]
      .map(({ embeds }) => embeds[0]?.title ?? '')
      .filter((title) => title.includes(plan.id));
  return { world, outbox, plan, titles, channel, messageStore };
}

it('an approved plan becomes the card of its rebalance', async () => {
  const { world, outbox, plan, titles } = await waiting();
  expect(titles()).toEqual([`Plan · ${plan.id}`]);
  await world.engine.answer(plan.id, 'approved', person('bea'));
  await outbox.tell();
  expect(titles()).toEqual([`… Rebalancing · ${plan.id}`]);
  await world.minutes(30);
  await outbox.tell();
  expect(titles()).toEqual([`✓ Rebalanced · ${plan.id}`]);
});

it('a plan shown elsewhere stays there, and its rebalance is told in the channel', async () => {
  const { world, outbox, plan, titles } = await waiting('elsewhere');
  await world.engine.answer(plan.id, 'approved', person('bea'));
  await outbox.tell();
  expect(titles()).toContain(`… Rebalancing · ${plan.id}`);
  expect(titles()).toHaveLength(2);
});

describe('the card of the last rebalance, at the next close', () => {
  /** Another process edits the card after it is done; then it is the evening. */
  async function overwritten(
    change: (given: Awaited<ReturnType<typeof waiting>>, id: string) => void,
  ) {
    const given = await waiting();
    const { world, outbox, plan, messageStore } = given;
    await world.engine.answer(plan.id, 'approved', person('bea'));
    await world.minutes(30);
    await outbox.tell();
    change(given, messageStore.idOf(`rebalance:${plan.id}`) ?? '');
    world.goTo('2024-07-15', '16:17');
    await world.minutes(2);
    await outbox.tell();
    return given.titles();
  }

  it('is right again where a process that was frozen has edited it since', async () => {
    const stale = await overwritten(({ channel, plan }, id) => {
      const [before] = channel.messages.get(id)?.embeds ?? [];
      const embeds = [{ ...before, title: `… Rebalancing · ${plan.id}` }];
      channel.messages.set(id, { ...(channel.messages.get(id) as Message), embeds });
    });
    expect(stale).toEqual([expect.stringMatching(/^✓ Rebalanced · /)]);
  });

  it('stays deleted where a person deleted it', async () => {
    expect(await overwritten(({ channel }, id) => void channel.messages.delete(id))).toEqual([]);
  });
});
