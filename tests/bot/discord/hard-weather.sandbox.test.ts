/** What Discord, or what stands before it, does to a bot that runs: bans, refusals, removed and invited. */
import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '#commands/list.ts';
import {
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { alert, baseline, NOW } from '#tests/support/desk.ts';

const HTML = { 'content-type': 'text/html' };
const FOREVER = { times: 100_000, forMs: 600_000_000 } as const;
const SEND = { on: 'http', method: 'POST', path: /messages$/ } as const;

let house: HandHouse;
afterEach(() => house.close());

async function started(options: Parameters<HandHouse['open']>[0] = {}) {
  house = await handHouse();
  house.journal.append(baseline());
  const bot = await house.open(options);
  await eventually(house, () => titlesIn(house)).toHaveLength(3);
  await eventually(house, () => house.posts.told()).toBe(1);
  return bot;
}

const status = (code: number, body: unknown, headers?: Record<string, string>) =>
  ({ kind: 'status', status: code, body, ...(headers && { headers }) }) as never;

const words = (): string =>
  messagesIn(house)
    .map(({ content, embeds }) => `${content} ${JSON.stringify(embeds)}`)
    .join('\n');

async function restApi(method: string, path: string, body?: unknown): Promise<unknown> {
  const { apiBase, token } = house.discord;
  const response = await fetch(`${apiBase}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

const globalPath = (): string => `/applications/${house.discord.applicationId}/commands`;
const guildPath = (): string =>
  `/applications/${house.discord.applicationId}/guilds/${house.discord.guildId}/commands`;
const shown = async (): Promise<number> =>
  ((await restApi('GET', guildPath())) as unknown[]).length;

describe('a ban of the address', () => {
  it('is known when nothing is said, reported outside Discord once, and the news comes after it', async () => {
    const bot = await started();
    const what = status(429, 'error code: 1015', { ...HTML, 'retry-after': '66271' });
    const heal = house.discord.faults.inject({ on: 'http', ...FOREVER, what });
    await eventually(house, () => bot.health().problem).toContain(
      'refuses every request of this machine',
    );
    house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason: 'in the ban' });
    const once = [expect.stringContaining('Messages wait')];
    await eventually(house, () => house.blocked).toEqual(once);
    await eventually(house, () => house.pace.now(), 5_000).toBeGreaterThan(NOW + 10 * 60_000);
    heal();
    await eventually(house, words, 5_000).toContain('in the ban');
    await eventually(house, () => bot.health().problem).toBeUndefined();
    expect(house.blocked).toEqual(once);
  });
});

describe('a rejected message', () => {
  it.each([
    ['AutoMod', 200_000],
    ['a form that Discord does not take', 50_035],
  ])('by %s comes once more as plain text with its mention', async (_name, code) => {
    await started();
    const what = status(400, { message: 'No', code });
    house.discord.faults.inject({ ...SEND, times: 1, what });
    house.journal.append({ kind: 'alert', alert: alert({ severity: 'critical' }) });
    await eventually(house, () => house.posts.told()).toBe(house.journal.book().seq);
    const last = messagesIn(house).at(-1);
    expect([last?.embeds, last?.mentions.roleIds]).toEqual([[], [house.discord.roles.alert]]);
    expect(last?.content).toContain('broker away');
  });

  it('leaves a sentence with the mention whatever its content, and does not block others', async () => {
    await started();
    const what = status(400, { message: 'No', code: 200_000 });
    house.discord.faults.inject({ ...SEND, times: 2, what });
    house.journal.append({ kind: 'alert', alert: alert({ severity: 'critical' }) });
    house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason: 'behind it' });
    await eventually(house, words).toContain('behind it');
    // The dashboard may say it before the outbox has come so far.
    await eventually(house, words).toContain(
      `<@&${house.discord.roles.alert}> A message of Rotor could not`,
    );
  });

  it.each([
    ['HTML 400', status(400, '<html>400</html>', HTML)],
    ['HTML 403', status(403, '<html>403</html>', HTML)],
    ['HTML 404', status(404, '<html>404</html>', HTML)],
    ['HTML 200, as of a login', status(200, '<html>log in</html>', HTML)],
    ['JSON 200 that is no message', status(200, { status: 'ok' })],
    ['400 without a code of its own', status(400, { message: '400: Bad Request', code: 0 })],
  ])('by a proxy (%s) is kept whole and reported when that is over', async (_name, what) => {
    await started();
    house.discord.faults.inject({ ...SEND, times: 3, what });
    house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason: 'the news' });
    await eventually(house, words).toContain('the news');
    expect(messagesIn(house).at(-1)?.embeds).toHaveLength(1);
    expect(house.fatal).toEqual([]);
  });
});

describe('the commands', () => {
  it('are back when Rotor is removed and invited again', async () => {
    await started();
    house.discord.gateway.dispatch('GUILD_DELETE', { id: house.discord.guildId });
    await restApi('PUT', guildPath(), []);
    house.discord.gateway.dispatch('GUILD_CREATE', house.discord.pageView.guildCreate());
    await eventually(house, shown).toBe(COMMANDS.length);
  });

  it('are back after a new session, if the invitation came while disconnected', async () => {
    await started();
    await restApi('PUT', guildPath(), []);
    const what = { kind: 'invalid-session', resumable: false } as const;
    house.discord.faults.inject({ on: 'gateway', what });
    await eventually(house, () => house.discord.gateway.identified()).toBe(2);
    await eventually(house, shown).toBe(COMMANDS.length);
  }, 30_000);

  it('that an older bot registered globally are removed and named', async () => {
    house = await handHouse();
    await restApi('PUT', globalPath(), [{ name: 'buy', description: 'old', type: 1 }]);
    await house.open();
    await eventually(house, () => titlesIn(house)).toHaveLength(3);
    await eventually(house, () => restApi('GET', globalPath())).toEqual([]);
    await eventually(house, () => house.warnings.join()).toContain('an older bot left: buy');
  });
});

describe('the configured roles', () => {
  it('are reported at the start and in the health if the server lacks them', async () => {
    const bot = await started({ approverRoleId: '999999999999999999' });
    expect(house.warnings.join()).toContain('APPROVER_ROLE_ID 999999999999999999 is no role');
    expect(bot.health().roles).toHaveLength(1);
  });

  it('are reported when somebody deletes one', async () => {
    const bot = await started();
    expect(bot.health().roles).toEqual([]);
    const { guildId, roles } = house.discord;
    const gone = { guild_id: guildId, role_id: roles.operator };
    house.discord.gateway.dispatch('GUILD_ROLE_DELETE', gone);
    await eventually(house, () => house.warnings.join()).toContain('OPERATOR_ROLE_ID');
    expect(bot.health().roles).toHaveLength(1);
  });
});
