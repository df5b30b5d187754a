/** Discord's channels, threads and direct messages behind Rotor's interface, with errors translated. */
import {
  type Client,
  DiscordAPIError,
  HTTPError,
  type SendableChannels,
  SnowflakeUtil,
  ThreadAutoArchiveDuration,
} from 'discord.js';
import type { Log } from '#core/ports.ts';
import {
  type Channel,
  ChannelClosed,
  headOf,
  type Message,
  MessageGone,
  MessageRefused,
} from './channel.ts';
import { flagsOf, payload, withoutFiles } from './payload.ts';

/** Dependencies of createChannels. */
export interface ChannelsParts {
  readonly client: Client;
  readonly log: Log;
  /** Called when Discord no longer accepts the token. */
  readonly onUnauthorised: () => void;
}

/** All places where messages can be sent. */
export interface Channels {
  readonly at: (channelId: string) => Channel;
  /** Direct messages with a person. @throws ChannelClosed when there is no such person. */
  readonly direct: (userId: string) => Promise<Channel>;
}

const UNKNOWN_CHANNEL = 10_003;
const UNKNOWN_MESSAGE = 10_008;
const CANNOT_EDIT_OTHERS = 50_005;
const ARCHIVED = 50_083;
const HAS_THREAD = 160_004;
/** Unknown channel, guild or user, no direct messages, a locked thread: with any status. */
const CLOSED: ReadonlySet<unknown> = new Set([UNKNOWN_CHANNEL, 10_004, 10_013, 50_007, 160_005]);
/** Missing permissions, or a request that is too large. */
const FILES: ReadonlySet<unknown> = new Set([50_013, 40_005]);
const CANNOT_PIN: ReadonlySet<unknown> = new Set([50_001, 50_013, 30_003]);

/** Creates the channels over a connected client. */
export function createChannels(parts: ChannelsParts): Channels {
  const { client, log } = parts;
  const on = withClient(parts);
  const orWithoutFiles = createWithoutFiles(log);
  const pin = createPin(on, log);

  const at = (id: string): Channel => ({
    id,
    at,
    send: (whole, nonce) =>
      on(id, 'new', (channel) =>
        orWithoutFiles(whole, async (message) => {
          const options = { ...payload(message), ...flagsOf(message), nonce, enforceNonce: true };
          return idOf(await channel.send(options));
        }),
      ),
    edit: (messageId, whole) =>
      on(id, messageId, (channel) =>
        orWithoutFiles(whole, async (message) => {
          await channel.messages.edit(messageId, payload(message));
        }),
      ),
    ownSince: (instant) => on(id, 'new', (channel) => ownSince(channel, instant)),
    pin: (messageId) => pin(id, messageId),
    find: (messageId) =>
      on(id, messageId, (channel) =>
        channel.messages.fetch({ message: messageId, force: true }),
      ).then(({ pinned }) => ({ pinned }), goneIsUndefined),
    remove: (messageId) =>
      on(id, messageId, (channel) => channel.messages.delete(messageId)).catch(goneIsUndefined),
    startThread: (messageId, name) =>
      on(id, messageId, (channel) => startThread(client, channel, messageId, name)),
  });

  const direct = async (userId: string): Promise<Channel> => {
    const channel = await client.users
      .createDM(userId)
      .catch((error: unknown) => fail(parts, userId, 'none', error));
    return at(channel.id);
  };

  return { at, direct };
}

/** A message without an id was never posted: something before Discord answered in JSON. */
function idOf({ id }: { readonly id?: string | undefined }): string {
  if (!id) throw new Error('Discord: expected a message in the answer, found none');
  return id;
}

/** Runs an operation on a channel and translates its errors. */
type On = <T>(
  channelId: string,
  messageId: string,
  act: (channel: SendableChannels) => Promise<T>,
) => Promise<T>;

/** Discord is asked about a channel only when the library does not have it cached. */
function withClient(parts: ChannelsParts): On {
  return (channelId, messageId, act) => {
    const run = async () => {
      const channel = await parts.client.channels.fetch(channelId);
      if (!channel?.isSendable()) throw new ChannelClosed(channelId, 'is no text channel');
      return act(channel).catch(async (error: unknown) => {
        const asleep = error instanceof DiscordAPIError && error.code === ARCHIVED;
        if (!asleep || !channel.isThread()) throw error;
        await channel.setArchived(false);
        return act(channel);
      });
    };
    return run().catch((error: unknown) => fail(parts, channelId, messageId, error));
  };
}

