/** Misfortunes on order, as the real client meets them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type CloseEvent, Events, type TextChannel } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { fakeTime } from './fake-time.ts';
import { call, connect, startDiscord } from './support.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const start = async (parts: Parameters<typeof startDiscord>[0] = {}): Promise<SandboxDiscord> => {
  const discord = await startDiscord({ rateLimits: UNLIMITED, ...parts });
  closers.push(() => discord.close());
  return discord;
};

const enter = async (
  discord: SandboxDiscord,
  rest: Parameters<typeof connect>[2] = {},
): Promise<Client<true>> => {
  const client = await connect(
    discord,
    async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply('pong');
    },
    rest,
  );
  client.on(Events.ShardError, () => undefined);
  closers.push(() => client.destroy());
  return client;
};

const channelOf = async (client: Client, { channelId }: SandboxDiscord): Promise<TextChannel> =>
  (await client.channels.fetch(channelId)) as TextChannel;

const once = (client: Client, event: Events.ShardResume | Events.ShardReady): Promise<unknown> =>
  new Promise((resolve) => client.once(event as Events.ShardResume, resolve));

const register = (discord: SandboxDiscord) =>
  call(
    discord,
    'PUT',
    `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`,
    [{ name: 'ping', description: 'x' }],
  );

describe('the gateway', () => {
  it.each([4001, 4002, 4009])('closes with %i, and is resumed', async (code) => {
    const discord = await start();
    const client = await enter(discord);
    const resumed = once(client, Events.ShardResume);
    discord.faults.inject({ on: 'gateway', what: { kind: 'close', code } });
    await resumed;
    expect(discord.gateway.identified()).toBe(1);
    expect(discord.gateway.resumed()).toBe(1);
  });

  it.each([4007, 4008])(
    'closes with %i, and the client identifies again',
    async (code) => {
      const discord = await start();
      const client = await enter(discord);
      const ready = once(client, Events.ShardReady);
      discord.faults.inject({ on: 'gateway', what: { kind: 'close', code } });
      await ready;
      expect(discord.gateway.identified()).toBe(2);
    },
    15_000,
  );

  it.each([4004, 4010, 4011, 4012, 4013, 4014])(
    'closes with %i, and the client does not reconnect',
    async (code) => {
      const discord = await start();
      const client = await enter(discord);
      const ended = new Promise<CloseEvent>((resolve) =>
        client.once(Events.ShardDisconnect, resolve),
      );
      discord.faults.inject({ on: 'gateway', what: { kind: 'close', code } });
      expect((await ended).code).toBe(code);
      await expect.poll(discord.gateway.connections).toBe(0);
    },
  );

  it('falls silent, and the client notices by its heartbeat and gets the missed events', async () => {
    const discord = await start({ heartbeatIntervalMs: 200 });
    await register(discord);
    const client = await enter(discord);
    const resumed = once(client, Events.ShardResume);
    discord.faults.inject({ on: 'gateway', what: { kind: 'silence' } });
    const began = discord.act.slash({ user: 'viewer', command: 'ping' });
    await resumed;
    expect(await began.final).toMatchObject({ kind: 'reply', message: { content: 'pong' } });
  });

  it('is unreachable three times, then the session is resumed', async () => {
    const discord = await start();
    const client = await enter(discord);
    let refusals = 0;
    client.on(Events.ShardError, ({ message }) => {
      if (message.includes('503')) refusals += 1;
    });
    const resumed = once(client, Events.ShardResume);
    discord.faults.inject({ on: 'connect', what: 'refuse', times: 3 });
    discord.faults.inject({ on: 'gateway', what: { kind: 'drop' } });
    await resumed;
    expect(refusals).toBe(3);
    expect(discord.gateway.identified()).toBe(1);
  });

  it('refuses to resume, and the client identifies again', async () => {
    const discord = await start();
    const client = await enter(discord);
    const ready = once(client, Events.ShardReady);
    discord.faults.inject({ on: 'resume', what: 'invalid-session' });
    discord.faults.inject({ on: 'gateway', what: { kind: 'drop' } });
    await ready;
    expect(discord.gateway.identified()).toBe(2);
    expect(discord.gateway.resumed()).toBe(0);
  });

  it('forgets a session that was away for more than five minutes', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    const client = await enter(discord);
    const ready = once(client, Events.ShardReady);
    discord.faults.inject({ on: 'connect', what: 'refuse' });
    const gone = new Promise((resolve) => client.once(Events.ShardReconnecting, resolve));
    discord.faults.inject({ on: 'gateway', what: { kind: 'drop' } });
    await gone;
    time.advance(5 * 60_000 + 1);
    await ready;
    expect(discord.gateway.identified()).toBe(2);
  });
});

/** IDENTIFY without a library that would count for itself. @returns the close code */
const identify = async (discord: SandboxDiscord): Promise<number> => {
  const socket = new WebSocket(`${discord.baseUrl.replace('http', 'ws')}/gw?v=10&encoding=json`);
  const frame = { op: 2, d: { token: discord.token, intents: 1, properties: {} } };
  return new Promise((resolve) => {
    socket.on('message', (raw) => {
      const { op, t } = JSON.parse(String(raw));
      if (op === 10) socket.send(JSON.stringify(frame));
      if (t === 'READY') socket.close(1000);
    });
    socket.on('close', resolve);
  });
};

