/**
 * Sends one message to one channel: only once even when Discord's answer is lost, and edits it in place.
 * Discord recognises a nonce for only a few minutes; older unanswered attempts are searched for in the
 * channel.
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

/** A post being sent: what counts as its content, and how it is rendered for a channel. */
export interface Pending {
  readonly hash: string;
  readonly pin: boolean;
  readonly render: (channelId: string) => Promise<Message>;
}

/** Dependencies of createSender. */
export interface SenderParts {
  readonly posts: PostBook;
  readonly log: Log;
  /** Unique to the journal, so that messages of an old journal are not taken for those of a new one. */
  readonly journalCreatedAt: () => string;
  /** Returns the channel of an existing message. */
  readonly at: (channelId: string) => Channel;
  /** Wall clock; if omitted, old messages without an answer are not searched for. */
  readonly wall?: Pick<Clock, 'now'> | undefined;
}

/** Sends and edits single messages and records their ids in the post book. */
export interface Sender {
  /** Sends a new message and pins it if requested. Rejects when the channel does not accept it. */
  send(name: string, pending: Pending, channel: Channel): Promise<void>;
  /** Returns false when the message is gone. Rejects when Discord does not accept the change. */
  edit(name: string, pending: Pending, ref: PostRef): Promise<boolean>;
  /** Deletes what attempts without an answer may have sent. Rejects when Discord does not answer. */
  retract(name: string): Promise<void>;
}

/** Largest difference between Discord's clock and ours. */
const SKEW_MS = 60_000;

/** Creates a sender over the post book. */
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

  /** The message of an attempt whose answer was lost, if it was sent. */
  async function orphanedMessage(channel: Channel, attempt: Attempt): Promise<string | undefined> {
    const since = attempt.at - SKEW_MS;
    const own = (await channel.ownSince(since).catch(closedIsUndefined)) ?? [];
    return own.find(({ id, head }) => attempt.heads.includes(head) && !posts.holds(id))?.id;
  }

  async function retract(name: string): Promise<void> {
    for (const [nonce, attempt] of unanswered?.of(name) ?? []) {
      const channel = at(attempt.channelId);
      const found = await orphanedMessage(channel, attempt);
      if (found !== undefined) await channel.remove(found).catch(closedIsUndefined);
      unanswered?.end(nonce);
    }
  }

  async function send(name: string, pending: Pending, channel: Channel): Promise<void> {
    // Unchanged after a crash between Discord's answer and `save`, so that Discord answers with the first
    // message; different once that message was deleted.
    const before = posts.find(name)?.messageId ?? '';
    const nonce = digest(`${journalCreatedAt()} ${channel.id} ${name} ${before}`);
    const post = (message: Message): Promise<string> => channel.send(message, nonce);
    const message = await pending.render(channel.id);
    const head = headOf(message.content, message.embeds);
    const begun = unanswered?.begin(nonce, { name, channelId: channel.id, head });
    const found = begun && (await orphanedMessage(channel, begun));
    const messageId = found ?? (await shown(name, post, message, log));
    save(name, channel.id, messageId, found === undefined ? pending.hash : 'found');
    unanswered?.end(nonce);
    if (pending.pin) await channel.pin(messageId);
    if (found !== undefined)
      await edit(name, pending, { channelId: channel.id, messageId, contentHash: 'found' });
  }

  return { send, edit, retract };
}

/**
 * A message that Discord will never accept must not block those behind it: it is retried as plain text,
 * then as a sentence that says where to find the content. Both keep the mention.
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

/** Without embeds, buttons and files, any of which may be the reason for the refusal. */
function plainly(message: Message, content: string): Message {
  return { ...message, content, embeds: [], components: [], file: undefined, documents: [] };
}

/** Content and embeds as text, at most 2,000 characters; a chart as its numbers. */
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

/** A message that may exist in a channel without our knowledge. */
const attempt = z.object({
  /** First attempt, in milliseconds since 1970. */
  at: z.number(),
  /** By attempt: the beginning of its text. */
  heads: z.array(z.string()),
  /** Subject and channel; older versions did not store them. */
  name: z.string().default(''),
  channelId: z.string().default(''),
});

type Attempt = z.infer<typeof attempt>;

interface Begun {
  readonly name: string;
  readonly channelId: string;
  readonly head: string;
}

interface Unanswered {
  /** Returns the earlier attempts that got no answer. */
  begin(nonce: string, now: Begun): Attempt | undefined;
  /** The attempts for a subject that got no answer, by nonce. */
  of(name: string): readonly (readonly [string, Attempt])[];
  /** The attempt was answered. */
  end(nonce: string): void;
}

/** Its name in stored post books. */
const STATE = 'in flight';

/** Attempts that are never retried, as in an abandoned channel, are dropped after this time. */
const NONCE_KEPT_MS = 7 * 86_400_000;

function createUnanswered(posts: PostBook, wall: Pick<Clock, 'now'>): Unanswered {
  const stored = z
    .record(z.string(), attempt)
    .safeParse(JSON.parse(readBotState(posts, STATE) ?? '{}'));
  const known = new Map(Object.entries(stored.success ? stored.data : {}));
  const write = (): void => writeBotState(posts, STATE, JSON.stringify(Object.fromEntries(known)));
  return {
    of: (name) => [...known].filter(([, each]) => each.name === name),
    begin(nonce, { name, channelId, head }) {
      const now = wall.now();
      for (const [old, { at }] of known) if (now - at > NONCE_KEPT_MS) known.delete(old);
      const before = known.get(nonce);
      const heads = [...new Set([...(before?.heads ?? []), head])];
      known.set(nonce, { at: before?.at ?? now, heads, name, channelId });
      write();
      return before;
    },
    end(nonce) {
      known.delete(nonce);
      write();
    },
  };
}
