/** Every message that a desk in a given state shows: the wall, the news, every command's answer. */
import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';
import { createApprovalCalls } from '#bot/alerts/approval-calls.ts';
import { createEscalation, waitMinutes } from '#bot/alerts/escalation.ts';
import { createIncidents } from '#bot/alerts/incidents.ts';
import type { Draw } from '#bot/charts/draw.ts';
import { createDashboard } from '#bot/dashboard.ts';
import type { Message } from '#bot/discord/channel.ts';
import type { Context, Options } from '#bot/interactions/command.ts';
import { cardPost } from '#bot/messages/cards.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { toMessage } from '#bot/messages/render-message.ts';
import type { Post } from '#bot/post.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { COMMANDS } from '#commands/list.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Bars } from '#core/domain/bar.ts';
import type { Decision, NoDecision } from '#core/domain/decision.ts';
import { epochMs } from '#core/domain/units.ts';
import { proposalView } from '#core/views/plan.ts';
import { MODELS } from '#models/list.ts';
import { settingsOf } from '#src/config/settings.ts';
import { market } from './bars.ts';
import { handChannel } from './channel.ts';
import { leapingClock } from './clock.ts';
import { decided } from './deciding.ts';
import { handEngine, memoryPosts, NOW, noDecision } from './desk.ts';
import { memoryJournal } from './journal.ts';
import { silentLog } from './log.ts';
import { outboxOver } from './outbox.ts';
import type { State } from './states.ts';
import { answering } from './studies.ts';

export interface Scene {
  /** `wall 1`, `news 3`, `/orders state:open`. */
  readonly name: string;
  readonly message: Message;
}

export interface SceneOptions {
  readonly draw: Draw;
  /** What people type into commands that take words. */
  readonly words?: string;
  readonly bars?: Bars;
  /** Whom critical messages mention; nobody unless given. */
  readonly alertRoleId?: string;
}

/** A machine by hand with that journal and that view of the world. */
function houseOf(state: State, bars: Bars) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const outcome = (): Decision | NoDecision =>
    state.seen.data.missing
      ? noDecision(state.seen.data.missing.reason)
      : (state.plan ?? decided());
  const engine = { ...handEngine(journal, clock, outcome), bars: () => state.bars ?? bars };
  for (const { at, entry } of state.entries) {
    clock.set(at);
    journal.append(entry);
  }
  clock.set(NOW);
  engine.see(state.seen);
  return { clock, journal, engine };
}

export async function scenesOf(state: State, options: SceneOptions): Promise<readonly Scene[]> {
  return [...(await wallAndNews(state, options)), ...(await answers(state, options))];
}

async function wallAndNews(
  state: State,
  { draw, bars = BARS, alertRoleId }: SceneOptions,
): Promise<Scene[]> {
  const { clock, journal, engine } = houseOf(state, bars);
  const posts = memoryPosts();
  const channel = handChannel();
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log: silentLog,
    journalCreatedAt: () => '1',
  });
  const desk = createDashboard({
    engine,
    models: MODELS,
    messageStore,
    clocks: { market: clock, wall: clock },
  });
  await desk.refresh();
  const wall = channel.messages.size;
  const incidents = createIncidents();
  const shared = { incidents, posts, messageStore, wall: clock, alertRoleId };
  const outbox = outboxOver({ ...shared, engine, journal });
  posts.markTold(state.told ?? 0);
  await outbox.tell();
  const news = channel.messages.size;
  for (const id of journal.book().proposals.keys()) {
    const view = proposalView(journal.book(), state.seen, id, clock.now());
    if (view) await messageStore.upsert(`proposal:${id}`, proposalPost(view), { sound: 'normal' });
  }
  const plans = channel.messages.size;
  const cards = { ...shared, engine };
  for (const subject of furtherCards(journal.book())) {
    const post = cardPost(cards, subject);
    if (post) await messageStore.upsert(subject, post, { sound: 'normal' });
  }
  const further = channel.messages.size;
  const calls = createApprovalCalls({
    ...cards,
    clocks: { market: clock, wall: clock },
    ...{ guildId: '1', needsApproval: true, roleId: alertRoleId },
    direct: async () => channel.at('dm'),
    mayApprove: async () => true,
  });
  await calls.run();
  clock.set(epochMs(NOW + 8 * 60_000));
  await calls.run();
  const called = channel.messages.size;
  const escalation = createEscalation({ ...shared, mode: () => state.seen.mode });
  await escalation.run();
  clock.set(epochMs(NOW + waitMinutes(0) * 60_000));
  await escalation.run();
  const [header] = channel.messages.keys();
  const said = [...channel.messages.values()].map((message, index) => ({
    name: nameOf(index, [
      ['wall', wall],
      ['news', news],
      ['plan', plans],
      ['card', further],
      ['direct', called],
      ['reminder', Number.POSITIVE_INFINITY],
    ]),
    message,
  }));
  await desk.offline('deploy');
  const gone = channel.messages.get(header ?? '');
  return [...said, ...(gone ? [{ name: 'wall offline', message: gone }] : [])];
}