const limitOf = async (discord: SandboxDiscord): Promise<unknown> => {
  const { body } = await call(discord, 'GET', '/gateway/bot');
  return (body as { readonly session_start_limit: unknown }).session_start_limit;
};

describe('a silent connection', () => {
  it('is accepted without HELLO, while the next one works', async () => {
    const discord = await start();
    const heard: string[] = [];
    const open = (name: string) => {
      const socket = new WebSocket(`${discord.baseUrl.replace('http', 'ws')}/gw?v=10`);
      closers.push(() => socket.terminate());
      return new Promise<void>((resolve) => {
        if (name === 'deaf') socket.on('open', () => resolve());
        socket.on('message', () => {
          heard.push(name);
          resolve();
        });
      });
    };
    discord.faults.inject({ on: 'connect', what: 'silence' });
    await open('deaf');
    await open('next');
    expect(heard).toEqual(['next']);
  });
});

describe('the limit on session starts', () => {
  it('is counted down, also across a restart, and starts again after a day', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-faults-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const time = fakeTime();
    const parts = { realNow: time.now, stateFile: join(folder, 'discord.sqlite') };
    const first = await startDiscord(parts);
    await identify(first);
    await identify(first);
    time.advance(3_600_000);
    expect(await limitOf(first)).toMatchObject({ total: 1000, remaining: 998 });
    await first.close();
    const second = await start(parts);
    expect(await limitOf(second)).toMatchObject({ remaining: 998, reset_after: 23 * 3_600_000 });
    time.advance(23 * 3_600_000);
    expect(await limitOf(second)).toMatchObject({ remaining: 1000 });
  });

  it('revokes the token when it is exceeded', async () => {
    const discord = await start({ dailyIdentifies: 2 });
    expect(await identify(discord)).toBe(1000);
    expect(await identify(discord)).toBe(1000);
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
    expect(await identify(discord)).toBe(4004);
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(401);
  });

  it('stops a client that reads it from identifying', async () => {
    const discord = await start();
    discord.identifies.set({ remaining: 0, resetAfterMs: 60_000 });
    await expect(enter(discord)).rejects.toThrow(/sessions remaining/i);
    expect(await limitOf(discord)).toMatchObject({ remaining: 0 });
    expect(discord.gateway.identified()).toBe(0);
  });
});

const MESSAGES = /^\/channels\/\d+\/messages$/;

