/** What Rotor's own bot sends, against Discord's official description. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bot, createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import { epochMs } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import type { Exchange } from '#sandbox/discord/rest.ts';
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
  handEngine,
  memoryPosts,
  NOW,
  observation,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { hasSpec, openApi, templateOf, validateRequest } from '#tests/support/openapi.ts';

const SPEC = 'discord-openapi.json';
const exchanges: Exchange[] = [];
let discord: SandboxDiscord;
let bot: Bot;

/** A day of the desk: the wall, a rebalance, an alert that ends, a report, commands and a button. */
beforeAll(async () => {
  discord = await startDiscord({ observe: (exchange) => exchanges.push(exchange) });
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const decision = decided();
  const point = {
    session: decision.asOf,
    equity: decision.holdings.equity,
    cash: decision.holdings.cash,
    benchmark: 500,
  };
  journal.append(ACCOUNT_ENTRY, baseline(), ...carriedOut(decision), { kind: 'equity', point });
  journal.append({ kind: 'alert', alert: alert({ severity: 'critical' }) });
  // Later than the rebalance: a plan made in the same instant would count as overtaken.
  clock.set(epochMs(NOW + 60_000));
  engine.see(observation({ account: account(101_000) }));
  bot = createBot({
    discord: {
      token: discord.token,
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
    posts: memoryPosts(),
    // Waits are the machine's; plans expire on the desk's clock, whatever day it is here.
    clocks: { market: clock, wall: { now: clock.now, sleep: systemClock().sleep } },
    log: silentLog,
    loadCommands: async () => COMMANDS,
    settings: [],
    onFatal: () => {},
  });
  await bot.start();
  // Told in order, so the alert stands when all of it does.
  const isTold = (): boolean =>
    exchanges.some(({ request }) => JSON.stringify(request.json ?? {}).includes('<@&'));
  // For hangs only, as everywhere; outside of a test nothing else sets it.
  await vi.waitUntil(isTold, { timeout: 300_000, interval: 10 });
  await vi.waitUntil(() => commandCount({ discord }) > 0, { timeout: 300_000, interval: 10 });
  for (const { definition } of COMMANDS.filter(({ audience }) => audience === 'asker')) {
    const needs = (definition.options ?? []).some((option) => 'required' in option);
    if (!needs) await discord.act.slash({ user: 'admin', command: definition.name }).final;
  }
  const asked = await discord.act.slash({ user: 'admin', command: 'rebalance' }).final;
  if (asked.kind !== 'reply') throw new Error(`expected a plan, found ${asked.kind}`);
  const press = { messageId: asked.message.id, customId: 'rebalance:reject:p1' };
  await discord.act.press({ user: 'operator', ...press }).final;
  await bot.stop('the day is over');
});
afterAll(() => discord.close());

describe.skipIf(!hasSpec(SPEC))('what the bot sends to Discord (needs ../shared)', () => {
  it('is described by Discord, every body of it', () => {
    const spec = openApi(SPEC);
    const sent = exchanges.filter(({ method, request }) => method !== 'GET' && request.json);
    const faults = sent.flatMap(({ method, path, request }) => {
      const template = templateOf(spec, path);
      if (!template) return [`${path}: not described`];
      if (JSON.stringify(request.json) === '{}') return [];
      return validateRequest(spec, method, template, request.json);
    });
    expect(sent.length).toBeGreaterThan(12);
    expect([...new Set(faults)]).toEqual([]);
  });

  it('was refused by nothing', () => {
    const refused = exchanges.filter(({ status }) => status >= 400);
    expect(refused.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([]);
  });

  it('mentions nobody but the role that alerts call', () => {
    const mentions = exchanges
      .map(({ request }) => JSON.stringify(request.json ?? {}))
      .flatMap((text) => text.match(/<@[!&]?\d+>|@everyone|@here/g) ?? []);
    expect([...new Set(mentions)]).toEqual([`<@&${discord.roles.alert}>`]);
  });
});
