import { Client, Events, GatewayIntentBits } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { call, connect, startDiscord } from './support.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const start = async (parts: Parameters<typeof startDiscord>[0] = {}): Promise<SandboxDiscord> => {
  const discord = await startDiscord(parts);
  closers.push(() => discord.close());
  const path = `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`;
  await call(discord, 'PUT', path, [{ name: 'ping', description: 'x' }]);
  return discord;
};

const answering = async (discord: SandboxDiscord): Promise<Client<true>> => {
  const client = await connect(discord, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply('pong');
  });
  closers.push(() => client.destroy());
  return client;
};

const failingLogin = (
  discord: SandboxDiscord,
  token: string,
  intents = [GatewayIntentBits.Guilds],
) => {
  const client = new Client({ intents, rest: { api: discord.apiBase } });
  client.on(Events.Error, () => undefined);
  closers.push(() => client.destroy());
  return client.login(token);
};

describe('a client that loses the gateway', () => {
  it.each([
    ['the connection breaks', { kind: 'drop' }],
    ['the gateway closes with 4000', { kind: 'close', code: 4000 }],
    ['the gateway asks to reconnect', { kind: 'reconnect' }],
    ['the session is invalid but resumable', { kind: 'invalid-session', resumable: true }],
  ] as const)('resumes and gets the missed events when %s', async (_why, what) => {
    const discord = await start();
    const client = await answering(discord);
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.faults.inject({ on: 'gateway', what });
    const began = discord.act.slash({ user: 'viewer', command: 'ping' });
    await resumed;
    expect(await began.final).toMatchObject({ kind: 'reply', message: { content: 'pong' } });
    expect(discord.gateway.identified()).toBe(1);
  });

  it('identifies again when its session is gone', async () => {
    const discord = await start();
    const client = await answering(discord);
    const ready = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    discord.faults.inject({ on: 'gateway', what: { kind: 'invalid-session', resumable: false } });
    await ready;
    expect(discord.gateway.identified()).toBe(2);
  });

  it('notices that heartbeats are no longer acknowledged', async () => {
    const discord = await start({ heartbeatIntervalMs: 200 });
    const client = await answering(discord);
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.faults.inject({ on: 'gateway', what: { kind: 'mute' } });
    await resumed;
    const { final } = discord.act.slash({ user: 'viewer', command: 'ping' });
    expect(await final).toMatchObject({ kind: 'reply' });
  });
});

describe('a client without access', () => {
  it('is rejected with a wrong token', async () => {
    const discord = await start();
    await expect(failingLogin(discord, 'wrong')).rejects.toMatchObject({ code: 'TokenInvalid' });
    expect(
      (await call(discord, 'GET', '/users/@me', undefined, { authorization: 'Bot wrong' })).status,
    ).toBe(401);
  });

  it('is closed with 4004 when only the gateway rejects it', async () => {
    const discord = await start();
    discord.faults.inject({ on: 'identify', code: 4004 });
    await expect(failingLogin(discord, discord.token)).rejects.toThrow('Authentication failed');
  });

  it('is closed with 4014 when it requests an intent that is not enabled', async () => {
    const discord = await start();
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent];
    await expect(failingLogin(discord, discord.token, intents)).rejects.toThrow(
      'disallowed intents',
    );
  });
});

describe('events', () => {
  it('of messages reach only sessions that subscribed to them', async () => {
    const discord = await start();
    const heard: string[] = [];
    const listen = async (intents: GatewayIntentBits[]) => {
      const client = await connect(discord, undefined, { intents });
      closers.push(() => client.destroy());
      client.on(Events.MessageCreate, (message) =>
        heard.push(`${intents.length}:${message.content}`),
      );
      return client;
    };
    await listen([GatewayIntentBits.Guilds]);
    const second = await listen([GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages]);
    discord.act.say({ user: 'viewer', content: 'secret' });
    const channel = await second.channels.fetch(discord.channelId);
    if (channel?.isSendable()) await channel.send('own');
    await expect.poll(() => heard).toEqual(['2:', '2:own']);
  });

  it('tell the client which permission it lost', async () => {
    const discord = await start();
    const client = await answering(discord);
    const channel = await client.channels.fetch(discord.channelId);
    if (!channel || channel.isDMBased()) throw new Error('no channel');
    expect(channel.permissionsFor(client.user)?.has('PinMessages')).toBe(true);
    discord.rights.setBotPermissions(['ViewChannel', 'SendMessages']);
    await expect.poll(() => channel.permissionsFor(client.user)?.has('PinMessages')).toBe(false);
  });

  it('carry the presence that the bot sets', async () => {
    const discord = await start();
    const client = await answering(discord);
    client.user.setPresence({
      activities: [{ type: 4, name: 'x', state: 'next rebalance Monday' }],
    });
    await expect.poll(() => discord.presence()?.text).toBe('next rebalance Monday');
  });
});
