/** The bot over the real discord.js and the sandbox's Discord, in time that a test drives. */
import { expect } from 'vitest';
import { type Bot, type BotParts, createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import { epochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Journal, Log, PostBook } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord, SandboxDiscordParts } from '#sandbox/discord/server.ts';
import { startDiscord } from '#tests/sandbox/discord/support.ts';
import { leapingClock } from './clock.ts';
import { type HandEngine, handEngine, memoryPosts, NOW, observation } from './desk.ts';
import { memoryJournal } from './journal.ts';
import { silentLog } from './log.ts';
import { createManualTime, type ManualTime } from './manual-time.ts';

export interface House {
  readonly discord: SandboxDiscord;
  readonly pace: ManualTime;
  readonly journal: Journal;
  readonly posts: PostBook;
  readonly warnings: string[];
  readonly fatal: string[];
  /** What was told outside of Discord. */
  readonly blocked: string[];
  /** `POST /channels/1/messages`, as they came. */
  readonly requests: string[];
  open(options?: Partial<BotParts['discord']>): Promise<Bot>;
  /** Ends every bot that was opened, then Discord. */
  close(): Promise<void>;
}

export interface HandHouse extends House {
  readonly engine: HandEngine;
}

export interface HouseParts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly posts?: PostBook;
  readonly pace?: ManualTime;
  readonly discord?: Partial<SandboxDiscordParts>;
}

/** A machine by hand behind the bot. */
export async function handHouse(parts: Partial<SandboxDiscordParts> = {}): Promise<HandHouse> {
  const pace = createManualTime(NOW);
  const journal = memoryJournal(leapingClock(NOW));
  const engine = handEngine(journal, pace);
  engine.see(observation());
  const house = await openHouse({ engine, journal, pace, discord: parts });
  return Object.assign(house, { engine });
}

export async function openHouse(parts: HouseParts): Promise<House> {
  const { engine, journal, pace = createManualTime(NOW), posts = memoryPosts() } = parts;
  const requests: string[] = [];
  const warnings: string[] = [];
  const fatal: string[] = [];
  const blocked: string[] = [];
  const discord = await startDiscord({
    rateLimits: UNLIMITED,
    realNow: pace.now,
    observe: ({ method, path }) => void requests.push(`${method} ${path}`),
    ...parts.discord,
  });
  const log: Log = { ...silentLog, warn: (text) => void warnings.push(text) };
  const bots: Bot[] = [];
  const open = async (options: Partial<BotParts['discord']> = {}): Promise<Bot> => {
    const bot = createBot({
      discord: {
        token: discord.token,
        apiBase: discord.apiBase,
        guildId: discord.guildId,
        channelId: discord.channelId,
        viewerRoleId: discord.roles.viewer,
        operatorRoleId: discord.roles.operator,
        alertRoleId: discord.roles.alert,
        ...options,
      },
      engine,
      models: MODELS,
      journal,
      posts,
      clocks: { market: leapingClock(epochMs(NOW)), wall: pace },
      log,
      loadCommands: async () => COMMANDS,
      settings: [],
      onFatal: (reason) => void fatal.push(reason),
      onBlocked: (text) => void blocked.push(text),
    });
    await bot.start();
    bots.push(bot);
    return bot;
  };
  const close = async (): Promise<void> => {
    await driven(pace, Promise.all(bots.map((bot) => bot.stop('the test is over'))));
    await discord.close();
  };
  return { discord, pace, journal, posts, warnings, fatal, blocked, requests, open, close };
}

/** Time goes on until it is done. */
export async function driven<T>(pace: ManualTime, work: Promise<T>, stepMs = 500): Promise<T> {
  const state = { done: false };
  const result = work.finally(() => {
    state.done = true;
  });
  await expect
    .poll(
      () => {
        pace.advance(stepMs);
        return state.done;
      },
      { interval: 5 },
    )
    .toBe(true);
  return result;
}

/** Time goes on, half a second at a time, until the value is as expected. */
export function eventually<T>({ pace }: Pick<House, 'pace'>, read: () => T, stepMs = 500) {
  return expect.poll(
    () => {
      pace.advance(stepMs);
      return read();
    },
    { interval: 5 },
  );
}

/** How many commands a person may use: they are published after the posts, so at first there are none. */
export const commandCount = ({ discord }: Pick<House, 'discord'>): number =>
  discord.act.commands({ user: 'admin' }).length;

/** Lines that Discord itself writes: pinned, a thread was begun, what a thread hangs on. */
const isWords = ({ type }: StoredMessage): boolean => ![6, 18, 21].includes(type);

/** What stands in a channel or thread, oldest first; the desk's channel unless said otherwise. */
export function messagesIn(
  { discord }: Pick<House, 'discord'>,
  channelId = discord.channelId,
): readonly StoredMessage[] {
  return discord.store
    .messagesOf(channelId, { limit: 100, withPrivate: false })
    .filter(isWords)
    .reverse();
}

export function titleOf(message: StoredMessage | undefined): string {
  return String(message?.embeds[0]?.['title']);
}

export function titlesIn(house: Pick<House, 'discord'>, channelId?: string): readonly string[] {
  return messagesIn(house, channelId).map(titleOf);
}
