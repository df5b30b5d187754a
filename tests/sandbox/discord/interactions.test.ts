import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { type FakeTime, fakeTime } from './fake-time.ts';
import { call, startDiscord } from './support.ts';

let discord: SandboxDiscord | undefined;
afterEach(async () => {
  await discord?.close();
  discord = undefined;
});

interface Asked {
  readonly server: SandboxDiscord;
  readonly time: FakeTime;
  readonly id: string;
  readonly callback: string;
  readonly hook: string;
}

/** A slash command that a person has just sent. */
const ask = async (): Promise<Asked> => {
  const time = fakeTime();
  const server = await startDiscord({ realNow: time.now, timers: time.timers });
  discord = server;
  const commands = `/applications/${server.applicationId}/guilds/${server.guildId}/commands`;
  await call(server, 'PUT', commands, [{ name: 'ping', description: 'x' }]);
  const { interactionId: id } = server.act.slash({ user: 'viewer', command: 'ping' });
  const token = `sandbox-interaction-${id}`;
  const callback = `/interactions/${id}/${token}/callback`;
  return { server, time, id, callback, hook: `/webhooks/${server.applicationId}/${token}` };
};

const reply = { type: 4, data: { content: 'pong' } };
const refused = (status: number, code: number) => ({ status, body: { code } });

describe('an interaction', () => {
  it('can be answered up to 3 s after it was sent', async () => {
    const { server, time, callback } = await ask();
    time.advance(3_000);
    expect((await call(server, 'POST', callback, reply)).status).toBe(204);
  });

  it('is unknown after 3 s without an answer, and the person sees a failure', async () => {
    const { server, time, id, callback } = await ask();
    const seen = server.act.outcomeOf(id);
    time.advance(3_001);
    expect(await call(server, 'POST', callback, reply)).toMatchObject(refused(404, 10062));
    expect(await seen).toEqual({ kind: 'failed', reason: 'The application did not respond' });
  });

  it('rejects a second answer', async () => {
    const { server, callback } = await ask();
    await call(server, 'POST', callback, reply);
    expect(await call(server, 'POST', callback, reply)).toMatchObject(refused(400, 40060));
  });

  it('rejects an answer with another token', async () => {
    const { server, id } = await ask();
    const path = `/interactions/${id}/made-up/callback`;
    expect(await call(server, 'POST', path, reply)).toMatchObject(refused(404, 10062));
  });

  it('has a webhook only after its first answer', async () => {
    const { server, callback, hook } = await ask();
    const early = await call(server, 'POST', hook, { content: 'more' });
    expect(early).toMatchObject(refused(404, 10015));
    await call(server, 'POST', callback, reply);
    expect((await call(server, 'POST', hook, { content: 'more' })).status).toBe(200);
  });

  it('can be edited for 15 minutes', async () => {
    const { server, time, callback, hook } = await ask();
    await call(server, 'POST', callback, { type: 5 });
    time.advance(15 * 60_000);
    const path = `${hook}/messages/%40original`;
    expect((await call(server, 'PATCH', path, { content: 'just' })).status).toBe(200);
    time.advance(1);
    const late = await call(server, 'PATCH', path, { content: 'late' });
    expect(late).toMatchObject(refused(401, 50027));
  });

  it('replaces a thinking reply by the first follow-up', async () => {
    const { server, callback, hook } = await ask();
    await call(server, 'POST', callback, { type: 5 });
    await call(server, 'POST', hook, { content: 'first' });
    await call(server, 'POST', hook, { content: 'second' });
    const seen = server.act.sees({ user: 'viewer' }).map(({ content }) => content);
    expect(seen).toEqual(['first', 'second']);
  });

  it('deletes a reply on request', async () => {
    const { server, callback, hook } = await ask();
    await call(server, 'POST', callback, reply);
    expect((await call(server, 'DELETE', `${hook}/messages/@original`)).status).toBe(204);
    expect(server.act.sees({ user: 'viewer' })).toEqual([]);
    const gone = await call(server, 'GET', `${hook}/messages/@original`);
    expect(gone).toMatchObject(refused(404, 10008));
  });

  it('cannot reach a message that another interaction made', async () => {
    const { server, callback, hook } = await ask();
    await call(server, 'POST', callback, reply);
    const { id } = server.act.say({ user: 'admin', content: 'mine' });
    const stolen = await call(server, 'PATCH', `${hook}/messages/${id}`, { content: 'yours' });
    expect(stolen).toMatchObject(refused(404, 10008));
  });

  it('opens no form after a deferral, and no completions for a command', async () => {
    const { server, callback } = await ask();
    const choices = { type: 8, data: { choices: [] } };
    expect(await call(server, 'POST', callback, choices)).toMatchObject(refused(400, 50035));
    const flags = { type: 5, data: { flags: 1 << 15 } };
    expect(await call(server, 'POST', callback, flags)).toMatchObject(refused(400, 50035));
  });

  it('returns the message it created when asked to', async () => {
    const { server, id, callback } = await ask();
    const { body } = await call(server, 'POST', `${callback}?with_response=true`, reply);
    expect(body).toMatchObject({
      interaction: { id, type: 2, response_message_ephemeral: false },
      resource: { type: 4, message: { content: 'pong', type: 20 } },
    });
  });
});

describe('a client', () => {
  it('offers a command only to those who may use it', async () => {
    const { server } = await ask();
    const path = `/applications/${server.applicationId}/guilds/${server.guildId}/commands`;
    const halt = { name: 'halt', description: 'x', default_member_permissions: '0' };
    await call(server, 'PUT', path, [halt]);
    expect(server.act.commands({ user: 'admin' })).toHaveLength(1);
    expect(server.act.commands({ user: 'operator' })).toHaveLength(0);
    expect(() => server.act.slash({ user: 'operator', command: 'halt' })).toThrow(RangeError);
  });

  it('does not send a command with an option missing, unknown or out of bounds', async () => {
    const { server } = await ask();
    const path = `/applications/${server.applicationId}/guilds/${server.guildId}/commands`;
    const number = {
      name: 'n',
      description: 'x',
      type: 4,
      required: true,
      min_value: 1,
      max_value: 9,
    };
    await call(server, 'PUT', path, [{ name: 'set', description: 'x', options: [number] }]);
    const send = (options: Record<string, number>) => () =>
      server.act.slash({ user: 'viewer', command: 'set', options });
    expect(send({})).toThrow(/required/);
    expect(send({ m: 1 })).toThrow(/no option "m"/);
    expect(send({ n: 10 })).toThrow(/1 to 9/);
    expect(send({ n: 1.5 })).toThrow(/1 to 9/);
  });
});
