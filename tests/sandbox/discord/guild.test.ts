/** What people do to the guild, as the real client hears of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChatInputCommandInteraction,
  type Client,
  Events,
  GatewayIntentBits,
  MessageFlags,
  type TextChannel,
} from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { connect, startDiscord } from './support.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface House {
  readonly discord: SandboxDiscord;
  readonly client: Client<true>;
  readonly channel: TextChannel;
  /** Every command that reached the bot. */
  readonly asked: ChatInputCommandInteraction[];
}

const start = async (
  intents: readonly GatewayIntentBits[] = [GatewayIntentBits.Guilds],
  parts: Parameters<typeof startDiscord>[0] = {},
): Promise<House> => {
  const discord = await startDiscord(parts);
  closers.push(() => discord.close());
  const asked: ChatInputCommandInteraction[] = [];
  const client = await connect(
    discord,
    async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      asked.push(interaction);
      await interaction.reply('pong');
    },
    { intents: [...intents] },
  );
  closers.push(() => client.destroy());
  await client.application.commands.set([{ name: 'ping', description: 'x' }], discord.guildId);
  const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
  return { discord, client, channel, asked };
};

const heard = (client: Client, event: Events): Promise<unknown> =>
  new Promise((resolve) => client.once(event as Events.Debug, resolve));

describe('a role', () => {
  it('that was granted is in the next interaction and in the member, and gone when revoked', async () => {
    const { discord, client, asked } = await start();
    const { approver } = discord.roles;
    const theo = discord.users.find(({ key }) => key === 'operator')?.id ?? '';
    const guild = await client.guilds.fetch(discord.guildId);
    const member = () => guild.members.fetch({ user: theo, force: true });
    const ask = async (): Promise<boolean> => {
      await discord.act.slash({ user: 'operator', command: 'ping' }).final;
      const roles = asked.at(-1)?.member?.roles;
      return roles !== undefined && 'cache' in roles && roles.cache.has(approver);
    };
    expect(await ask()).toBe(false);
    discord.act.giveRole('operator', 'approver');
    expect(await ask()).toBe(true);
    expect((await member()).roles.cache.has(approver)).toBe(true);
    discord.act.takeRole('operator', 'approver');
    expect((await member()).roles.cache.has(approver)).toBe(false);
    expect(await ask()).toBe(false);
  });

  it('stays taken when the server starts again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-guild-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const stateFile = join(folder, 'discord.sqlite');
    const first = await startDiscord({ stateFile });
    first.act.takeRole('operator', 'operator');
    await first.close();
    const second = await startDiscord({ stateFile });
    closers.push(() => second.close());
    const theo = second.users.find(({ key }) => key === 'operator');
    expect(theo?.roles).not.toContain(second.roles.operator);
  });
});

describe('an interaction', () => {
  it('names the person, the guild and the channel that it came from', async () => {
    const { discord, client, asked } = await start();
    await client.application.commands.set([{ name: 'ping', description: 'x' }]);
    const from = async (request: Omit<Parameters<typeof discord.act.slash>[0], 'command'>) => {
      await discord.act.slash({ ...request, command: 'ping' }).final;
      const last = asked.at(-1);
      return { bot: last?.user.bot, guild: last?.guildId, channel: last?.channelId };
    };
    const { guildId: guild, channelId: channel, fallbackChannelId } = discord;
    expect(await from({ user: 'viewer' })).toEqual({ bot: false, guild, channel });
    expect(await from({ user: 'app' })).toEqual({ bot: true, guild, channel });
    const elsewhere = await from({ user: 'admin', in: { channelId: fallbackChannelId } });
    expect(elsewhere).toEqual({ bot: false, guild, channel: fallbackChannelId });
    expect(await from({ user: 'admin', in: 'direct' })).toMatchObject({ guild: null });
    const other = await from({ user: 'admin', in: 'other-guild' });
    expect(other.guild).not.toBe(guild);
    expect(other.guild).not.toBeNull();
  });
});

describe('a direct message', () => {
  it('is sent, edited, read page by page and deleted as in a channel', async () => {
    const { discord, client } = await start();
    const owner = await client.users.fetch(discord.ownerId);
    const sent = [];
    for (let index = 0; index < 5; index++) sent.push(await owner.send(`line ${index}`));
    await sent[0]?.edit('line zero');
    await sent[4]?.delete();
    const { messages } = await owner.createDM();
    const newest = await messages.fetch({ limit: 2 });
    expect(newest.map(({ content }) => content)).toEqual(['line 3', 'line 2']);
    const before = newest.lastKey() ?? '';
    const older = await messages.fetch({ limit: 10, before });
    expect(older.map(({ content }) => content)).toEqual(['line 1', 'line zero']);
  });

  it('is rejected with 50007 by a person who accepts none', async () => {
    const { discord, client } = await start();
    const owner = await client.users.fetch(discord.ownerId);
    discord.act.setDirectOpen('admin', false);
    await expect(owner.send('x')).rejects.toMatchObject({ code: 50007 });
    discord.act.setDirectOpen('admin', true);
    expect((await owner.send('x')).content).toBe('x');
  });
});

