import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttachmentBuilder, type TextChannel } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { INVITED, type PermissionName } from '#sandbox/discord/permissions.ts';
import { RATE_LIMITS, UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { fakeTime } from './fake-time.ts';
import { call, connect, PIXEL, startDiscord } from './support.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const start = async (parts: Parameters<typeof startDiscord>[0] = {}): Promise<SandboxDiscord> => {
  const discord = await startDiscord(parts);
  closers.push(() => discord.close());
  return discord;
};
const messagesOf = (discord: SandboxDiscord): string => `/channels/${discord.channelId}/messages`;
const post = (discord: SandboxDiscord, body: object) =>
  call(discord, 'POST', messagesOf(discord), body);
const idOf = ({ body }: { readonly body: unknown }): string => (body as { id: string }).id;

describe('a missing permission', () => {
  const without = (name: PermissionName) => INVITED.filter((each) => each !== name);
  it.each([
    ['ViewChannel', 50001],
    ['SendMessages', 50013],
    ['EmbedLinks', 50013],
  ] as const)('%s refuses a message with %i', async (name, code) => {
    const discord = await start();
    discord.rights.setBotPermissions(without(name));
    const refusal = await post(discord, { embeds: [{ title: 'x' }] });
    expect(refusal).toMatchObject({ status: 403, body: { code } });
  });

  it('PinMessages refuses a pin, and ManageMessages is no substitute', async () => {
    const discord = await start();
    const id = idOf(await post(discord, { content: 'x' }));
    discord.rights.setBotPermissions([...without('PinMessages'), 'ManageMessages']);
    const refusal = await call(discord, 'PUT', `${messagesOf(discord)}/pins/${id}`);
    expect(refusal).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  it('ManageMessages keeps it from deleting what others wrote', async () => {
    const discord = await start();
    const { id } = discord.act.say({ user: 'viewer', content: 'mine' });
    const refusal = await call(discord, 'DELETE', `${messagesOf(discord)}/${id}`);
    expect(refusal).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  it('ReadMessageHistory shows it an empty channel', async () => {
    const discord = await start();
    await post(discord, { content: 'x' });
    expect((await call(discord, 'GET', messagesOf(discord))).body).toHaveLength(1);
    discord.rights.setBotPermissions(without('ReadMessageHistory'));
    expect((await call(discord, 'GET', messagesOf(discord))).body).toEqual([]);
  });
});

describe('a missing resource', () => {
  it.each([
    ['GET', '/channels/123456789012345678', 404, 10003],
    ['GET', '/guilds/123456789012345678', 404, 10004],
    ['GET', '/users/123456789012345678', 404, 10013],
    ['GET', '/nowhere', 404, 0],
    ['DELETE', '/users/@me', 405, 0],
  ])('%s %s is answered with %i and %i', async (method, path, status, code) => {
    const discord = await start();
    expect(await call(discord, method, path)).toMatchObject({ status, body: { code } });
  });

  it('or another’s message cannot be edited', async () => {
    const discord = await start();
    const { id } = discord.act.say({ user: 'viewer', content: 'mine' });
    const refusal = await call(discord, 'PATCH', `${messagesOf(discord)}/${id}`, { content: 'x' });
    expect(refusal).toMatchObject({ status: 403, body: { code: 50005 } });
  });

  it('has no content type if it has no body', async () => {
    const discord = await start();
    const { status, headers } = await call(
      discord,
      'POST',
      `/channels/${discord.channelId}/typing`,
    );
    expect([status, headers.get('content-type')]).toEqual([204, null]);
  });
});

describe('a rate limit', () => {
  it('allows 5 messages in 5 s and says when the next may come', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    const left: (string | null)[] = [];
    for (let index = 0; index < 5; index++) {
      left.push((await post(discord, { content: 'x' })).headers.get('x-ratelimit-remaining'));
    }
    expect(left).toEqual(['4', '3', '2', '1', '0']);
    time.advance(1_500);
    const refusal = await post(discord, { content: 'x' });
    expect(refusal).toMatchObject({ status: 429, body: { retry_after: 3.5, global: false } });
    expect(refusal.headers.get('retry-after')).toBe('4');
    expect(refusal.headers.get('x-ratelimit-scope')).toBe('user');
    time.advance(3_500);
    expect((await post(discord, { content: 'x' })).status).toBe(200);
  });

  it('counts every channel separately', async () => {
    const discord = await start();
    const { body } = await call(discord, 'POST', '/users/@me/channels', {
      recipient_id: discord.users[0]?.id,
    });
    for (let index = 0; index < 5; index++) await post(discord, { content: 'x' });
    const other = `/channels/${(body as { id: string }).id}/messages`;
    expect((await call(discord, 'POST', other, { content: 'x' })).status).toBe(200);
  });

  it('for edits is 3 in 6 s if the message is over an hour old', async () => {
    const time = fakeTime();
    const discord = await start({
      realNow: time.now,
      timers: time.timers,
      rateLimits: { ...UNLIMITED, 'old-message-edit': RATE_LIMITS['old-message-edit'] },
    });
    const path = `${messagesOf(discord)}/${idOf(await post(discord, { content: 'x' }))}`;
    const edit = () => call(discord, 'PATCH', path, { content: 'y' });
    for (let index = 0; index < 4; index++) expect((await edit()).status).toBe(200);
    time.advance(3_600_001);
    for (let index = 0; index < 3; index++) expect((await edit()).status).toBe(200);
    expect(await edit()).toMatchObject({ status: 429, body: { code: 30046 } });
  });

  it('for the whole token is 50 a second, and interactions do not count', async () => {
    const time = fakeTime();
    const discord = await start({ realNow: time.now, timers: time.timers });
    const ask = () => call(discord, 'GET', '/gateway/bot');
    for (let index = 0; index < 50; index++) await ask();
    const refusal = await ask();
    expect(refusal).toMatchObject({ status: 429, body: { global: true } });
    expect(refusal.headers.get('x-ratelimit-global')).toBe('true');
    const callback = await call(discord, 'POST', '/interactions/1/x/callback', { type: 4 });
    expect(callback.status).toBe(404);
  });

  it('is respected by the client in advance', async () => {
    const statuses: number[] = [];
    const rateLimits = { ...RATE_LIMITS, 'message-send': { limit: 2, windowMs: 300 } };
    const discord = await start({ rateLimits, observe: ({ status }) => statuses.push(status) });
    const client = await connect(discord);
    closers.push(() => client.destroy());
    const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
    await Promise.all(Array.from({ length: 6 }, (_, index) => channel.send(`${index}`)));
    expect(statuses).not.toContain(429);
    expect(discord.act.sees({ user: 'viewer' }).map(({ content }) => content)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
  });
});

describe('a planned fault', () => {
  it('occurs once and is then over', async () => {
    const discord = await start();
    discord.faults.inject({ on: 'http', path: /messages$/, what: { kind: 'status', status: 503 } });
    expect((await post(discord, { content: 'x' })).status).toBe(503);
    expect((await post(discord, { content: 'x' })).status).toBe(200);
  });

  it('can break the connection after the message was accepted', async () => {
    const discord = await start();
    const what = { kind: 'reset', after: true } as const;
    discord.faults.inject({ on: 'http', method: 'POST', path: /messages$/, what });
    await expect(post(discord, { content: 'x' })).rejects.toThrow('fetch failed');
    expect(discord.act.sees({ user: 'viewer' })).toHaveLength(1);
  });

  it('can be cancelled', async () => {
    const discord = await start();
    const undo = discord.faults.inject({ on: 'http', path: /./, what: { kind: 'hang' } });
    undo();
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
  });
});

describe('a restart', () => {
  it('shows the same channel: messages, pins, files, commands and ids', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rotor-discord-'));
    closers.push(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'discord.sqlite');
    const before = await startDiscord({ stateFile });
    const client = await connect(before);
    const channel = (await client.channels.fetch(before.channelId)) as TextChannel;
    const message = await channel.send({
      content: 'desk',
      files: [new AttachmentBuilder(PIXEL, { name: 'a.png' })],
    });
    await message.pin();
    await client.application.commands.set([{ name: 'ping', description: 'x' }], before.guildId);
    await client.destroy();
    await before.close();
    expect(existsSync(stateFile)).toBe(true);

    const after = await start({ stateFile });
    const seen = after.act.sees({ user: 'viewer' });
    expect(seen.map(({ id }) => id)).toContain(message.id);
    expect(after.store.pinnedIn(after.channelId).map(({ id }) => id)).toEqual([message.id]);
    expect(after.store.file(seen[0]?.attachments[0]?.id ?? '')).toEqual(PIXEL);
    expect(after.act.commands({ user: 'viewer' })).toHaveLength(1);
    expect([after.token, after.channelId]).toEqual([before.token, before.channelId]);
    const next = await post(after, { content: 'next' });
    expect(BigInt(idOf(next))).toBeGreaterThan(BigInt(message.id));
  });

  it('can follow a kill: another process finds everything answered before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rotor-discord-'));
    closers.push(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'discord.sqlite');
    const first = await start({ stateFile });
    await post(first, { content: 'answered' });
    // The first is never closed before the second looks.
    const second = await start({ stateFile });
    expect(second.act.sees({ user: 'viewer' }).map(({ content }) => content)).toEqual(['answered']);
  });

  it('keeps the last 500 messages, and pinned ones forever', async () => {
    const discord = await start({ rateLimits: UNLIMITED });
    const id = idOf(await post(discord, { content: 'pinned' }));
    await call(discord, 'PUT', `${messagesOf(discord)}/pins/${id}`);
    for (let index = 0; index < 510; index++)
      discord.act.say({ user: 'viewer', content: `${index}` });
    const kept = discord.act.sees({ user: 'viewer' }, 1000);
    expect(kept).toHaveLength(501);
    expect(kept[0]?.content).toBe('pinned');
  });
});
