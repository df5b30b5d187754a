/** The connection: what is survived, what is final, and how often a session may be begun. */
import { afterEach, describe, expect, it } from 'vitest';
import { createIdentifyBudget } from '#bot/discord/identify-budget.ts';
import { epochMs } from '#core/domain/units.ts';
import {
  commandCount,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { alert, memoryPosts, NOW } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';

let house: HandHouse;
afterEach(() => house.close());

async function started(parts: Parameters<typeof handHouse>[0] = {}) {
  house = await handHouse(parts);
  const bot = await house.open();
  await eventually(house, () => titlesIn(house)).toHaveLength(3);
  await eventually(house, () => commandCount(house)).toBeGreaterThan(0);
  return bot;
}

const stillTells = async (reason: string): Promise<void> => {
  house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason });
  await eventually(house, () => house.posts.told()).toBe(house.journal.book().seq);
  expect(await house.discord.act.slash({ user: 'viewer', command: 'help' }).final).toMatchObject({
    kind: 'reply',
  });
};

describe('the connection', () => {
  it.each([
    ['a drop', { kind: 'drop' }],
    ['op 7', { kind: 'reconnect' }],
    ['op 9 that may resume', { kind: 'invalid-session', resumable: true }],
    ['close 4000', { kind: 'close', code: 4000 }],
  ] as const)('survives %s with the same session', async (_name, what) => {
    await started();
    house.discord.faults.inject({ on: 'gateway', what });
    await eventually(house, () => house.discord.gateway.resumed()).toBe(1);
    await stillTells('after it');
    expect([house.discord.gateway.identified(), house.fatal]).toEqual([1, []]);
  });

  it.each([
    ['op 9 that may not resume', { kind: 'invalid-session', resumable: false }],
    ['close 4007', { kind: 'close', code: 4007 }],
  ] as const)(
    'survives %s with a new session',
    async (_name, what) => {
      await started();
      house.discord.faults.inject({ on: 'gateway', what });
      await eventually(house, () => house.discord.gateway.identified()).toBe(2);
      await stillTells('after it');
      expect(house.fatal).toEqual([]);
    },
    30_000,
  );

  it('shows in the header that commands do not arrive while it is down', async () => {
    const bot = await started();
    house.discord.faults.inject({ on: 'connect', what: 'refuse', times: 1_000 });
    house.discord.faults.inject({ on: 'gateway', what: { kind: 'drop' } });
    await eventually(house, () => bot.connected()).toBe(false);
    const header = (): string => messagesIn(house)[0]?.content ?? '';
    await eventually(house, header, 600).toContain('| DEGRADED |');
    expect(header()).toContain('| Discord: ○ DOWN |');
  });

  it('survives a connection that is open but dead', async () => {
    await started({ heartbeatIntervalMs: 200 });
    house.discord.faults.inject({ on: 'gateway', what: { kind: 'mute' } });
    await eventually(house, () => house.discord.gateway.resumed()).toBeGreaterThan(0);
    await stillTells('after it');
  });

  it.each([4004, 4014])(
    'is given up permanently at close code %i, and reported once',
    async (code) => {
      await started();
      house.discord.faults.inject({ on: 'gateway', what: { kind: 'close', code } });
      await eventually(house, () => house.fatal).toEqual([
        `Discord permanently closed the connection: code ${code}`,
      ]);
      expect(house.discord.gateway.identified()).toBe(1);
    },
  );

  it('is given up permanently when a request is refused with 401', async () => {
    await started();
    const what = {
      kind: 'status',
      status: 401,
      body: { message: '401: Unauthorized', code: 0 },
    } as const;
    house.discord.faults.inject({ on: 'http', method: 'POST', path: /messages$/, what });
    house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason: 'lunch' });
    await eventually(house, () => house.fatal).toHaveLength(1);
  });

  it('names the permissions missing at that moment', async () => {
    const bot = await started();
    expect(bot.health()).toMatchObject({ missing: [], owed: 0, problem: undefined });
    house.discord.act.overwriteForBot(house.discord.channelId, {
      deny: ['PinMessages', 'CreatePublicThreads'],
    });
    await eventually(house, () => bot.health().missing).toEqual([
      'Pin Messages',
      'Create Public Threads',
    ]);
    house.discord.act.overwriteForBot(house.discord.channelId, {});
    await eventually(house, () => bot.health().missing).toEqual([]);
  });

  it('lacks the permission to mention a role when the mention would notify nobody', async () => {
    house = await handHouse();
    const alertRoleId = house.discord.roles.viewer;
    const bot = await house.open({ alertRoleId });
    await eventually(house, () => bot.health().missing).toEqual(['Mention the alert role']);
    house.journal.append({ kind: 'alert', alert: alert({ severity: 'critical' }) });
    await eventually(house, () => messagesIn(house).at(-1)?.content).toContain(alertRoleId);
    expect(messagesIn(house).at(-1)?.mentions.roleIds).toEqual([]);
  });

  it('registers the commands once, however often it starts', async () => {
    const first = await started();
    void first.stop('deploy');
    await house.open();
    await eventually(house, () => house.discord.gateway.identified()).toBe(2);
    await stillTells('again');
    expect(house.requests.filter((each) => /^PUT .*commands$/.test(each))).toHaveLength(1);
  });
});

describe('sessions with Discord', () => {
  const MINUTE_MS = 60_000;

  function budgetOf() {
    const posts = memoryPosts();
    const wall = leapingClock(NOW);
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
    const open = () => createIdentifyBudget({ posts, wall, log });
    return { wall, warnings, open };
  }

  it('are begun at most ten times in ten minutes, also across restarts, and the log says so', async () => {
    house = await handHouse();
    const { wall, warnings, open } = budgetOf();
    for (let start = 0; start < 10; start++) await open().take();
    expect([wall.now() - NOW, warnings]).toEqual([45_000, []]);
    await open().take();
    expect(wall.now() - NOW).toBe(10 * MINUTE_MS);
    expect(warnings).toEqual([expect.stringContaining('10 sessions were begun within 10 minutes')]);
  });

  it('are begun at most 500 times a day', async () => {
    house = await handHouse();
    const { wall, warnings, open } = budgetOf();
    for (let start = 0; start < 500; start++) {
      await open().take();
      wall.set(epochMs(wall.now() + MINUTE_MS + 1));
    }
    expect(warnings).toEqual([]);
    await open().take();
    expect(wall.now() - NOW).toBeGreaterThanOrEqual(24 * 60 * MINUTE_MS);
    expect(warnings).toEqual([expect.stringContaining('500 sessions were begun within a day')]);
  });

  it('end their wait at a stop', async () => {
    house = await handHouse();
    const { open } = budgetOf();
    for (let start = 0; start < 10; start++) await open().take();
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(open().take(stopped)).rejects.toThrow('stopped');
  });
});
