/** The discord.js connection to one server and channel. Recognises Discord's errors by their codes. */

import { once } from 'node:events';
import {
  Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits,
  type Guild,
  type Interaction,
  Partials,
  PermissionFlagsBits,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
  Status,
  type WebSocketShard,
} from 'discord.js';
import { errorCode, firstLine } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import type { Channel } from './channel.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { createChannels } from './discord-channel.ts';
import type { IdentifyBudget } from './identify-budget.ts';
import { type RoleSettings, roleProblems } from './role-problems.ts';
import { rolesOf } from './roles-of.ts';

/** Dependencies of connect. */
export interface GatewayParts {
  readonly discord: {
    readonly token: string;
    readonly apiBase: string;
    readonly channelId: string;
  } & RoleSettings;
  readonly log: Log;
  readonly onInteraction: (interaction: Interaction) => void;
  /** Called when retrying cannot help: the token or the intents are wrong. At most once. */
  readonly onFatal: (reason: string) => void;
  /** If omitted, sessions start as in discord.js. */
  readonly budget?: IdentifyBudget | undefined;
  /** If omitted, requests are sent as in discord.js. */
  readonly breaker?: Pick<CircuitBreaker, 'request'> | undefined;
  /** Someone deleted or unpinned a message, or changed a channel's permissions. */
  readonly onTouched?: ((what: GatewayChange) => void) | undefined;
  /** Aborts the wait before a session starts. */
  readonly signal?: AbortSignal | undefined;
}

/** A change that someone else made in Discord: messages, pins or permissions. */
export type GatewayChange =
  | { readonly kind: 'messages'; readonly ids: readonly string[] }
  | { readonly kind: 'pins' | 'rights' }
  /** The server may have lost its commands: Rotor was invited, or a new session started. */
  | { readonly kind: 'commands' };

/** One connection to Discord, one server and one channel. */
export interface Gateway {
  readonly channel: Channel;
  /** Direct messages with a person. */
  direct(userId: string): Promise<Channel>;
  /** Names of the permissions that Rotor lacks at present, in its channel or in the given one. */
  missing(channelId?: string): readonly string[];
  /** Names of the bot, the server and the channel; the channel's is undefined if Rotor cannot see it. */
  names(): { readonly bot: string; readonly guild: string; readonly channel: string | undefined };
  /** Name of the role; undefined when the server has no role with this id. */
  roleName(roleId: string): string | undefined;
  /** The person's current roles; undefined when Discord does not answer. */
  rolesOf(userId: string): Promise<readonly string[] | undefined>;
  /** Current problems with the configured roles, one sentence each. */
  roleProblems(): readonly string[];
  /** Sends a request without side effects. Rejects when there is no answer. */
  probe(): Promise<void>;
  /** Removes commands registered globally for the application; returns their names. */
  removeGlobalCommands(): Promise<readonly string[]>;
  /** Names of the commands that the server shows now. */
  commandNames(): Promise<readonly string[]>;
  publish(definitions: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[]): Promise<void>;
  /** Whether the connection works in both directions, as far as known. */
  connected(): boolean;
  lagMs(): number | undefined;
  destroy(): Promise<void>;
}

const REST_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 30_000;
/** Authentication failed, wrong sharding, API version or intents: reconnecting cannot help. */
const FATAL_CLOSES: ReadonlySet<number> = new Set([4004, 4010, 4011, 4012, 4013, 4014]);
const FATAL_LOGIN = /disallowed intents|authentication failed|invalid token/i;
/** For longer waits Rotor reports the reason and retries by itself. */
const MAX_RATE_LIMIT_MS = 30_000;

/** Events that may change permissions. */
const RIGHTS = [
  Events.ChannelUpdate,
  Events.ChannelDelete,
  Events.GuildRoleCreate,
  Events.GuildRoleUpdate,
  Events.GuildRoleDelete,
] as const;

/**
 * Connects once. @throws when Discord cannot be reached or refuses; calls `onFatal` when that is permanent.
 */
export async function connect(parts: GatewayParts): Promise<Gateway> {
  const { discord, onFatal, budget, breaker, signal } = parts;
  await budget?.ready(signal);
  const client = new Client({
    // Neither intent is privileged; the second reports deleted messages, never message content.
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    partials: [Partials.Message],
    allowedMentions: { parse: [] },
    enforceNonce: true,
    rest: {
      api: discord.apiBase,
      timeout: REST_TIMEOUT_MS,
      retries: 2,
      rejectOnRateLimit: ({ timeToReset, retryAfter, sublimitTimeout }) =>
        Math.max(timeToReset, retryAfter, sublimitTimeout) > MAX_RATE_LIMIT_MS,
      ...(breaker && { makeRequest: breaker.request }),
    },
    ...(budget && {
      ws: {
        buildIdentifyThrottler: () => ({ waitForIdentify: (_shard, until) => budget.take(until) }),
      },
    }),
  });
  listen(client, parts);
  return login(client, parts).catch(async (error: unknown) => {
    await client.destroy();
    if (isFatal(error)) onFatal(`Discord refused the login: ${reasonOf(error)}`);
    throw error;
  });
}

