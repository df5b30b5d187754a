/** The bot: one connection to Discord, the dashboard, the outbox and the interaction router. */
import type { Interaction } from 'discord.js';
import type { Recorded } from '#core/domain/entry.ts';
import { AUDITED } from '#core/domain/journal-events/table.ts';
import type { Model } from '#core/domain/model.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clocks, Journal, Log, PostBook } from '#core/ports.ts';
import type { Studies } from '#core/studies.ts';
import type { QuietHours } from './alerts/quiet-hours-digest.ts';
import { createDraw, type Draw } from './charts/draw.ts';
import { type CircuitBreaker, createCircuitBreaker } from './discord/circuit-breaker.ts';
import { connect, type GatewayChange } from './discord/gateway.ts';
import { createIdentifyBudget } from './discord/identify-budget.ts';
import { publishCommands } from './discord/register-commands.ts';
import { toRequest } from './discord/to-request.ts';
import type { AccessRules } from './interactions/access.ts';
import type { Command, DiscordHealth, Settings } from './interactions/command.ts';
import { createRouter, type Router, type RouterParts } from './interactions/router.ts';
import { FINISHING_MS, type RunParts, runJobs, sendGoodbye } from './jobs.ts';
import { tryOnce } from './loop.ts';
import { noteCard } from './messages/open-cards.ts';
import { createLateness, type Lateness } from './messages/outbox.ts';
import { toMessage } from './messages/render-message.ts';
import type { Session } from './session.ts';

/** Dependencies of createBot. */
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
    /** Where each configurable kind of message goes; defaults if omitted. */
    readonly notify?: NoticePlaces | undefined;
  };
  /** URL of a QuickChart server; undefined draws charts locally. */
  readonly chartServer?: string | undefined;
  /** Whether automatic rebalances need approval; false by default. */
  readonly needsApproval?: boolean;
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly journal: Journal;
  readonly posts: PostBook;
  readonly clocks: Clocks;
  readonly log: Log;
  /** Loads the commands, which the connection and the dashboard do not need. */
  readonly loadCommands: () => Promise<readonly Command[]>;
  readonly settings: Settings;
  /** Backtests and other computations outside of trading; none if omitted. */
  readonly studies?: Studies | undefined;
  /** Called when retrying cannot help; the process should end with its own exit code. */
  readonly onFatal: (reason: string) => void;
  /**
   * Called once when Discord blocks this machine for a minute or more, so that messages cannot be
   * delivered.
   */
  readonly onBlocked?: ((text: string) => void) | undefined;
  /** Called after each step of the start, to measure how long each takes. */
  readonly mark?: ((step: string) => void) | undefined;
}

/** Rotor's Discord bot. */
export interface Bot {
  /** Starts connecting and resolves at once: trading never waits for Discord. */
  start(): Promise<void>;
  /** Sends the shutdown messages, marks the header offline and closes the connection. */
  stop(reason: string): Promise<void>;
  /** Round-trip time to Discord in milliseconds; undefined while not connected. */
  lagMs(): number | undefined;
  connected(): boolean;
  /** Current health of the Discord connection. */
  health(): DiscordHealth;
}

/** Current state of the connection. */
interface State {
  readonly stopping: AbortController;
  /** By job: why its last run failed. */
  readonly problems: Map<string, string>;
  /** Shared by all connections. */
  readonly breaker: CircuitBreaker;
  session: Session | undefined;
  /** The server may be missing the commands. */
  commandsDue: boolean;
  /** The role problems that were logged last. */
  roleProblems: readonly string[];
}

interface Running extends BotParts {
  readonly draw: Draw;
  readonly lateness: Lateness;
  readonly health: () => DiscordHealth;
  readonly state: State;
}

/** Creates the bot; it connects when started. */
export function createBot(parts: BotParts): Bot {
  const { engine, log } = parts;
  const { wall } = parts.clocks;
  const breaker = createCircuitBreaker({ wall, log, onBlocked: parts.onBlocked });
  const stopping = new AbortController();
  const state: State = {
    stopping,
    problems: new Map(),
    breaker,
    session: undefined,
    commandsDue: true,
    roleProblems: [],
  };
  const lateness = createLateness(wall, engine.book().seq);
  const forget = engine.listen((event) => {
    if (event.kind === 'recorded') lateness.note(event.recorded.seq);
  });
  const health = (): DiscordHealth => healthOf(parts, state);
  const draw = createDraw(parts.chartServer);
  const running: Running = { ...parts, draw, lateness, health, state };
  const router = createRouter(routerParts(running));
  const open = createSessionOpener(running, (interaction) => {
    const request = toRequest(interaction, (post) => toMessage(post, draw, log));
    if (request) void router.handle(request);
  });
  let work = Promise.resolve();

  return {
    start: async () => {
      work = runJobs(jobsParts(running, open, router.load));
    },
    stop: async (reason) => {
      router.close();
      state.stopping.abort();
      forget();
      await tryOnce({ wall, log, name: 'Discord', task: () => work }, FINISHING_MS);
      if (state.session) await sendGoodbye(state.session, { wall, log, idle: router.idle, reason });
    },
    connected: () => state.session?.gateway.connected() ?? false,
    lagMs: () => state.session?.gateway.lagMs(),
    health,
  };
}