describe('the REST API', () => {
  it.each(['user', 'global', 'shared'] as const)(
    'limits the rate of one route (%s), and the client sends once it may',
    async (scope) => {
      const discord = await start();
      const client = await enter(discord);
      const channel = await channelOf(client, discord);
      const what = { kind: 'rate-limit', retryAfterMs: 30, scope } as const;
      discord.faults.inject({ on: 'http', path: MESSAGES, times: 2, what });
      expect((await channel.send('x')).content).toBe('x');
      expect(discord.faults.met().map(({ kind }) => kind)).toEqual(['rate-limit', 'rate-limit']);
      expect(discord.act.sees({ user: 'viewer' })).toHaveLength(1);
    },
  );

  it('says how long to wait, and for whom', async () => {
    const discord = await start();
    const what = { kind: 'rate-limit', retryAfterMs: 1_500, scope: 'global' } as const;
    discord.faults.inject({ on: 'http', what });
    const { status, headers, body } = await call(discord, 'GET', '/users/@me');
    expect(status).toBe(429);
    expect(body).toMatchObject({ retry_after: 1.5, global: true });
    expect(headers.get('retry-after')).toBe('2');
    expect(headers.get('x-ratelimit-global')).toBe('true');
  });

  it('fails for a period of time, on one route and one method only', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    const status = async (method: string, path: string, body?: unknown): Promise<number> =>
      (await call(discord, method, path, body)).status;
    const messages = `/channels/${discord.channelId}/messages`;
    const what = { kind: 'status', status: 502 } as const;
    discord.faults.inject({ on: 'http', method: 'POST', path: MESSAGES, forMs: 60_000, what });
    for (let index = 0; index < 3; index++) {
      expect(await status('POST', messages, { content: 'x' })).toBe(502);
    }
    expect(await status('GET', messages)).toBe(200);
    time.advance(59_999);
    expect(await status('POST', messages, { content: 'x' })).toBe(502);
    time.advance(1);
    expect(await status('POST', messages, { content: 'x' })).toBe(200);
  });

  it('answers late', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    discord.faults.inject({ on: 'http', what: { kind: 'late', delayMs: 2_000 } });
    let answered = false;
    const asked = call(discord, 'GET', '/users/@me').then(({ status }) => {
      answered = true;
      return status;
    });
    await expect.poll(() => discord.faults.met()).toHaveLength(1);
    time.advance(1_999);
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
    expect(answered).toBe(false);
    time.advance(1);
    expect(await asked).toBe(200);
  });

  it('does not answer an executed request, and the nonce prevents a duplicate by the retry', async () => {
    const discord = await start();
    const client = await enter(discord, {
      enforceNonce: true,
      rest: { retries: 3, api: discord.apiBase },
    });
    const channel = await channelOf(client, discord);
    client.rest.options.timeout = 100;
    const what = { kind: 'hang', after: true } as const;
    discord.faults.inject({ on: 'http', method: 'POST', path: MESSAGES, times: 2, what });
    await channel.send('once');
    expect(discord.faults.met()).toHaveLength(2);
    expect(discord.act.sees({ user: 'viewer' }).map(({ content }) => content)).toEqual(['once']);
  });
});

describe('a full outage', () => {
  it.each(['reset', 'unavailable'] as const)(
    'affects requests and gateway (%s), and afterwards no event is lost',
    async (how) => {
      const discord = await start();
      await register(discord);
      const client = await enter(discord, { rest: { retries: 0, api: discord.apiBase } });
      const channel = await channelOf(client, discord);
      const resumed = once(client, Events.ShardResume);
      const heal = discord.faults.inject({ on: 'everything', how });
      await expect(channel.send('lost')).rejects.toThrow();
      // It tries again meanwhile, and is turned away.
      await new Promise((resolve) => client.once(Events.ShardError, resolve));
      expect(discord.gateway.connections()).toBe(0);
      expect(discord.gateway.resumed()).toBe(0);
      discord.act.say({ user: 'viewer', content: 'are you there?' });
      heal();
      await resumed;
      const { final } = discord.act.slash({ user: 'viewer', command: 'ping' });
      expect(await final).toMatchObject({ kind: 'reply' });
      await channel.send('found');
      const seen = discord.act.sees({ user: 'viewer' }).map(({ content }) => content);
      expect(seen).toEqual(['are you there?', 'pong', 'found']);
    },
  );

  it('can be silent: requests without an answer, a gateway without HELLO', async () => {
    const discord = await start({ heartbeatIntervalMs: 200 });
    const client = await enter(discord, { rest: { retries: 0, api: discord.apiBase } });
    const channel = await channelOf(client, discord);
    client.rest.options.timeout = 100;
    discord.faults.inject({ on: 'everything', how: 'silence' });
    await expect(channel.send('lost')).rejects.toThrow(/aborted/);
    await expect.poll(() => client.ws.shards.first()?.status).not.toBe(0);
    expect(discord.gateway.resumed()).toBe(0);
  });

  it('ends when its time is over', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    discord.faults.inject({ on: 'everything', how: 'unavailable', forMs: 30 * 60_000 });
    const status = async () => (await call(discord, 'GET', '/users/@me')).status;
    expect(await status()).toBe(503);
    time.advance(30 * 60_000 - 1);
    expect(await status()).toBe(503);
    time.advance(1);
    expect(await status()).toBe(200);
  });
});