async function login(client: Client, parts: GatewayParts): Promise<Gateway> {
  const { token, guildId, channelId, alertRoleId } = parts.discord;
  const ready = once(client, Events.ClientReady, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
  await Promise.all([ready, client.login(token)]);
  const fetched = await client.guilds.fetch(guildId);
  /** A new object after Rotor was removed and invited again. */
  const guild = (): Guild => client.guilds.cache.get(guildId) ?? fetched;
  const found = client.channels.cache.get(channelId);
  if (found && (!found.isTextBased() || found.isDMBased() || found.guildId !== guildId)) {
    throw new Error(`channel ${channelId}: expected a text channel of server ${guildId}`);
  }
  const onUnauthorised = (): void => parts.onFatal('Discord does not accept the token any more');
  const channels = createChannels({ client, log: parts.log, onUnauthorised });
  const missing = (id = channelId): readonly string[] => missingIn(client, id, alertRoleId);
  const roleName = (roleId: string): string | undefined => guild().roles.cache.get(roleId)?.name;
  const lacking = missing();
  if (lacking.length > 0) parts.log.warn(`Discord: missing permissions: ${lacking.join(', ')}`);
  return {
    channel: channels.at(channelId),
    direct: channels.direct,
    missing,
    names: () => ({ bot: client.user?.tag ?? '?', guild: guild().name, channel: found?.name }),
    roleName,
    rolesOf: (userId) => rolesOf(guild(), userId),
    roleProblems: () => roleProblems(parts.discord, roleName),
    probe: async () => {
      await client.rest.get(Routes.user());
    },
    removeGlobalCommands: () => removeGlobalCommands(client),
    commandNames: async () =>
      [...(await guild().commands.fetch()).values()].map(({ name }) => name),
    publish: async (definitions) => {
      await guild().commands.set([...definitions]);
    },
    connected: () => client.ws.shards.size > 0 && client.ws.shards.every(isReady),
    lagMs: () => (client.ws.ping >= 0 ? client.ws.ping : undefined),
    destroy: async () => {
      // Closing the connection ourselves is not a lost connection.
      client.removeAllListeners(Events.ShardReconnecting);
      client.removeAllListeners(Events.ShardDisconnect);
      await client.destroy();
    },
  };
}

async function removeGlobalCommands({ application }: Client): Promise<readonly string[]> {
  const found = [...((await application?.commands.fetch())?.values() ?? [])];
  if (found.length > 0) await application?.commands.set([]);
  return found.map(({ name }) => name);
}

function listen(client: Client, parts: GatewayParts): void {
  const { log, onFatal, onInteraction, onTouched = () => undefined } = parts;
  client.on(Events.Error, (error) => log.error(`Discord: ${reasonOf(error)}`));
  client.on(Events.Warn, (text) => log.warn(`Discord: ${text}`));
  client.on(Events.ShardError, (error) => log.warn(`Discord connection: ${reasonOf(error)}`));
  client.on(Events.ShardReconnecting, () => log.warn('Discord: connection lost, reconnecting'));
  client.on(Events.ShardResume, () => log.info('Discord: connection resumed'));
  client.on(Events.Invalidated, () => onFatal('Discord invalidated the session'));
  client.on(Events.ShardDisconnect, ({ code }) => {
    log.warn(`Discord: disconnected with code ${code}`);
    if (FATAL_CLOSES.has(code)) onFatal(`Discord permanently closed the connection: code ${code}`);
  });
  client.on(Events.InteractionCreate, onInteraction);
  client.on(Events.MessageDelete, ({ id }) => onTouched({ kind: 'messages', ids: [id] }));
  client.on(Events.MessageBulkDelete, (all) =>
    onTouched({ kind: 'messages', ids: [...all.keys()] }),
  );
  client.on(Events.ChannelPinsUpdate, () => onTouched({ kind: 'pins' }));
  for (const event of RIGHTS) client.on(event, () => onTouched({ kind: 'rights' }));
  client.on(Events.ShardReady, () => onTouched({ kind: 'commands' }));
  client.on(Events.GuildCreate, ({ id }) => {
    if (id === parts.discord.guildId) onTouched({ kind: 'commands' });
  });
}

function isReady({ status }: WebSocketShard): boolean {
  return status === Status.Ready;
}

function isFatal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    errorCode(error) === 'TokenInvalid' || isUnauthorised(error) || FATAL_LOGIN.test(error.message)
  );
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === 401;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${firstLine(error)}` : String(error);
}

/** Every permission that Rotor needs in its channel, by the name that Discord shows. */
export const NEEDED_PERMISSIONS = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Pin Messages': PermissionFlagsBits.PinMessages,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const;

/** Without it Discord shows the mention of a role but notifies no one. */
export const MENTION_ROLE = 'Mention the alert role';

/** A channel that does not exist lacks all of them. */
function missingIn(
  client: Client,
  channelId: string,
  alertRoleId: string | undefined,
): readonly string[] {
  const found = client.channels.cache.get(channelId);
  const channel = found && !found.isDMBased() ? found : undefined;
  const granted = client.user ? channel?.permissionsFor(client.user) : undefined;
  const missing = Object.entries(NEEDED_PERMISSIONS)
    .filter(([, bit]) => !granted?.has(bit))
    .map(([name]) => name);
  if (!granted || alertRoleId === undefined) return missing;
  const role = channel?.guild.roles.cache.get(alertRoleId);
  const rings = role?.mentionable || granted.has(PermissionFlagsBits.MentionEveryone);
  return rings ? missing : [...missing, MENTION_ROLE];
}
