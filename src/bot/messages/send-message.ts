/**
 * One message in one channel: sent once even when Discord's answer is lost, and edited where it
 * stands. Discord knows a nonce again for a few minutes only; a message that was begun longer ago and
 * never answered is looked for in the channel itself.
 */
import { z } from 'zod';
import type { Clock, Log, PostBook, PostRef } from '#core/ports.ts';
import { digest, readBotState, writeBotState } from '../bot-state.ts';
import {
  type Channel,
  closedIsUndefined,
  headOf,
  type Message,
  MessageGone,
  MessageRefused,
} from '../discord/channel.ts';
import { cut } from '../format.ts';

/** A post on its way: what counts as its content, and how it reads in a channel. */
export interface Pending {
  readonly hash: string;
  readonly pin: boolean;
  readonly render: (channelId: string) => Promise<Message>;
}

/** What a sender needs. */
export interface SenderParts {
  readonly posts: PostBook;
  readonly log: Log;
  /** What no other journal has, so that a new one's messages are not taken for an old one's. */
  readonly journalCreatedAt: () => string;
  /** Of any channel that a message stands in. */
  readonly at: (channelId: string) => Channel;
  /** Real time; without it a message is not looked for whose answer was lost long ago. */
  readonly wall?: Pick<Clock, 'now'> | undefined;
}

/** Sends and edits single messages and notes in the post book where they stand. */
export interface Sender {
  /** Sends it anew and pins it where it asks for that. Rejects when the channel does not take it. */
  send(name: string, pending: Pending, channel: Channel): Promise<void>;
  /** False when the message is gone. Rejects when Discord does not take the change. */
  edit(name: string, pending: Pending, ref: PostRef): Promise<boolean>;
}

/** Discord's clock and ours may differ by so much. */
const SKEW_MS = 60_000;

/** Makes a sender over the post book. */
export function createSender({ posts, log, journalCreatedAt, at, wall }: SenderParts): Sender {
  const unanswered = wall && createUnanswered(posts, wall);
  const save = (name: string, channelId: string, messageId: string, contentHash: string): void =>
    posts.save(name, { channelId, messageId, contentHash });

  async function edit(name: string, pending: Pending, ref: PostRef): Promise<boolean> {
    const { channelId, messageId } = ref;
    const channel = at(channelId);
    const change = (message: Message): Promise<boolean> =>
      channel.edit(messageId, message).then(() => true, goneIsFalse);
    const stands = await shown(name, change, await pending.render(channelId), log);
    if (stands) save(name, channelId, messageId, pending.hash);
    return stands;
  }

  /** The message of an attempt whose answer was lost, where it stands after all. */
  async function orphanedMessage(channel: Channel, attempt: Attempt): Promise<string | undefined> {
    const since = attempt.at - SKEW_MS;
    const own = (await channel.ownSince(since).catch(closedIsUndefined)) ?? [];
    return own.find(({ id, head }) => attempt.heads.includes(head) && !posts.holds(id))?.id;
  }

  async function send(name: string, pending: Pending, channel: Channel): Promise<void> {
    // The same after a crash between Discord's answer and `save`, so that Discord answers with the
    // first message; another one when that message was deleted since.
    const before = posts.find(name)?.messageId ?? '';
    const nonce = digest(`${journalCreatedAt()} ${channel.id} ${name} ${before}`);
    const post = (message: Message): Promise<string> => channel.send(message, nonce);
    const message = await pending.render(channel.id);
    const begun = unanswered?.begin(nonce, headOf(message.content, message.embeds));
    const found = begun && (await orphanedMessage(channel, begun));
    const messageId = found ?? (await shown(name, post, message, log));
    save(name, channel.id, messageId, found === undefined ? pending.hash : 'found');
    unanswered?.end(nonce);
    if (pending.pin) await channel.pin(messageId);
    if (found !== undefined)
      await edit(name, pending, { channelId: channel.id, messageId, contentHash: 'found' });
  }

  return { send, edit };
}

/**
 * What Discord will never take must not hold back for ever what stands behind it: it is tried once more
 * as plain text, then as a sentence that says where the words are. Each keeps the mention.
 */
async function shown<T>(
  name: string,
  act: (message: Message) => Promise<T>,
  message: Message,
  log: Log,
): Promise<T> {
  const text = wordsOf(message);
  const unshown = `A message of Rotor could not be shown here; the log has its words (${name}).`;
  const attempts = [
    message,
    plainly(message, text),
    plainly(message, mentioning(message, unshown)),
  ];
  for (const [index, attempt] of attempts.entries()) {
    try {
      return await act(attempt);
    } catch (error) {
      if (!(error instanceof MessageRefused) || index === attempts.length - 1) throw error;
      log.error(`${name}: ${error.message}`, { text });
    }
  }
  throw new Error(`${name}: nothing to send`);
}

/** Without anything that may be what is refused: no embeds, buttons or files. */
function plainly(message: Message, content: string): Message {
  return { ...message, content, embeds: [], components: [], file: undefined, documents: [] };
}

/** Content and embeds as text, at most 2,000 characters; a picture says its numbers. */
function wordsOf({ content, embeds, file }: Message): string {
  const texts = embeds.flatMap(({ title, description, fields = [], footer }) => [
    title === undefined ? undefined : `**${title}**`,
    description,
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    footer && `-# ${footer.text}`,
  ]);
  const all = [content, ...texts, file?.alt].filter((text) => text !== undefined && text !== '');
  return cut(all.join('\n'), 2_000);
}

function mentioning({ mention }: Message, text: string): string {
  return mention === undefined ? text : `<@&${mention}> ${text}`;
}

function goneIsFalse(error: unknown): false {
  if (error instanceof MessageGone) return false;
  throw error;
}

/** A message that may stand in a channel without our knowing. */
const attempt = z.object({
  /** Milliseconds since 1970 of its first attempt. */
  at: z.number(),
  /** How it began, by attempt. */
  heads: z.array(z.string()),
});

type Attempt = z.infer<typeof attempt>;

interface Unanswered {
  /** Gives the attempts before this one that were not answered. */
  begin(nonce: string, head: string): Attempt | undefined;
  /** It was answered. */
  end(nonce: string): void;
}

/** The name that it has in stored post books. */
const STATE = 'in flight';

/** What was never tried again, as for a channel that was given up, is no use later. */
const NONCE_KEPT_MS = 7 * 86_400_000;

function createUnanswered(posts: PostBook, wall: Pick<Clock, 'now'>): Unanswered {
  const stored = z
    .record(z.string(), attempt)
    .safeParse(JSON.parse(readBotState(posts, STATE) ?? '{}'));
  const known = new Map(Object.entries(stored.success ? stored.data : {}));
  const write = (): void => writeBotState(posts, STATE, JSON.stringify(Object.fromEntries(known)));
  return {
    begin(nonce, head) {
      const now = wall.now();
      for (const [name, { at }] of known) if (now - at > NONCE_KEPT_MS) known.delete(name);
      const before = known.get(nonce);
      const heads = [...new Set([...(before?.heads ?? []), head])];
      known.set(nonce, { at: before?.at ?? now, heads });
      write();
      return before;
    },
    end(nonce) {
      known.delete(nonce);
      write();
    },
  };
}
