/** People act through the real discord.js and the sandbox's Discord on the real engine. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Bot, createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import type { Entry } from '#core/domain/entry.ts';
import { dollars } from '#core/domain/units.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';
import type { Journal, PostBook } from '#core/ports.ts';
import { createPostBook } from '#core/store/posts.ts';
import { MODELS } from '#models/list.ts';
import type { Outcome } from '#sandbox/discord/interaction-book.ts';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { PersonKey } from '#sandbox/discord/world.ts';
import { systemClock } from '#src/time.ts';
import { startDiscord } from '#tests/sandbox/discord/support.ts';
import { commandCount } from '#tests/support/bot-house.ts';
import { APPROVAL } from '#tests/support/limits.ts';
import { silentLog } from '#tests/support/log.ts';
import { type World, world } from '#tests/support/world.ts';

interface House {
  readonly desk: World;
  readonly discord: SandboxDiscord;
  readonly journal: Journal;
  readonly posts: PostBook;
  readonly engine: RunningEngine;
  bot: Bot;
  /** Orders sent since the house was opened. */
  sent(): readonly string[];
  entries<K extends Entry['kind']>(kind: K): readonly Extract<Entry, { kind: K }>[];
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A desk that holds XLK and XLE and would rather hold XLF and XLV. */
async function house(approval: Partial<ApprovalRules> = {}): Promise<House> {
  const desk = world();
  const engine = createEngine({ ...desk.parts, approval: { ...APPROVAL, ...approval } });
  const { journal } = desk.parts;
  await engine.start();
  for (let minute = 0; minute < 3; minute++) {
    await engine.look();
    await engine.wake();
  }
  desk.target = ['XLF', 'XLV'];
  desk.goTo('2024-07-15', '10:00');
  await engine.look();
  await engine.wake();
  const before = desk.posted().length;
  const discord = await startDiscord({ rateLimits: UNLIMITED });
  opened.push(() => discord.close());
  const posts = createPostBook(desk.database);
  return {
    desk,
    discord,
    journal,
    posts,
    engine,
    bot: await openBot(discord, engine, journal, posts, desk),
    sent: () => desk.posted().slice(before),
    entries: (kind) => desk.entries(kind),
  };
}

