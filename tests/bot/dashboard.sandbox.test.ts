import { afterEach, describe, expect, it } from 'vitest';
import { type Bot, createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import { parseSubject } from '#core/domain/alert.ts';
import { epochMs } from '#core/domain/units.ts';
import type { Clock, Journal, Log, PostBook } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { systemClock } from '#src/time.ts';
import { startDiscord } from '#tests/sandbox/discord/support.ts';
import { commandCount } from '#tests/support/bot-house.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  account,
  alert,
  baseline,
  carriedOut,
  type HandEngine,
  handEngine,
  memoryPosts,
  NOW,
  observation,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';

interface House {
  readonly discord: SandboxDiscord;
  readonly journal: Journal;
  readonly engine: HandEngine;
  readonly posts: PostBook;
  /** `POST /channels/…/messages`, as they came. */
  readonly requests: string[];
  readonly warnings: string[];
  readonly log: Log;
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/**
 * Twenty times as fast as the machine's: the desk's intervals pass within a test's patience. The limits of
 * stopping never pass: the last words must not depend on the machine.
 */
function quickClock(isStopping = (): boolean => false): Clock {
  const own = systemClock();
  const began = own.now();
  return {
    now: () => epochMs(began + (own.now() - began) * 20),
    sleep: (durationMs, signal) => own.sleep(isStopping() ? HOUR_MS : durationMs / 20, signal),
  };
}

const HOUR_MS = 3_600_000;

async function openHouse(): Promise<House> {
  const clock = leapingClock(NOW);
  const requests: string[] = [];
  const discord = await startDiscord({
    observe: ({ method, path }) => void requests.push(`${method} ${path}`),
  });
  opened.push(() => discord.close());
  const journal = memoryJournal(clock);
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const engine = handEngine(journal, quickClock());
  return { discord, journal, engine, posts: memoryPosts(), requests, warnings, log };
}

/** The real discord.js against the sandbox, with a machine by hand. */
async function openBot(
  { discord, journal, engine, posts, log }: House,
  {
    token = discord.token,
    onFatal = () => {},
  }: { token?: string; onFatal?: (reason: string) => void } = {},
): Promise<Bot> {
  let isStopping = false;
  const bot = createBot({
    discord: {
      token,
      apiBase: discord.apiBase,
      guildId: discord.guildId,
      channelId: discord.channelId,
      viewerRoleId: discord.roles.viewer,
      operatorRoleId: discord.roles.operator,
      alertRoleId: discord.roles.alert,
    },
    engine,
    models: MODELS,
    journal,
    posts,
    clocks: { market: leapingClock(NOW), wall: quickClock(() => isStopping) },
    log,
    loadCommands: async () => COMMANDS,
    settings: [],
    onFatal,
  });
  await bot.start();
  const stop = (reason: string): Promise<void> => {
    isStopping = true;
    return bot.stop(reason);
  };
  opened.push(() => stop('the test is over'));
  return { ...bot, stop };
}

/** Lines that Discord itself writes: pinned, a thread was begun, what a thread hangs on. */
const isWords = ({ type }: StoredMessage): boolean => ![6, 18, 21].includes(type);
const seen = ({ discord }: House): readonly StoredMessage[] =>
  discord.act.sees({ user: 'admin' }).filter(isWords);
const titleOf = (message: StoredMessage | undefined): string =>
  String(message?.embeds[0]?.['title']);
const titles = (house: House): readonly string[] => seen(house).map(titleOf);
const find = (house: House, text: string): StoredMessage | undefined =>
  seen(house).find((message) => titleOf(message).includes(text));
const pinned = (house: House): readonly StoredMessage[] =>
  house.discord.store.pinnedIn(house.discord.channelId);
const ready = (house: House): Promise<unknown> =>
  expect.poll(() => titles(house).length).toBeGreaterThanOrEqual(3);
const published = (house: House): Promise<unknown> =>
  expect.poll(() => commandCount(house)).toBeGreaterThan(0);

describe('the desk over the real discord.js', () => {
  it('pins one header and keeps the rankings and the chart below it', async () => {
    const house = await openHouse();
    house.journal.append(ACCOUNT_ENTRY, baseline());
    house.engine.see(observation({ account: account(101_000) }));
    await openBot(house);
    await ready(house);
    const [header, rankings, chart] = seen(house);
    expect(header?.content).toContain('ROTOR | Account: PA3XXXXXXXXX | SANDBOX | HEALTHY |');
    expect(pinned(house).map((message) => message.id)).toEqual([header?.id]);
    expect(titleOf(rankings)).toContain('SectorRotationModel_v1');
    const picture = chart?.attachments[0];
    expect(picture?.filename).toBe('alpha.png');
    const png = Buffer.from(house.discord.store.file(picture?.id ?? '') ?? []);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1100, 620]);
  });

  it('counts the tickers in the header while bars are fetched', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    house.engine.fetchBars(7, 13);
    await expect.poll(() => seen(house)[0]?.content).toContain('| bars 7/13 |');
    house.engine.see(observation());
    await expect.poll(() => seen(house)[0]?.content).toContain('| bars to 2026-11-20');
  });

  it('keeps one header across restarts and pins it again', async () => {
    const house = await openHouse();
    for (const _ of [1, 2, 3]) {
      const bot = await openBot(house);
      await ready(house);
      await expect.poll(() => seen(house)[0]?.content).toContain('| HEALTHY |');
      expect(pinned(house)).toHaveLength(1);
      await bot.stop('deploy');
      expect(seen(house)[0]?.content).toContain('| OFFLINE |');
      const [header] = seen(house);
      if (header) house.discord.store.putMessage({ ...header, pinnedTimestamp: undefined });
    }
    expect(titles(house)).toHaveLength(3);
    expect(
      house.requests.filter((request) => request.startsWith('PUT /applications')),
    ).toHaveLength(1);
  });

  it('posts the header again when somebody deleted it', async () => {
    const house = await openHouse();
    const bot = await openBot(house);
    await ready(house);
    await bot.stop('deploy');
    const [first] = seen(house);
    house.discord.store.removeMessage(first?.id ?? '');
    await openBot(house);
    await expect.poll(() => pinned(house)[0]?.content).toContain('| HEALTHY |');
    expect(pinned(house)[0]?.id).not.toBe(first?.id);
    expect(titles(house)).toHaveLength(3);
  });

  it('reports a rebalance in one message and its thread, from decision to result', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    const decision = decided();
    const [made, ...rest] = carriedOut(decision);
    if (made) house.journal.append(ACCOUNT_ENTRY, made);
    await expect
      .poll(() => find(house, decision.id)?.embeds[0]?.['title'])
      .toContain('… Rebalancing');
    const { id } = find(house, decision.id) ?? {};
    house.journal.append(...rest);
    await expect
      .poll(() => find(house, decision.id)?.embeds[0]?.['title'])
      .toContain('✓ Rebalanced');
    expect(find(house, decision.id)?.id).toBe(id);
    expect(titles(house).filter((title) => title.includes(decision.id))).toHaveLength(1);
    const inThread = () =>
      house.discord.act.sees({ user: 'admin', in: { channelId: id ?? '' } }).filter(isWords);
    const steps = () => inThread().map(titleOf);
    await expect.poll(steps).toEqual(['Decision', 'Orders']);
    const [order] = decision.plan.orders;
    await expect
      .poll(() => JSON.stringify(inThread().at(-1)?.embeds))
      .toMatch(new RegExp(`✓ ${order?.side} +${order?.ticker} `));
  });

  it('delivers everything once and in order after an outage of Discord', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    const heal = house.discord.faults.inject({
      on: 'http',
      method: 'POST',
      path: /messages$/,
      times: 1_000,
      what: { kind: 'status', status: 503 },
    });
    house.journal.append(
      { kind: 'started', version: '0.1.0', mode: 'SANDBOX' },
      ...[1, 2, 3].map(() => ({ kind: 'alert' as const, alert: alert() })),
      { kind: 'resolved', subject: parseSubject('broker'), text: 'it answers again' },
      { kind: 'state', state: 'HALT', by: 'ines', reason: 'lunch' },
    );
    await expect
      .poll(() => house.warnings.filter((text) => text.startsWith('outbox:')).length)
      .toBeGreaterThan(2);
    heal();
    const told = ['● Started', '✓ Resolved · broker away', '■ Trading HALT'];
    await expect.poll(() => titles(house).slice(3)).toEqual(told);
    await expect.poll(() => house.posts.told()).toBe(house.journal.book().seq);
  });

  it('sends a message once when Discord accepted it but its answer was lost', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    house.discord.faults.inject({
      on: 'http',
      method: 'POST',
      path: /messages$/,
      what: { kind: 'reset', after: true },
    });
    house.journal.append({ kind: 'state', state: 'REDUCE', by: 'ines', reason: 'caution' });
    await expect.poll(() => house.posts.told()).toBe(1);
    expect(titles(house).filter((title) => title === '▲ Trading REDUCE')).toHaveLength(1);
  });

  it('ends at once with a wrong token', async () => {
    const house = await openHouse();
    const reasons: string[] = [];
    await openBot(house, {
      token: 'not.the.token',
      onFatal: (reason) => void reasons.push(reason),
    });
    await expect.poll(() => reasons).toHaveLength(1);
    expect(reasons[0]).toContain('refused the login');
  });

  it('keeps retrying while Discord is unreachable, and connects when it is back', async () => {
    const house = await openHouse();
    house.discord.faults.inject({
      on: 'http',
      path: /gateway/,
      times: 6,
      what: { kind: 'status', status: 503 },
    });
    const bot = await openBot(house);
    expect(bot.lagMs()).toBeUndefined();
    await ready(house);
    expect(pinned(house)).toHaveLength(1);
  });
});

