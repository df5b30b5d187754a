import { expect, it } from 'vitest';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { TradingError } from '#core/errors.ts';
import { handChannel } from '#tests/support/channel.ts';
import { memoryPosts } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';
import { running, type World } from '#tests/support/world.ts';

/** What the channel shows of a world, once it was told. */
function tellingOf({ engine, parts, clock }: World) {
  const [channel, posts] = [handChannel(), memoryPosts()];
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const store = { channel, posts, draw, log: silentLog, journalCreatedAt: () => 'b' };
  const messageStore = createMessageStore({ ...store, wall: clock });
  const { journal } = parts;
  const shared = { engine, journal, posts, messageStore };
  const outbox = outboxOver({ ...shared, wall: clock, alertRoleId: '9' });
  const told = async () => {
    await outbox.tell();
    return [...channel.messages.values()].flatMap(({ embeds }) => embeds.slice(0, 1));
  };
  return { told, channel, calls: channel.calls };
}

async function opened(): Promise<World> {
  const world = await running({ cashUsd: 10_000, target: ['XLF', 'XLK'] });
  world.goTo('2024-07-15', '10:00');
  await world.engine.look();
  return world;
}

const isOfFlatten = ({ title = '' }: { readonly title?: string }): boolean =>
  /flatten|REDUCE|sold/i.test(title);

it('a flatten is one message, edited with every order and limit until all is final', async () => {
  const world = await opened();
  const { told, calls } = tellingOf(world);
  await told();
  let isHalted = true;
  world.answers.assets = async (tickers) =>
    (await world.broker.assets(tickers)).map((asset) => ({
      ...asset,
      tradable: !isHalted || asset.ticker !== 'XLF',
    }));
  await world.engine.flatten('ann', 'fire');
  const flatten = async () => {
    const about = (await told()).filter(isOfFlatten);
    expect(about).toHaveLength(1);
    return about[0];
  };
  expect(await flatten()).toMatchObject({
    title: '■ Flatten',
    footer: { text: expect.stringContaining('ann: fire') },
  });
  // Nothing was told that had to be taken away again: a phone rings once.
  expect(calls.filter((call) => call.startsWith('remove'))).toEqual([]);
  await world.minutes(2);
  expect((await flatten())?.description).toContain('✓ XLK 49 sold');
  expect((await flatten())?.description).toContain('· XLF 49, waits: asset: XLF cannot be traded');
  isHalted = false;
  await world.minutes(6);
  expect((await flatten())?.title).toBe('✓ Everything is sold');
  world.engine.setState('RUN', 'bea', 'over');
  expect((await told()).at(-1)?.title).toBe('● Trading RUN');
  expect(await flatten()).toMatchObject({
    footer: { text: expect.stringContaining('ann: fire') },
  });
});

it('a flatten without an answer from the broker is reported as a stop of buying, until it is decided', async () => {
  const world = await opened();
  const { told } = tellingOf(world);
  world.answers.account = async () => {
    throw new TradingError('Alpaca does not answer', 'retry');
  };
  await world.engine.flatten('ann', 'fire');
  expect((await told()).filter(isOfFlatten).map(({ title }) => title)).toEqual([
    '▲ Trading REDUCE',
  ]);
  world.answers.account = undefined;
  await world.engine.flatten('ann', 'the same fire');
  expect((await told()).filter(isOfFlatten).map(({ title }) => title)).toEqual(['■ Flatten']);
});

it('removes the stop of buying too where Discord took it and its answer was lost', async () => {
  const world = await opened();
  const { told, channel } = tellingOf(world);
  await told();
  world.answers.account = async () => {
    throw new TradingError('Alpaca does not answer', 'retry');
  };
  await world.engine.flatten('ann', 'fire');
  channel.loseAnswer(new Error('no answer'));
  await expect(told()).rejects.toThrow('no answer');
  expect([...channel.messages.values()].at(-1)?.embeds[0]?.title).toBe('▲ Trading REDUCE');
  world.answers.account = undefined;
  await world.engine.flatten('ann', 'the same fire');
  expect((await told()).filter(isOfFlatten).map(({ title }) => title)).toEqual(['■ Flatten']);
});
