/** A Discord on this machine: REST and gateway version 10, for the real discord.js. */
import { createServer, type Server } from 'node:http';
import { realTimers, type Timers } from '#core/market-time/real-timers.ts';
import { createLoopbackApp, type LoopbackApp, listenerOf } from '#sandbox/loopback-app.ts';
import { createPersonActions, type PersonActions } from './act.ts';
import { broadcast } from './broadcast.ts';
import { channelRoutes } from './channel-routes.ts';
import { createParts, presenterParts } from './create-parts.ts';
import { createFaultInjector, type FaultInjector } from './fault-injector.ts';
import type { Feed, Presence } from './feed.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { GATEWAY_PATH, gatewayRoutes, listen, readyOf } from './gateway-routes.ts';
import { applicationRoutes, guildRoutes } from './guild-routes.ts';
import { createIdentifyBudget, type IdentifyBudget } from './identify-budget.ts';
import { interactionRoutes } from './interaction-routes.ts';
import type { DiscordParts } from './parts.ts';
import { createPresenter, type Presenter } from './present.ts';
import { RATE_LIMITS, type RateLimits } from './rate-limits.ts';
import { type Exchange, mountRest } from './rest.ts';
import type { Rights } from './rights.ts';
import { openStore, type Store } from './store.ts';
import { threadRoutes } from './thread-routes.ts';
import { cancellable } from './timers.ts';
import { createWorld, type Person, type RoleKey, type World } from './world.ts';

/** Dependencies of createSandboxDiscord; all but the file have defaults. */
export interface SandboxDiscordParts {
  /** 0 picks a free one. */
  readonly port?: number;
  /** File of the channel; undefined keeps it in memory. */
  readonly stateFile: string | undefined;
  /** Milliseconds since 1970, for time limits, rate limits and ids. */
  readonly realNow: () => number;
  /** The time shown on messages, in milliseconds since 1970; `realNow` by default. */
  readonly shownNow?: () => number;
  readonly timers?: Timers;
  readonly token?: string;
  readonly botName?: string;
  readonly rateLimits?: RateLimits;
  /** Number of latest messages kept per channel; 500 by default. */
  readonly messagesKept?: number;
  readonly heartbeatIntervalMs?: number;
  /** IDENTIFYs in 24 hours; 1000 by default. */
  readonly dailyIdentifies?: number;
  /** Privileged intents enabled in the developer portal. */
  readonly allowedIntents?: number;
  readonly observe?: (exchange: Exchange) => void;
}

/** A running Discord, with access for tests. */
export interface SandboxDiscord {
  /** `http://127.0.0.1:PORT/api`: value for `rest.api` of discord.js. */
  readonly apiBase: string;
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  readonly token: string;
  readonly applicationId: string;
  readonly botUserId: string;
  readonly guildId: string;
  readonly channelId: string;
  /** A second text channel. */
  readonly fallbackChannelId: string;
  /** The owner of the guild and the bot. */
  readonly ownerId: string;
  readonly roles: Readonly<Record<RoleKey, string>>;
  /** With their current roles. */
  readonly users: readonly Person[];
  readonly world: World;
  readonly server: Server;
  readonly act: PersonActions;
  readonly faults: FaultInjector;
  readonly feed: Feed;
  readonly store: Store;
  readonly rights: Rights;
  readonly gateway: Gateway;
  readonly identifies: IdentifyBudget;
  /** Message shapes with relative paths, for the page. */
  readonly pageView: Presenter;
  readonly presence: () => Presence | undefined;
  /** Its routes; a page adds its own. */
  readonly app: LoopbackApp;
  /** Runs before the server closes. */
  onClose(closer: () => void): void;
  close(): Promise<void>;
}

const TOKEN = 'sandbox.not-a-secret.local';