async function openBot(
  discord: SandboxDiscord,
  engine: RunningEngine,
  journal: Journal,
  posts: PostBook,
  desk: World,
): Promise<Bot> {
  const { roles } = discord;
  const said: string[] = [];
  const bot = createBot({
    discord: {
      token: discord.token,
      apiBase: discord.apiBase,
      guildId: discord.guildId,
      channelId: discord.channelId,
      viewerRoleId: roles.viewer,
      operatorRoleId: roles.operator,
      approverRoleId: roles.approver,
      adminRoleId: roles.admin,
      alertRoleId: roles.alert,
    },
    engine,
    models: MODELS,
    journal,
    posts,
    // Waits are the machine's; plans expire on the desk's clock, which the tests set.
    clocks: { market: desk.clock, wall: { now: desk.clock.now, sleep: systemClock().sleep } },
    log: { ...silentLog, info: (text) => void said.push(text) },
    loadCommands: async () => COMMANDS,
    settings: [],
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  await bot.start();
  opened.push(() => bot.stop('the test is over'));
  await expect.poll(() => said).toContain('Discord: ready');
  await expect.poll(() => posts.told() === journal.book().seq).toBe(true);
  await expect.poll(() => commandCount({ discord })).toBeGreaterThan(0);
  return bot;
}

function messageOf(outcome: Outcome): StoredMessage {
  if (outcome.kind !== 'reply') throw new Error(`expected a message, found ${outcome.kind}`);
  return outcome.message;
}

/** What a person is shown, in one text. */
const textOf = (message: StoredMessage | undefined): string =>
  JSON.stringify([message?.content, message?.embeds]);

async function ask(
  { discord }: House,
  user: PersonKey,
  command: string,
  options: Record<string, string | number> = {},
): Promise<StoredMessage> {
  return messageOf(await discord.act.slash({ user, command, options }).final);
}

/** Presses the button whose label it is; resolves when the press was written down. */
async function press(
  open: House,
  user: PersonKey,
  messageId: string,
  label: string,
): Promise<string> {
  const rows = open.discord.store.message(messageId)?.components ?? [];
  const button = JSON.stringify(rows).match(
    new RegExp(
      `"custom_id":"([^"]+)"[^}]*"label":"${label}"|"label":"${label}"[^}]*"custom_id":"([^"]+)"`,
    ),
  );
  const customId = button?.[1] ?? button?.[2];
  if (customId === undefined) throw new Error(`no button ${label}: ${JSON.stringify(rows)}`);
  const { interactionId } = open.discord.act.press({ user, messageId, customId });
  await expect.poll(() => result(open, interactionId)).toBeDefined();
  return interactionId;
}

const carryOut = async ({ engine }: House): Promise<void> => {
  await engine.wake();
  await engine.wake();
};

/** What an attempt came to, as the audit has it. */
const result = (open: House, interactionId: string): string | undefined =>
  open.entries('outcome').find(({ id }) => id === interactionId)?.result;

describe('a plan', () => {
  it('is executed when somebody with the role approves it, and not before', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
    // The card becomes the one of the rebalance.
    const card = () => textOf(open.discord.store.message(plan.id));
    await expect.poll(card).toContain('approved by noor.haddad');
    expect(card()).toContain('Rebalanc');
    expect(open.discord.store.message(plan.id)?.components).toEqual([]);
  });

  it('cannot be approved by a person who has lost the role', async () => {
    const open = await house();
    const plan = await ask(open, 'approver', 'preview').then(() =>
      ask(open, 'operator', 'rebalance'),
    );
    open.discord.act.takeRole('approver', 'approver');
    const before = open.entries('command').length;
    const rows = open.discord.store.message(plan.id)?.components ?? [];
    const customId = JSON.stringify(rows).match(/rebalance:approve:[^"]+/)?.[0] ?? '';
    const pressed = open.discord.act.press({ user: 'approver', messageId: plan.id, customId });
    expect(textOf(messageOf(await pressed.final))).toContain('approver role');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    expect(open.entries('command').slice(before)).toMatchObject([
      { allowed: false, result: expect.stringContaining('approver role') },
    ]);
  });

  it('trades once when two people press at the same moment', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    await Promise.allSettled([
      press(open, 'approver', plan.id, 'Approve'),
      press(open, 'second-approver', plan.id, 'Approve'),
    ]);
    await carryOut(open);
    expect(open.entries('answer')).toHaveLength(1);
    expect(new Set(open.sent()).size).toBe(open.sent().length);
    const again = open.sent().length;
    await carryOut(open);
    expect(open.sent()).toHaveLength(again);
  });

  it('trades once when Discord delivers the press twice', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    const interactionId = await press(open, 'approver', plan.id, 'Approve');
    open.discord.act.replay(interactionId);
    await ask(open, 'operator', 'status');
    await carryOut(open);
    expect(open.entries('answer')).toHaveLength(1);
    expect(open.entries('command').filter(({ id }) => id === interactionId)).toHaveLength(1);
  });

  it('keeps its buttons across a restart of the bot', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    await open.bot.stop('deploy');
    // A second connection right after the first would wait.
    open.desk.goTo('2024-07-15', '10:01');
    const { discord, engine, journal, posts, desk } = open;
    open.bot = await openBot(discord, engine, journal, posts, desk);
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
    await expect.poll(() => open.discord.store.message(plan.id)?.components).toEqual([]);
  });

  it('needs two different people above TWO_PERSON_USD', async () => {
    const open = await house({ twoPersonAbove: dollars(1_000) });
    const plan = await ask(open, 'operator', 'rebalance');
    const says = () => JSON.stringify(open.discord.store.message(plan.id)?.embeds);
    expect(says()).toContain('Two people must approve it.');
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    expect(says()).toContain('Approved by noor.haddad.** One more person must approve it.');
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    await press(open, 'second-approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
    await expect.poll(says).toMatch(/approved by noor\.haddad and elise\.brandt/);
  });

  it('is not executed if the first of two approvers has lost the role since', async () => {
    const open = await house({ twoPersonAbove: dollars(1_000) });
    const plan = await ask(open, 'operator', 'rebalance');
    await press(open, 'approver', plan.id, 'Approve');
    open.discord.act.takeRole('approver', 'approver');
    const second = await press(open, 'second-approver', plan.id, 'Approve');
    expect(result(open, second)).toContain('noor.haddad approved this plan and is no approver');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    open.discord.act.giveRole('approver', 'approver');
    await press(open, 'second-approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
  });

  it('is shown again when prices have changed it, and the old one is not executed', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    open.desk.broker.setPrice('XLF', 95);
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    expect(open.entries('answer')).toMatchObject([{ answer: 'replaced' }]);
    // What is told afterwards must not take the new plan's buttons away.
    const { journal, posts } = open;
    await expect.poll(() => journal.since(posts.told(), 1).length).toBe(0);
    const message = open.discord.store.message(plan.id);
    expect(JSON.stringify(message?.embeds)).not.toContain('Replaced plan');
    expect(JSON.stringify(message?.components)).toContain('Approve');
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
  });

  it('that replaced another one keeps its card when the old button is pressed again', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    open.desk.broker.setPrice('XLF', 95);
    await Promise.all([
      press(open, 'approver', plan.id, 'Approve'),
      press(open, 'second-approver', plan.id, 'Approve'),
    ]);
    expect(open.entries('answer')).toMatchObject([{ answer: 'replaced' }]);
    expect(textOf(open.discord.store.message(plan.id))).not.toContain('Replaced plan');
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
  });

  it('keeps its card when the connection breaks right after it was shown', async () => {
    const open = await house();
    open.discord.faults.inject({
      on: 'http',
      method: 'PATCH',
      path: /webhooks/,
      what: { kind: 'reset', after: true },
    });
    const plan = await ask(open, 'operator', 'rebalance');
    await expect.poll(() => open.entries('outcome').at(-1)?.result).toBe('answered');
    await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent().length).toBeGreaterThan(0);
  });

  it('can be approved for ten minutes, and then says that it has expired', async () => {
    const open = await house();
    const plan = await ask(open, 'operator', 'rebalance');
    open.desk.goTo('2024-07-15', '10:11');
    const late = await press(open, 'approver', plan.id, 'Approve');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    expect(result(open, late)).toMatch(/expired/i);
  });
});

