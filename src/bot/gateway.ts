/** discord.js: one connection, one channel. Knows Discord's errors by their codes. */
import { once } from 'node:events';
import {
  Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits,
  type GuildTextBasedChannel,
  type Interaction,
  PermissionFlagsBits,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { Log } from '#core/ports.ts';
import { type Channel, MessageGone, MessageRefused } from './channel.ts';
import { payload } from './payload.ts';

export interface GatewayParts {
  readonly discord: {
    readonly token: string;
    readonly apiBase: string;
    readonly guildId: string;
    readonly channelId: string;
  };
  readonly log: Log;
  readonly onInteraction: (interaction: Interaction) => void;
  /** Trying again cannot help: the token or the intents are wrong. Called at most once. */
  readonly onFatal: (reason: string) => void;
}

export interface Gateway {
  readonly channel: Channel;
  /** Names of the commands that the server shows now. */
  commandNames(): Promise<readonly string[]>;
  publish(definitions: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[]): Promise<void>;
  lagMs(): number | undefined;
  destroy(): Promise<void>;
}

const REST_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 30_000;
/** Authentication failed, sharding or API version wrong, intents wrong: no reconnect heals them. */
const FATAL_CLOSES: ReadonlySet<number> = new Set([4004, 4010, 4011, 4012, 4013, 4014]);
const FATAL_LOGIN = /disallowed intents|authentication failed|invalid token/i;

const UNKNOWN_MESSAGE = 10_008;
const NOT_ALLOWED: ReadonlySet<unknown> = new Set([50_001, 50_013, 30_003]);

/** Connects once. @throws when Discord is not reachable or refuses; calls `onFatal` where that is final. */
export async function connect(parts: GatewayParts): Promise<Gateway> {
  const { discord, onFatal } = parts;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    enforceNonce: true,
    rest: { api: discord.apiBase, timeout: REST_TIMEOUT_MS, retries: 2 },
  });
  listen(client, parts);
  return login(client, parts).catch(async (error: unknown) => {
    await client.destroy();
    if (isFatal(error)) onFatal(`Discord refused the login: ${reasonOf(error)}`);
    throw error;
  });
}

async function login(client: Client, parts: GatewayParts): Promise<Gateway> {
  const { token, guildId, channelId } = parts.discord;
  const ready = once(client, Events.ClientReady, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
  await Promise.all([ready, client.login(token)]);
  const guild = await client.guilds.fetch(guildId);
  const found = await client.channels.fetch(channelId);
  if (!found?.isTextBased() || found.isDMBased() || found.guildId !== guildId) {
    throw new Error(`channel ${channelId}: expected a text channel of server ${guildId}`);
  }
  warnOfPermissions(found, parts.log);
  return {
    channel: channelOf(found, parts),
    commandNames: async () => [...(await guild.commands.fetch()).values()].map(({ name }) => name),
    publish: async (definitions) => {
      await guild.commands.set([...definitions]);
    },
    lagMs: () => (client.ws.ping >= 0 ? client.ws.ping : undefined),
    destroy: async () => {
      // Our own farewell is no lost connection.
      client.removeAllListeners(Events.ShardReconnecting);
      client.removeAllListeners(Events.ShardDisconnect);
      await client.destroy();
    },
  };
}

function listen(client: Client, { log, onFatal, onInteraction }: GatewayParts): void {
  client.on(Events.Error, (error) => log.error(`Discord: ${reasonOf(error)}`));
  client.on(Events.Warn, (text) => log.warn(`Discord: ${text}`));
  client.on(Events.ShardError, (error) => log.warn(`Discord connection: ${reasonOf(error)}`));
  client.on(Events.ShardReconnecting, () => log.warn('Discord: connection lost, reconnecting'));
  client.on(Events.ShardResume, () => log.info('Discord: connection resumed'));
  client.on(Events.Invalidated, () => onFatal('Discord invalidated the session'));
  client.on(Events.ShardDisconnect, ({ code }) => {
    log.warn(`Discord: disconnected with code ${code}`);
    if (FATAL_CLOSES.has(code)) onFatal(`Discord closed the connection for good: code ${code}`);
  });
  client.on(Events.InteractionCreate, onInteraction);
}

function isFatal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === 'TokenInvalid' || isUnauthorised(error) || FATAL_LOGIN.test(error.message);
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === 401;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
}

const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Pin Messages': PermissionFlagsBits.PinMessages,
} as const;

function warnOfPermissions(channel: GuildTextBasedChannel, log: Log): void {
  const granted = channel.permissionsFor(channel.client.user);
  const missing = Object.entries(NEEDED).filter(([, bit]) => !granted?.has(bit));
  if (missing.length === 0) return;
  log.warn(`Discord: missing permissions: ${missing.map(([name]) => name).join(', ')}`);
}

function channelOf(channel: GuildTextBasedChannel, { log, onFatal }: GatewayParts): Channel {
  /** Discord's refusals in Rotor's words; a token that is gone is final. */
  const translate =
    (messageId: string) =>
    (error: unknown): never => {
      if (isUnauthorised(error)) onFatal('Discord does not accept the token any more');
      if (!(error instanceof DiscordAPIError)) throw error;
      if (error.code === UNKNOWN_MESSAGE) throw new MessageGone(messageId);
      if (error.status === 400) throw new MessageRefused(`${error.code} ${error.message}`);
      throw error;
    };
  const { messages } = channel;
  return {
    id: channel.id,
    send: async (message, nonce) => {
      const options = { ...payload(message), nonce, enforceNonce: true };
      return (await channel.send(options).catch(translate('new'))).id;
    },
    edit: async (messageId, message) => {
      await messages.edit(messageId, payload(message)).catch(translate(messageId));
    },
    pin: async (messageId) => {
      await messages.pin(messageId).catch((error: unknown) => {
        if (!(error instanceof DiscordAPIError) || !NOT_ALLOWED.has(error.code)) throw error;
        log.warn(`Discord: the header cannot be pinned: ${error.message}`);
      });
    },
    find: async (messageId) => {
      const message = await messages.fetch({ message: messageId, force: true }).catch((error) => {
        if (error instanceof DiscordAPIError && error.code === UNKNOWN_MESSAGE) return undefined;
        throw error;
      });
      return message && { pinned: message.pinned };
    },
  };
}