function healthOf(
  { journal, posts }: BotParts,
  { session, problems, breaker }: State,
): DiscordHealth {
  const owed = journal.since(posts.told(), MAX_COUNTED).filter(isForPeople).length;
  const away = session?.fallbacks.map((each) => each.problem()).find((each) => each);
  const [problem = away] = problems.values();
  const { gateway } = session ?? {};
  return {
    connected: gateway?.connected() ?? false,
    lagMs: gateway?.lagMs(),
    missing: gateway?.missing() ?? [],
    roles: gateway?.roleProblems() ?? [],
    owed,
    problem: breaker.problem() ?? problem,
  };
}

function routerParts(running: Running): RouterParts {
  const { discord, engine, models, loadCommands, clocks, log, posts, settings, health } = running;
  const { studies } = running;
  return {
    rules: rulesOf(discord),
    engine,
    models,
    loadCommands,
    clocks,
    log,
    keep: (subject, kept) => noteCard(posts, subject, kept),
    discord: health,
    settings,
    notify: discord.notify,
    deliver: async (...given) => (await running.state.session?.deliver(...given)) ?? 'closed',
    studies,
  };
}

/** Connects and creates a session over the connection. */
function createSessionOpener(
  running: Running,
  onInteraction: (interaction: Interaction) => void,
): () => Promise<Session> {
  const { discord, posts, clocks, log, lateness, state } = running;
  const { signal } = state.stopping;
  const budget = createIdentifyBudget({ posts, wall: clocks.wall, log });
  let dead = false;

  function onFatal(reason: string): void {
    if (dead) return;
    dead = true;
    log.error(reason);
    state.stopping.abort();
    running.onFatal(reason);
  }

  /** Changes that people made to the dashboard are repaired with the next refresh. */
  function onTouched(touched: GatewayChange): void {
    const { session } = state;
    if (touched.kind === 'commands') state.commandsDue = true;
    if (touched.kind === 'rights') {
      for (const each of session?.fallbacks ?? []) each.retryNow();
      sayRoleProblems(running);
    }
    session?.dashboard.touched(touched.kind === 'messages' ? touched.ids : undefined);
  }

  return async () => {
    const { breaker } = state;
    const options = { discord, log, onInteraction, onFatal, budget, breaker, onTouched, signal };
    // Loaded while Discord answers.
    const [gateway, { createSession }] = await Promise.all([
      connect(options),
      import('./session.ts'),
    ]);
    if (signal.aborted) {
      await gateway.destroy();
      throw new Error('connected after Rotor was stopped');
    }
    running.mark?.('Discord');
    state.session = createSession({ ...running, rules: rulesOf(discord) }, gateway, lateness);
    sayRoleProblems(running);
    return state.session;
  };
}

/** Logs each role problem once for as long as it lasts. */
function sayRoleProblems({ log, state }: Running): void {
  const now = state.session?.gateway.roleProblems() ?? [];
  for (const problem of now) {
    if (!state.roleProblems.includes(problem)) log.warn(`Discord roles: ${problem}`);
  }
  state.roleProblems = now;
}

/** A ban is noticed within a minute even when nothing is sent: two probes fit into it. */
const SILENT_MS = 25_000;

function jobsParts(
  running: Running,
  open: () => Promise<Session>,
  loadCommands: Router['load'],
): RunParts {
  const { discord, posts, clocks, log, state } = running;
  return {
    open,
    publish: async () => {
      const { session, commandsDue } = state;
      if (!session || !commandsDue) return;
      // A request that arrives while Discord answers makes it due again.
      state.commandsDue = false;
      try {
        const commands = await loadCommands();
        await publishCommands(session.gateway, posts, discord.guildId, commands, log);
      } catch (error) {
        state.commandsDue = true;
        throw error;
      }
    },
    probe: async () => {
      const silentMs = state.breaker.silentMs() ?? SILENT_MS;
      if (silentMs >= SILENT_MS) await state.session?.gateway.probe();
    },
    wall: clocks.wall,
    log,
    signal: state.stopping.signal,
    onResult: (name, problem) => {
      if (problem === undefined) state.problems.delete(name);
      else state.problems.set(name, problem);
    },
    onPosted: () => running.mark?.('header'),
  };
}

/** Undelivered entries are counted up to this number. */
const MAX_COUNTED = 1_000;

/** Attempts belong to the audit only; otherwise asking for the backlog would add to it. */
function isForPeople({ entry }: Recorded): boolean {
  return !AUDITED.includes(entry.kind);
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
