/**
 * One message per subject, for the life of the account: posted once, edited when its content changes,
 * posted again when it was deleted.
 */
import type { Clock, Log, PostBook, PostRef } from '#core/ports.ts';
import { digest } from '../bot-state.ts';
import type { Draw } from '../charts/draw.ts';
import { type Channel, closedIsUndefined } from '../discord/channel.ts';
import type { Post } from '../post.ts';
import { type ChannelFallback, createChannelFallback, type Target } from './channel-fallback.ts';
import { noteButtons } from './open-cards.ts';
import { createMessageRenderer, type RenderOptions } from './render-message.ts';
import { createSender, type Pending, type Sender } from './send-message.ts';
import { createStrayCopies } from './stray-copies.ts';

/** Knows the message of every subject and its content; the only way to send one. */
export interface MessageStore {
  /**
   * Updates the subject's message to this content. `key` decides what counts as a change; the whole post by
   * default. Rejects when Discord does not accept it.
   */
  upsert(subject: string, post: Post, options?: UpsertOptions): Promise<UpsertResult>;
  /** Pins the subject's message if it is not pinned; forgets a message that is `gone`. */
  check(subject: string, pin: boolean): Promise<'stands' | 'gone'>;
  /** Deletes copies of the dashboard in other places; `again` also those whose place refused before. */
  sweep(again: boolean): Promise<void>;
  /** Deletes the message if it exists, also one that Discord took without an answer. */
  remove(subject: string): Promise<void>;
  /** Deletes the message; the next `upsert` sends it again, at the end of the channel. */
  deleteForResend(subject: string): Promise<void>;
  /**
   * The message of another subject becomes this one's, which has none yet; only in the channel for news, where
   * this one would be sent.
   */
  takeOver(subject: string, from: string): void;
  /** The next `upsert` sends it again if the message is gone, even with unchanged content. */
  forget(subject: string): void;
  /** Id of the subject's message; undefined while there is none. */
  idOf(subject: string): string | undefined;
  /** A channel or thread by its id. */
  at(channelId: string): Channel;
}

/** Result of an upsert; `same`: no request was needed. */
export type UpsertResult = 'sent' | 'edited' | 'same';

/** Options of an upsert: which changes count, whether to pin, and the place. */
export interface UpsertOptions extends RenderOptions {
  readonly key?: string;
  readonly pin?: boolean;
  /**
   * `news` goes to the first place that accepts it and is edited there; `pinned` moves to the best place
   * available; a channel or thread is exactly that one.
   */
  readonly place?: 'news' | 'pinned' | Channel;
}

/** Dependencies of createMessageStore. */
export interface MessageStoreParts {
  readonly channel: Channel;
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** Unique to the journal, so that messages of an old journal are not taken for those of a new one. */
  readonly journalCreatedAt: () => string;
  /** Where news goes; only the channel if omitted. */
  readonly fallback?: ChannelFallback | undefined;
  /** Where the dashboard is; news may be refused where edits are not. */
  readonly pinnedArea?: ChannelFallback | undefined;
  /** Whether it is quiet hours now. */
  readonly isQuiet?: (() => boolean) | undefined;
  /** Wall clock; if omitted, old messages without an answer are not searched for. */
  readonly wall?: Pick<Clock, 'now'> | undefined;
}

/** Dashboard message in a channel other than Rotor's own. */
const elsewhere = (subject: string): string => `${subject}@elsewhere`;