describe('a stop', () => {
  it('halts even while Discord is slow', async () => {
    const open = await house();
    open.discord.faults.inject({
      on: 'http',
      path: /callback|webhooks|members/,
      times: 50,
      what: { kind: 'status', status: 503 },
    });
    open.discord.act.slash({ user: 'operator', command: 'halt', options: { reason: 'news' } });
    await expect.poll(() => open.engine.book().state.state).toBe('HALT');
    expect(open.engine.book().state).toMatchObject({ by: 'theo.okafor', reason: 'news' });
  });

  it('of everything shows its form, and lot costs are entered, while Discord is slow to say who has which role', async () => {
    const open = await house();
    open.discord.faults.inject({
      on: 'http',
      path: /members/,
      times: 50,
      what: { kind: 'late', delayMs: 4_000 },
    });
    const asked = open.discord.act.slash({
      user: 'approver',
      command: 'flatten',
      options: { reason: 'leaving' },
    });
    expect((await asked.first).kind).toBe('modal');
    const entered = await ask(open, 'admin', 'lot-cost', { lot: 'none', cost: 5 });
    expect(textOf(entered)).toContain('There is no lot none without a cost.');
  });

  it('sells everything only after the word was typed', async () => {
    const open = await house();
    const { act } = open.discord;
    const options = { reason: 'leaving' };
    const began = act.slash({ user: 'approver', command: 'flatten', options });
    expect((await began.first).kind).toBe('modal');
    const submit = (word: string) =>
      act.submit({ user: 'approver', interactionId: began.interactionId, values: { word } }).final;
    expect(textOf(messageOf(await submit('flatten')))).toContain('Nothing was sold');
    await carryOut(open);
    expect(open.sent()).toEqual([]);
    const again = act.slash({ user: 'approver', command: 'flatten', options });
    await again.first;
    const done = await act.submit({
      user: 'approver',
      interactionId: again.interactionId,
      values: { word: 'FLATTEN' },
    }).final;
    expect(textOf(messageOf(done))).toContain('Everything that Rotor may trade is being sold');
    await carryOut(open);
    expect(open.sent().every((order) => order.startsWith('sell '))).toBe(true);
    expect(open.sent()).toHaveLength(2);
    expect(open.engine.book().state.state).toBe('REDUCE');
  });
});

describe('text that was pasted into an option', () => {
  it('is read without its invisible characters', async () => {
    const open = await house();
    const answer = await ask(open, 'operator', 'explain', { ticker: '\u2066XLK\u200b\u2069' });
    expect(textOf(answer)).toContain('Why XLK Technology');
  });
});