/** Answers to commands that the journal changes later, beside plans. */
function furtherCards({ roleProposals, raised }: AccountState): readonly string[] {
  return [
    ...[...roleProposals.keys()].map((id) => `role:${id}`),
    ...(raised.size > 0 ? ['raised:1'] : []),
  ];
}

/** The first kind whose end lies behind the index, and the number within it. */
function nameOf(index: number, ends: readonly (readonly [kind: string, end: number])[]): string {
  const found = ends.findIndex(([, end]) => index < end);
  return `${ends[found]?.[0]} ${index - (ends[found - 1]?.[1] ?? 0) + 1}`;
}

const BARS = market({ XLK: 0.2, XLE: 0.15, XLV: 0.1, XLF: 0.02 });

/** Every command alone and with each choice of its options, and its buttons' effect on the answer. */
async function answers(
  state: State,
  { draw, words = 'because', bars = BARS }: SceneOptions,
): Promise<Scene[]> {
  const scenes: Scene[] = [];
  for (const command of COMMANDS) {
    const { clock, engine } = houseOf(state, bars);
    const context = (options: Options): Context => ({
      engine,
      models: MODELS,
      commands: COMMANDS,
      asker: { id: 'i', name: words, bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
      options,
      discord: {
        connected: true,
        lagMs: 42,
        missing: ['Pin Messages'],
        owed: 3,
        problem: undefined,
      },
      settings: [
        ...settingsOf({ MAX_GROSS: '1.2' }).filter(([name]) => name !== 'CHART_SERVER'),
        ['CHART_SERVER', words],
      ],
      studies: answering(),
      now: { market: NOW, wall: clock.now() },
    });
    for (const options of optionSets(command, context(new Map()), words)) {
      const answer = await command.run(context(options), '');
      const typed = [...options].map(([name, value]) => ` ${name}:${value}`).join('');
      const name = `/${command.definition.name}${typed}`;
      if ('form' in answer) {
        const { id, fields } = answer.form;
        const form = command.forms?.find(({ prefix }) => id.startsWith(prefix));
        for (const fill of ['as asked', words]) {
          const filled = fields.map(
            (each) => [each.id, fill === words ? words : (each.placeholder ?? words)] as const,
          );
          const done = await form?.run(context(new Map(filled)), id.slice(form.prefix.length));
          if (!done || 'form' in done) continue;
          scenes.push({ name: `${name} form ${fill}`, message: await drawn(done.post, draw) });
        }
        continue;
      }
      const post = (await answer.later) ?? answer.post;
      scenes.push({ name, message: await drawn(post, draw) });
    }
  }
  return scenes;
}

const drawn = (post: Post, draw: Draw): Promise<Message> => toMessage(post, draw, silentLog);

type Declared = NonNullable<RESTPostAPIChatInputApplicationCommandsJSONBody['options']>[number];

/** Nothing, then each option alone with up to three of its values; required ones always. */
function optionSets(
  command: Context['commands'][number],
  context: Context,
  words: string,
): readonly Options[] {
  const declared = command.definition.options ?? [];
  const valuesOf = (option: Declared): readonly (string | number | boolean)[] => {
    if ('choices' in option && option.choices) return option.choices.map(({ value }) => value);
    const offered = command.complete?.(context, '', option.name).map(({ value }) => value) ?? [];
    return [...offered.slice(0, 3), ...(option.type === 5 ? [true] : [words])];
  };
  const required = declared.filter((option) => 'required' in option && option.required === true);
  const base = new Map(required.map((option) => [option.name, valuesOf(option)[0] ?? words]));
  const single = declared.flatMap((option) =>
    valuesOf(option).map((value) => new Map([...base, [option.name, value]])),
  );
  return [...(required.length === 0 ? [base] : []), ...single];
}
