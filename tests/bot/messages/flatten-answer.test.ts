import { expect, it } from 'vitest';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { flattenPost } from '#bot/posts/flatten.ts';
import { flattenView } from '#core/views/flatten.ts';
import { handChannel } from '#tests/support/channel.ts';
import { memoryPosts } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';
import { running } from '#tests/support/world.ts';

it('the answer of /flatten is edited with every order and limit until all is final', async () => {
  const desk = await running({ cashUsd: 10_000, target: ['XLF', 'XLK'] });
  desk.goTo('2024-07-15', '10:00');
  await desk.engine.look();
  const [channel, posts] = [handChannel(), memoryPosts()];
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log: silentLog,
    journalCreatedAt: () => 'b',
  });
  const { engine, parts, clock } = desk;
  const { journal } = parts;
  const outbox = outboxOver({
    engine,
    journal,
    posts,
    messageStore,
    wall: clock,
    alertRoleId: '9',
  });
  await outbox.tell();
  let isHalted = true;
  desk.answers.assets = async (tickers) =>
    (await desk.broker.assets(tickers)).map((asset) => ({
      ...asset,
      tradable: !isHalted || asset.ticker !== 'XLF',
    }));
  await engine.flatten('ann', 'fire');
  const id = [...desk.book().rebalances.keys()].at(-1) ?? '';
  const view = flattenView(desk.book(), engine.observation(), id);
  if (!view) throw new Error('there is no flatten');
  await messageStore.upsert(`flatten:${id}`, flattenPost(view));
  const answer = () =>
    channel.in('c1').find(({ embeds }) => /Flatten|is sold/.test(embeds[0]?.title ?? ''))
      ?.embeds[0];
  await desk.minutes(2);
  await outbox.tell();
  expect(answer()?.description).toContain('✓ XLK 49 sold');
  expect(answer()?.description).toContain('· XLF 49, waits: asset: XLF cannot be traded');
  isHalted = false;
  await desk.minutes(6);
  await outbox.tell();
  expect(answer()?.title).toBe('✓ Everything is sold');
});