describe('a silent message', () => {
  it('keeps its flag, also when it is edited', async () => {
    const { channel } = await start();
    const silent = await channel.send({
      content: 'by the way',
      flags: MessageFlags.SuppressNotifications,
    });
    expect(silent.flags.has(MessageFlags.SuppressNotifications)).toBe(true);
    const edited = await silent.edit('and again');
    expect(edited.flags.has(MessageFlags.SuppressNotifications)).toBe(true);
  });
});

describe('a person', () => {
  it('can unpin a message, and a client with only the Guilds intent is notified of the pins', async () => {
    const { discord, client, channel } = await start();
    const message = await channel.send('header');
    await message.pin();
    expect((await channel.messages.fetchPins()).items).toHaveLength(1);
    const told = heard(client, Events.ChannelPinsUpdate);
    discord.act.unpin({ messageId: message.id });
    expect(await told).toMatchObject({ id: channel.id });
    expect((await channel.messages.fetchPins()).items).toHaveLength(0);
    await message.pin();
    expect((await channel.messages.fetchPins()).items).toHaveLength(1);
  });

  it('can delete a message, and only a client subscribed to messages is notified', async () => {
    const { GuildMessages, Guilds } = GatewayIntentBits;
    const { discord, client, channel } = await start([Guilds, GuildMessages]);
    const deaf = await connect(discord);
    closers.push(() => deaf.destroy());
    let heardInVain = false;
    deaf.once(Events.MessageDelete, () => {
      heardInVain = true;
    });
    const message = await channel.send('header');
    const told = heard(client, Events.MessageDelete);
    const pinned = heard(deaf, Events.ChannelPinsUpdate);
    discord.act.deleteMessage({ messageId: message.id });
    expect(await told).toMatchObject({ id: message.id });
    await expect(message.edit('again')).rejects.toMatchObject({ code: 10008 });
    // What comes after it has come, so it would have come too.
    await (await channel.send('last')).pin();
    await pinned;
    expect(heardInVain).toBe(false);
  });

  it('cannot change another’s message without the permission', async () => {
    const { discord, channel } = await start();
    const { id: messageId } = await channel.send('header');
    const by = (user: 'viewer' | 'admin') => () => discord.act.deleteMessage({ user, messageId });
    expect(by('viewer')).toThrow(/lacks ManageMessages/);
    expect(() => discord.act.unpin({ user: 'operator', messageId })).toThrow(/lacks PinMessages/);
    const own = discord.act.say({ user: 'viewer', content: 'mine' });
    discord.act.deleteMessage({ user: 'viewer', messageId: own.id });
    by('admin')();
    expect(discord.act.sees({ user: 'viewer' })).toEqual([]);
  });

  it('can delete the channel with its threads, and sending there is rejected with 10003', async () => {
    const { discord, client, channel } = await start();
    const thread = await (await channel.send('x')).startThread({ name: 'rebalance' });
    const told = heard(client, Events.ChannelDelete);
    discord.act.deleteChannel(discord.channelId);
    expect(await told).toMatchObject({ id: discord.channelId });
    await expect(channel.send('y')).rejects.toMatchObject({ code: 10003 });
    await expect(thread.send('y')).rejects.toMatchObject({ code: 10003 });
    const spare = await client.channels.fetch(discord.fallbackChannelId);
    expect(spare?.isSendable() && (await spare.send('z')).content).toBe('z');
  });

  it('can deny the bot a channel, which the client knows and the server enforces', async () => {
    const { discord, client, channel } = await start();
    const may = (name: 'SendMessages' | 'ViewChannel') =>
      channel.permissionsFor(client.user)?.has(name);
    expect(may('SendMessages')).toBe(true);
    discord.act.overwriteForBot(discord.channelId, { deny: ['SendMessages'] });
    await expect.poll(() => may('SendMessages')).toBe(false);
    await expect(channel.send('x')).rejects.toMatchObject({ code: 50013 });
    discord.act.overwriteForBot(discord.channelId, { deny: ['ViewChannel'] });
    await expect(channel.send('x')).rejects.toMatchObject({ code: 50001 });
    discord.act.overwriteForBot(discord.channelId, {});
    expect((await channel.send('x')).content).toBe('x');
    await expect.poll(() => may('ViewChannel')).toBe(true);
  });
});
