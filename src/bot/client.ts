/** The bot: one connection to Discord, the desk on its wall, the outbox, and who asks for what. */
import type { Interaction } from 'discord.js';
import type { Model } from '#core/domain/model.ts';
import type { Engine } from '#core/engine.ts';
import type { Clock, Journal, Log, PostBook } from '#core/ports.ts';
import type { AccessRules } from './access.ts';
import { createDraw } from './charts/draw.ts';
import type { Command, DiscordHealth, WallOf } from './command.ts';
import { publishCommands } from './definitions.ts';
import { createDesk, type Desk } from './desk.ts';
import { connect, type Gateway } from './gateway.ts';
import { toRequest } from './interactions.ts';
import { createKeeper } from './keeper.ts';
import { runLoop, tryOnce } from './loop.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createRouter } from './router.ts';

export interface BotParts {
  readonly discord: {
    readonly token: string;
    readonly apiBase: string;
    readonly guildId: string;
    readonly channelId: string;
    readonly viewerRoleId?: string | undefined;
    readonly operatorRoleId?: string | undefined;
    readonly approverRoleId?: string | undefined;
    readonly adminRoleId?: string | undefined;
    readonly alertRoleId?: string | undefined;
    readonly fallbackChannelId?: string | undefined;
    readonly ownerId?: string | undefined;
    readonly quietHours?: { readonly from: number; readonly to: number } | undefined;
  };
  /** A QuickChart server; undefined draws in the process. */
  readonly chartServer?: string | undefined;
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly journal: Journal;
  readonly posts: PostBook;
  /** The desk's clock: what is shown. */
  readonly clock: Clock;
  /** Real time, for everything that Discord is asked; the desk's clock unless given. */
  readonly realClock?: Clock | undefined;
  readonly log: Log;
  readonly commands: readonly Command[];
  /** The same instant unless given. */
  readonly wallOf?: WallOf | undefined;
  /** Every setting by its variable's name, secrets left out. */
  readonly settings: readonly (readonly [string, string])[];
  /** Trying again cannot help; the process should end with its own exit code. */
  readonly onFatal: (reason: string) => void;
}

export interface Bot {
  /** Begins to connect and resolves at once: trading never waits for Discord. */
  start(): Promise<void>;
  /** Last words, the header says offline, then the connection is closed. */
  stop(reason: string): Promise<void>;
  /** Milliseconds to Discord and back; undefined while not connected. */
  lagMs(): number | undefined;
}

const TELL_EVERY_MS = 1_000;
const DESK_EVERY_MS = 500;
const CONNECT_EVERY_MS = 1_000;
const LAST_WORDS_MS = 10_000;

interface Session {
  readonly gateway: Gateway;
  readonly desk: Desk;
  readonly outbox: Outbox;
}

export function createBot(parts: BotParts): Bot {
  const { discord, engine, models, journal, posts, clock, log, commands } = parts;
  const pace = parts.realClock ?? clock;
  const draw = createDraw(parts.chartServer);
  const stopping = new AbortController();
  const { alertRoleId, guildId } = discord;
  const router = createRouter({
    rules: rulesOf(discord),
    engine,
    models,
    commands,
    clock,
    pace,
    log,
    keep: (subject, messageId, channelId) =>
      posts.save(subject, { channelId, messageId, contentHash: '' }),
    discord: health,
    settings: parts.settings,
    wallOf: parts.wallOf ?? ((at) => at),
  });
  let session: Session | undefined;
  let work = Promise.resolve();
  let dead = false;

  function health(): DiscordHealth {
    const owed = Math.max(0, engine.book().seq - posts.told());
    return { lagMs: session?.gateway.lagMs(), missing: [], owed, problem: undefined };
  }

  function onFatal(reason: string): void {
    if (dead) return;
    dead = true;
    log.error(reason);
    stopping.abort();
    parts.onFatal(reason);
  }

  function onInteraction(interaction: Interaction): void {
    const request = toRequest(interaction, draw, log);
    if (request) void router.handle(request);
  }

  async function open(): Promise<Session> {
    const gateway = await connect({ discord, log, onInteraction, onFatal });
    if (stopping.signal.aborted) {
      await gateway.destroy();
      throw new Error('connected after Rotor was stopped');
    }
    const { channel } = gateway;
    const birth = (): string => String(journal.since(0, 1)[0]?.at ?? '');
    const keeper = createKeeper({ channel, posts, draw, log, birth });
    const desk = createDesk({ engine, models, keeper, clock, pace });
    const outbox = createOutbox({ engine, journal, posts, keeper, pace, alertRoleId });
    session = { gateway, desk, outbox };
    return session;
  }

  /** Connects first, however long that takes; then the wall, then the news. */
  async function run(): Promise<void> {
    const { signal } = stopping;
    const connected = new AbortController();
    const either = AbortSignal.any([signal, connected.signal]);
    const beat = { pace, log };
    const connecting = async (): Promise<void> => {
      const { gateway, desk } = session ?? (await open());
      await publishCommands(gateway, posts, guildId, commands);
      await desk.open();
      await desk.refresh();
      log.info('Discord: ready');
      connected.abort();
    };
    await runLoop({
      ...beat,
      name: 'Discord',
      task: connecting,
      everyMs: CONNECT_EVERY_MS,
      signal: either,
    });
    if (!session || signal.aborted) return;
    const { desk, outbox } = session;
    await Promise.all([
      runLoop({ ...beat, name: 'desk', task: desk.refresh, everyMs: DESK_EVERY_MS, signal }),
      runLoop({ ...beat, name: 'outbox', task: outbox.tell, everyMs: TELL_EVERY_MS, signal }),
    ]);
  }

  return {
    start: async () => {
      work = run();
    },
    stop: async (reason) => {
      router.close();
      stopping.abort();
      const last = { pace, log };
      await tryOnce({ ...last, name: 'Discord', task: () => work }, LAST_WORDS_MS);
      if (!session) return;
      const { gateway, desk, outbox } = session;
      desk.close();
      await tryOnce({ ...last, name: 'interactions', task: router.idle }, LAST_WORDS_MS);
      await tryOnce({ ...last, name: 'outbox', task: outbox.tell }, LAST_WORDS_MS);
      await tryOnce({ ...last, name: 'desk', task: () => desk.offline(reason) }, LAST_WORDS_MS);
      await gateway.destroy();
    },
    lagMs: () => session?.gateway.lagMs(),
  };
}

function rulesOf(discord: BotParts['discord']): AccessRules {
  return {
    guildId: discord.guildId,
    channelIds: [discord.channelId, discord.fallbackChannelId].filter((id) => id !== undefined),
    viewerRoleId: discord.viewerRoleId,
    operatorRoleId: discord.operatorRoleId,
    approverRoleId: discord.approverRoleId,
    adminRoleId: discord.adminRoleId,
  };
}