describe('commands over the real discord.js', () => {
  it('answers a reading command to the asker alone', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    await published(house);
    for (const command of ['status', 'rankings', 'positions', 'help']) {
      const outcome = await house.discord.act.slash({ user: 'viewer', command }).final;
      expect(outcome).toMatchObject({ kind: 'reply', message: { flags: 64 } });
    }
    expect(titles(house)).toHaveLength(3);
  });

  it('sends an approved plan to the engine once, no matter who presses again', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    await published(house);
    const { act } = house.discord;
    const refused = await act.slash({ user: 'viewer', command: 'rebalance' }).final;
    expect(refused).toMatchObject({
      message: { flags: 64, content: expect.stringContaining('operator role') },
    });
    const asked = await act.slash({ user: 'admin', command: 'rebalance' }).final;
    if (asked.kind !== 'reply') throw new Error(`expected a plan, found ${asked.kind}`);
    const button = { messageId: asked.message.id, customId: 'rebalance:approve:p1' };
    await act.press({ user: 'viewer', ...button }).final;
    expect(house.engine.answers).toEqual([]);
    const pressed = act.press({ user: 'operator', ...button });
    const plan = () => house.discord.store.message(asked.message.id);
    await expect.poll(() => plan()?.components).toEqual([]);
    expect(JSON.stringify(plan()?.embeds)).toContain('Approved by');
    act.replay(pressed.interactionId);
    await act.slash({ user: 'operator', command: 'status' }).final;
    expect(house.engine.answers).toHaveLength(1);
  });

  it('records every attempt, allowed or not', async () => {
    const house = await openHouse();
    await openBot(house);
    await ready(house);
    await published(house);
    await house.discord.act.slash({ user: 'viewer', command: 'status' }).final;
    await house.discord.act.slash({ user: 'stranger', command: 'status' }).final;
    const attempts = house.journal
      .since(0, 100)
      .flatMap(({ entry }) => (entry.kind === 'command' ? [entry] : []));
    expect(attempts).toMatchObject([
      { kind: 'command', name: 'status', allowed: true },
      { kind: 'command', name: 'status', allowed: false },
    ]);
  });
});