/** @throws Error such as EADDRINUSE when the port is unavailable */
export async function createSandboxDiscord(parts: SandboxDiscordParts): Promise<SandboxDiscord> {
  const { realNow } = parts;
  const timers = cancellable(parts.timers ?? realTimers);
  const app = createLoopbackApp();
  const server = createServer(listenerOf(app));
  const baseUrl = await listen(server, parts.port ?? 0);
  const discord = createParts({
    world: createWorld(parts.botName ?? 'Rotor'),
    store: openStore(parts.stateFile, parts.messagesKept),
    baseUrl,
    timers,
    realNow,
    shownNow: parts.shownNow ?? realNow,
    rateLimits: parts.rateLimits ?? RATE_LIMITS,
  });
  const { world, store, feed, rights } = discord;
  const faults = createFaultInjector(realNow);
  const identifies = createIdentifyBudget(store, realNow, parts.dailyIdentifies ?? 1000);
  const host = { parts, discord, server, baseUrl, timers, faults, identifies };
  const { gateway, presence } = openGateway(host);
  openApi(host, app, gateway);
  const closers: (() => void)[] = [];

  return {
    ...idsOf(world),
    apiBase: `${baseUrl}/api`,
    baseUrl,
    token: parts.token ?? TOKEN,
    get users() {
      return discord.people.all();
    },
    ...{ world, server, faults, feed, store, gateway, identifies, rights, presence, app },
    act: createPersonActions({
      ...discord,
      deliver: (payload) => gateway.dispatch('INTERACTION_CREATE', payload),
    }),
    pageView: createPresenter({ ...presenterParts(discord), baseUrl: () => '' }),
    onClose: (closer) => void closers.push(closer),
    close: async () => {
      for (const closer of closers) closer();
      timers.cancelAll();
      gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      store.close();
    },
  };
}

function idsOf({ applicationId, bot, guildId, ownerId, roleIds, ...world }: World) {
  const { channelId, fallbackChannelId } = world;
  const ids = { applicationId, guildId, channelId, fallbackChannelId, ownerId };
  return { ...ids, botUserId: bot.id, roles: roleIds };
}

/** Shared foundation of gateway and API. */
interface Host {
  readonly parts: SandboxDiscordParts;
  readonly discord: DiscordParts;
  readonly server: Server;
  readonly baseUrl: string;
  readonly timers: Timers;
  readonly faults: FaultInjector;
  readonly identifies: IdentifyBudget;
}

/** The gateway, and the bot's presence on it. */
function openGateway({ parts, discord, server, baseUrl, timers, faults, identifies }: Host): {
  readonly gateway: Gateway;
  presence(): Presence | undefined;
} {
  const { feed, present } = discord;
  let presence: Presence | undefined;
  const gateway = createGateway({
    server,
    path: GATEWAY_PATH,
    token: parts.token ?? TOKEN,
    timers,
    realNow: parts.realNow,
    faults,
    budget: identifies,
    heartbeatIntervalMs: parts.heartbeatIntervalMs ?? 41_250,
    allowedIntents: parts.allowedIntents ?? 0,
    nextId: discord.ids.next,
    welcome: () => ({
      ready: readyOf(discord, baseUrl),
      next: [['GUILD_CREATE', present.guildCreate()]],
    }),
    onPresence: (next) => {
      presence = next;
      feed.publish({ kind: 'presence', presence });
    },
  });
  broadcast({ gateway, ...discord });
  return { gateway, presence: () => presence };
}

function openApi(
  { parts, discord, baseUrl, timers, faults, identifies }: Host,
  app: LoopbackApp,
  gateway: Gateway,
): void {
  const { token = TOKEN } = parts;
  mountRest(app, {
    routes: [
      ...gatewayRoutes(baseUrl, identifies),
      ...channelRoutes(discord),
      ...threadRoutes(discord),
      ...interactionRoutes(discord),
      ...applicationRoutes(discord),
      ...guildRoutes(discord),
    ],
    authorization: () => (gateway.tokenHolds() ? `Bot ${token}` : undefined),
    limiter: discord.limiter,
    faults,
    timers,
    observe: parts.observe ?? (() => undefined),
  });
}
