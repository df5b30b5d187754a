/** Threads, by the real client. */
import { type Client, Events, type TextChannel, ThreadAutoArchiveDuration } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import { call, type Pair, pair } from './support.ts';

let open: Pair | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const start = async (parts: Parameters<typeof pair>[1] = {}) => {
  open = await pair(undefined, { rateLimits: UNLIMITED, ...parts });
  const { client, discord } = open;
  const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
  return { client, discord, channel };
};

const updated = (client: Client) =>
  new Promise<boolean | null>((resolve) =>
    client.once(Events.ThreadUpdate, (_before, { archived }) => resolve(archived)),
  );

describe('a thread', () => {
  it('starts below a message, and the message shows it', async () => {
    const { channel } = await start();
    const message = await channel.send('Rebalance of June');
    const autoArchiveDuration = ThreadAutoArchiveDuration.OneWeek;
    const thread = await message.startThread({ name: 'June', autoArchiveDuration });
    expect(thread).toMatchObject({ id: message.id, name: 'June', autoArchiveDuration });
    expect((await message.fetch(true)).hasThread).toBe(true);
    await expect(message.startThread({ name: 'again' })).rejects.toMatchObject({
      code: 'MessageExistingThread',
    });
  });

  it('can start without a message, with one of four archiving times', async () => {
    const { discord, channel } = await start();
    const thread = await channel.threads.create({ name: 'alone', autoArchiveDuration: 60 });
    expect(thread).toMatchObject({ parentId: channel.id, autoArchiveDuration: 60 });
    const path = `/channels/${discord.channelId}/threads`;
    const odd = await call(discord, 'POST', path, { name: 'x', auto_archive_duration: 61 });
    expect(odd).toMatchObject({ status: 400, body: { code: 50035 } });
  });

  it('holds messages that are posted, edited, deleted and read page by page', async () => {
    const { channel } = await start();
    const thread = await channel.threads.create({ name: 'orders' });
    const sent = [];
    for (let index = 0; index < 120; index++) sent.push(await thread.send(`order ${index}`));
    await sent[0]?.edit('order zero');
    await sent[119]?.delete();
    const page = await thread.messages.fetch({ limit: 100 });
    expect(page.size).toBe(100);
    const rest = await thread.messages.fetch({ limit: 100, before: page.lastKey() ?? '' });
    const texts = [...page.values(), ...rest.values()].map(({ content }) => content).reverse();
    const plain = Array.from({ length: 118 }, (_, index) => `order ${index + 1}`);
    expect(texts).toEqual(['order zero', ...plain]);
    expect((await channel.messages.fetch()).map(({ type }) => type)).toEqual([18]);
  });

  it('that is archived allows no edits, and is unarchived by a new message', async () => {
    const { client, discord, channel } = await start();
    const thread = await channel.threads.create({ name: 'orders' });
    const line = await thread.send('accepted');
    const asleep = updated(client);
    discord.act.archiveThread(thread.id);
    expect(await asleep).toBe(true);
    await expect(line.edit('filled')).rejects.toMatchObject({ code: 50083 });
    await expect(line.delete()).rejects.toMatchObject({ code: 50083 });
    const awake = updated(client);
    await thread.send('more');
    expect(await awake).toBe(false);
    expect((await line.edit('filled')).content).toBe('filled');
  });

  it('that is locked is not unarchived', async () => {
    const { discord, channel } = await start();
    const thread = await channel.threads.create({ name: 'orders' });
    discord.act.archiveThread(thread.id, { locked: true });
    await expect(thread.send('more')).rejects.toMatchObject({ code: 160005 });
  });

  it('is archived and unarchived by the bot that started it, which may not lock it', async () => {
    const { channel } = await start();
    const thread = await channel.threads.create({ name: 'orders' });
    expect((await thread.setArchived(true)).archived).toBe(true);
    expect((await thread.setArchived(false)).archived).toBe(false);
    await expect(thread.setLocked(true)).rejects.toMatchObject({ code: 50013 });
  });

  it('is archived after its time without messages', async () => {
    let now = Date.UTC(2026, 0, 5);
    const { discord, channel } = await start({ realNow: () => now });
    const thread = await channel.threads.create({ name: 'orders', autoArchiveDuration: 60 });
    const line = await thread.send('accepted');
    now += 60 * 60_000;
    expect((await line.edit('partly filled')).content).toBe('partly filled');
    const active = async () => (await channel.threads.fetchActive()).threads.size;
    expect(await active()).toBe(1);
    now += 1;
    await expect(line.edit('filled')).rejects.toMatchObject({ code: 50083 });
    expect(await active()).toBe(0);
    const { body } = await call(discord, 'GET', `/channels/${thread.id}`);
    expect(body).toMatchObject({ thread_metadata: { archived: true, locked: false } });
  });
});