/** Creates the store over the post book, which survives restarts. */
export function createMessageStore(parts: MessageStoreParts): MessageStore {
  const { channel: home, posts, draw, log, journalCreatedAt, wall, isQuiet = () => false } = parts;
  const alone = createChannelFallback({ home, log });
  const { fallback = alone, pinnedArea = alone } = parts;
  const sentence = (id: string): string | undefined =>
    fallback.sentence(id) ?? pinnedArea.sentence(id);
  const renderMessage = createMessageRenderer({ posts, draw, log, isQuiet, sentence });
  const sender = createSender({ posts, log, journalCreatedAt, wall, at: fallback.at });
  const index = createMessageIndex(posts, home.id, fallback.at);
  const strays = createStrayCopies(posts, fallback.at);
  const { known } = index;

  async function upsert(subject: string, post: Post, options: UpsertOptions = {}) {
    const { place = 'news', key = JSON.stringify(post), pin = false } = options;
    const pending = { hash: digest(key), pin, render: renderMessage(subject, post, options) };
    if (place === 'pinned') return pinnedArea.first((target) => hang(subject, pending, target));
    if (place !== 'news') return settle(sender, known(subject), { subject, pending }, place);
    const done = await bring(subject, pending);
    noteButtons(posts, subject, post);
    return done;
  }

  /** News is edited where it is, and sent to the first place that accepts it. */
  async function bring(subject: string, pending: Pending): Promise<UpsertResult> {
    const before = known(subject);
    if (before?.contentHash === pending.hash) return 'same';
    if (before && (await sender.edit(subject, pending, before).catch(closedIsUndefined)))
      return 'edited';
    await fallback.first(({ channel }) => sender.send(subject, pending, channel));
    return 'sent';
  }

  /** The dashboard exists once: copies where it was before, or from while this place was closed, are deleted. */
  async function hang(subject: string, pending: Pending, target: Target): Promise<UpsertResult> {
    const { channel, home: isHome, wasClosed: doubtful } = target;
    const name = isHome ? subject : elsewhere(subject);
    const anyway = isHome && doubtful;
    const before = known(name);
    const done = await settle(sender, before, { subject: name, pending, anyway }, channel);
    const moved = before && before.channelId !== channel.id ? before : undefined;
    for (const copy of [moved, isHome ? index.take(elsewhere(subject)) : undefined])
      if (copy) strays.leave(copy);
    return done;
  }

  async function remove(subject: string): Promise<void> {
    await index.remove(subject);
    await sender.retract(subject);
  }

  const { check, forget, deleteForResend, takeOver } = index;
  const idOf = (subject: string): string | undefined => known(subject)?.messageId;
  const { sweep } = strays;
  return { upsert, check, sweep, remove, deleteForResend, takeOver, forget, idOf, at: fallback.at };
}

interface Settled {
  readonly subject: string;
  readonly pending: Pending;
  /** Asks Discord even when the content is unchanged. */
  readonly anyway?: boolean;
}

/** In exactly that channel. */
async function settle(
  sender: Sender,
  ref: PostRef | undefined,
  { subject, pending, anyway = false }: Settled,
  channel: Channel,
): Promise<UpsertResult> {
  const isHere = ref?.channelId === channel.id;
  if (isHere && ref.contentHash === pending.hash && !anyway) return 'same';
  if (isHere && (await sender.edit(subject, pending, ref))) return 'edited';
  await sender.send(subject, pending, channel);
  return 'sent';
}

/** Finds, deletes and forgets posted messages. */
function createMessageIndex(posts: PostBook, homeId: string, at: (channelId: string) => Channel) {
  function known(name: string): PostRef | undefined {
    const ref = posts.find(name);
    return ref && ref.messageId !== '' ? ref : undefined;
  }

  function forget(subject: string): void {
    const ref = known(subject);
    if (ref) posts.save(subject, { ...ref, contentHash: 'gone' });
  }

  /** The subject has no message from now on; returns the one it had. */
  function take(subject: string): PostRef | undefined {
    const ref = known(subject);
    if (ref) posts.save(subject, { ...ref, messageId: '', contentHash: 'removed' });
    return ref;
  }

  async function remove(subject: string): Promise<void> {
    const ref = known(subject);
    if (!ref) return;
    await at(ref.channelId).remove(ref.messageId).catch(closedIsUndefined);
    take(subject);
  }

  function takeOver(subject: string, from: string): void {
    const ref = known(from);
    if (!ref || known(subject) || ref.channelId !== homeId) return;
    posts.save(subject, { ...ref, contentHash: 'from another card' });
    posts.save(from, { ...ref, messageId: '', contentHash: 'became another card' });
    noteButtons(posts, from, { embeds: [] });
  }

  async function deleteForResend(subject: string): Promise<void> {
    const ref = known(subject);
    if (!ref) return;
    await at(ref.channelId).remove(ref.messageId).catch(closedIsUndefined);
    forget(subject);
  }

  async function check(subject: string, pin: boolean): Promise<'stands' | 'gone'> {
    const ref = known(subject);
    if (!ref) return 'gone';
    const channel = at(ref.channelId);
    const found = await channel.find(ref.messageId).catch(closedIsUndefined);
    if (!found) forget(subject);
    else if (pin && !found.pinned) await channel.pin(ref.messageId).catch(closedIsUndefined);
    return found ? 'stands' : 'gone';
  }

  return { known, take, takeOver, forget, remove, deleteForResend, check };
}