function fail(
  { onUnauthorised }: Pick<ChannelsParts, 'onUnauthorised'>,
  channelId: string,
  messageId: string,
  error: unknown,
): never {
  if (!(error instanceof DiscordAPIError)) throw error;
  if (error.status === 401) onUnauthorised();
  if (error.code === UNKNOWN_MESSAGE || error.code === CANNOT_EDIT_OTHERS)
    throw new MessageGone(messageId);
  if (CLOSED.has(error.code) || error.code === ARCHIVED || isDiscords(error, 403))
    throw new ChannelClosed(channelId, error.message);
  // A 400 is about this message, any 403 about its place: there are ever more codes for both.
  if (isDiscords(error, 400)) throw new MessageRefused(`${error.code} ${error.message}`);
  throw error;
}

/** Only Discord's own JSON has an error code: a bare `400: Bad Request` has 0, a proxy's HTML none. */
function isDiscords({ status, code }: DiscordAPIError, wanted: number): boolean {
  return status === wanted && typeof code === 'number' && code > 0;
}

/** Pins a message; a failure is logged once and otherwise ignored. */
function createPin(on: On, log: Log): (channelId: string, messageId: string) => Promise<void> {
  let pinProblem: string | undefined;
  return async (channelId, messageId) => {
    const problem = await on(channelId, messageId, (channel) =>
      channel.messages.pin(messageId).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof DiscordAPIError && CANNOT_PIN.has(error.code)) return error.message;
          throw error;
        },
      ),
    );
    if (problem !== undefined && problem !== pinProblem)
      log.warn(`Discord: the header cannot be pinned: ${problem}`);
    pinProblem = problem;
  };
}

async function startThread(
  client: Client,
  channel: SendableChannels,
  messageId: string,
  name: string,
): Promise<string> {
  if (channel.isDMBased() || channel.isThread() || !('threads' in channel))
    throw new ChannelClosed(channel.id, 'has no threads');
  const autoArchiveDuration = ThreadAutoArchiveDuration.OneWeek;
  const { threads } = channel;
  const begun = await threads
    .create({ name, autoArchiveDuration, startMessage: messageId })
    .catch((error: unknown) => {
      if (error instanceof DiscordAPIError && error.code === HAS_THREAD) return undefined;
      throw error;
    });
  if (begun) return begun.id;
  // A thread on a message has the message's id; Discord may still report a deleted one as existing.
  if (await isThere(client, messageId)) return messageId;
  return (await threads.create({ name, autoArchiveDuration })).id;
}

async function isThere(client: Client, channelId: string): Promise<boolean> {
  const found = await client.channels.fetch(channelId, { force: true }).catch((error: unknown) => {
    if (error instanceof DiscordAPIError && error.code === UNKNOWN_CHANNEL) return null;
    throw error;
  });
  return found !== null;
}

/** Sends the message without its files: that is better than blocking every message behind it. */
function createWithoutFiles(log: Log) {
  return async <T>(whole: Message, act: (message: Message) => Promise<T>): Promise<T> => {
    if (!whole.file && (whole.documents ?? []).length === 0) return act(whole);
    return act(whole).catch((error: unknown) => {
      if (!isOfFiles(error)) throw error;
      log.warn(`Discord: no file is taken, the numbers go as text: ${error.message}`);
      return act(withoutFiles(whole));
    });
  };
}

/** The first hundred; the message sought was sent soon after the instant. */
async function ownSince(channel: SendableChannels, instant: number) {
  const after = SnowflakeUtil.generate({ timestamp: instant }).toString();
  const found = await channel.messages.fetch({ after, limit: 100, cache: false });
  const own = found.filter(({ author, interactionMetadata }) => {
    return author.id === channel.client.user.id && interactionMetadata === null;
  });
  return [...own.values()]
    .map(({ id, content, embeds }) => ({ id, head: headOf(content, embeds) }))
    .reverse();
}

/** The Attach Files permission may be missing, or the file is too large for this channel. */
function isOfFiles(error: unknown): error is DiscordAPIError | HTTPError {
  if (error instanceof DiscordAPIError && FILES.has(error.code)) return true;
  return (error instanceof DiscordAPIError || error instanceof HTTPError) && error.status === 413;
}

function goneIsUndefined(error: unknown): undefined {
  if (error instanceof MessageGone) return undefined;
  throw error;
}
