/** The bot: one connection to Discord, the desk on its wall, the outbox, and who asks for what. */
import type { Interaction } from 'discord.js';
import type { Recorded } from '#core/domain/entry.ts';
import type { Model } from '#core/domain/model.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clock, Journal, Log, PostBook } from '#core/ports.ts';
import { createDraw } from './charts/draw.ts';
import { connect, type Touched } from './discord/gateway.ts';
import { createIdentifyBudget } from './discord/identify-budget.ts';
import { publishCommands } from './discord/register-commands.ts';
import { toRequest } from './discord/to-request.ts';
import type { AccessRules } from './interactions/access.ts';
import type { Command, DiscordHealth, Settings } from './interactions/command.ts';
import { createRouter } from './interactions/router.ts';
import { tryOnce } from './loop.ts';
import { createLateness } from './messages/delay.ts';
import type { QuietHours } from './quiet.ts';
import { FINISHING_MS, runSession, sayFarewell } from './run.ts';
import { createSession, type Session } from './session.ts';

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
    readonly quietHours?: QuietHours | undefined;
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
  readonly settings: Settings;
  /** Trying again cannot help; the process should end with its own exit code. */
  readonly onFatal: (reason: string) => void;
  /** Told after each step of the start: where its seconds go. */
  readonly mark?: ((step: string) => void) | undefined;
}

export interface Bot {
  /** Begins to connect and resolves at once: trading never waits for Discord. */
  start(): Promise<void>;
  /** Last words, the header says offline, then the connection is closed. */
  stop(reason: string): Promise<void>;
  /** Milliseconds to Discord and back; undefined while not connected. */
  lagMs(): number | undefined;
  connected(): boolean;
  /** As of now. */
  health(): DiscordHealth;
}

export function createBot(parts: BotParts): Bot {
  const { discord, engine, models, journal, posts, clock, log, commands } = parts;
  const pace = parts.realClock ?? clock;
  const draw = createDraw(parts.chartServer);
  const stopping = new AbortController();
  const { guildId } = discord;
  const budget = createIdentifyBudget({ posts, pace, log });
  const lateness = createLateness(pace, engine.book().seq);
  const forget = engine.listen((event) => {
    if (event.kind === 'recorded') lateness.note(event.recorded.seq);
  });
  /** By loop: why its last run failed. */
  const problems = new Map<string, string>();
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
  });
  let session: Session | undefined;
  let work = Promise.resolve();
  let dead = false;

  function health(): DiscordHealth {
    const owed = journal.since(posts.told(), MOST_COUNTED).filter(isTold).length;
    const away = session?.deliveries.map((each) => each.problem()).find((each) => each);
    const [problem = away] = problems.values();
    const { gateway } = session ?? {};
    return {
      connected: gateway?.connected() ?? false,
      lagMs: gateway?.lagMs(),
      missing: gateway?.missing() ?? [],
      owed,
      problem,
    };
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

  /** Whatever people did to the wall is looked after with the next refresh. */
  function onTouched(touched: Touched): void {
    if (touched.kind === 'rights') for (const each of session?.deliveries ?? []) each.hope();
    session?.desk.touched(touched.kind === 'messages' ? touched.ids : undefined);
  }

  async function open(): Promise<Session> {
    const { signal } = stopping;
    const gateway = await connect({
      discord,
      log,
      onInteraction,
      onFatal,
      budget,
      onTouched,
      signal,
    });
    if (signal.aborted) {
      await gateway.destroy();
      throw new Error('connected after Rotor was stopped');
    }
    parts.mark?.('Discord');
    session = createSession({ ...parts, pace, draw, health }, gateway, lateness);
    return session;
  }

  function onResult(name: string, problem: string | undefined): void {
    if (problem === undefined) problems.delete(name);
    else problems.set(name, problem);
  }

  async function publish({ gateway }: Session): Promise<void> {
    await publishCommands(gateway, posts, guildId, commands);
  }

  return {
    start: async () => {
      const { signal } = stopping;
      const onPosted = () => parts.mark?.('header');
      work = runSession({ open, publish, pace, log, signal, onResult, onPosted });
    },
    stop: async (reason) => {
      router.close();
      stopping.abort();
      forget();
      await tryOnce({ pace, log, name: 'Discord', task: () => work }, FINISHING_MS);
      if (session) await sayFarewell(session, { pace, log, idle: router.idle, reason });
    },
    connected: () => session?.gateway.connected() ?? false,
    lagMs: () => session?.gateway.lagMs(),
    health,
  };
}

/** So many untold entries are counted; more are as bad. */
const MOST_COUNTED = 1_000;

/** Attempts are for the audit: whoever asks what is owed must not be counted. */
function isTold({ entry }: Recorded): boolean {
  return entry.kind !== 'command' && entry.kind !== 'outcome';
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
