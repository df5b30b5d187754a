/**
 * One message for one subject, for as long as the account lives: posted once, edited when it says
 * something else, posted anew when somebody deleted it.
 */
import { createHash } from 'node:crypto';
import type { Clock, Log, PostBook, PostRef } from '#core/ports.ts';
import type { Draw } from '../charts/draw.ts';
import {
  type Channel,
  ChannelClosed,
  headOf,
  type Message,
  MessageGone,
  MessageRefused,
  toMessage,
} from '../discord/channel.ts';
import { notice, type Post } from '../post.ts';
import { createDelivery, type Delivery, type Spot } from './channel-fallback.ts';
import { type Begun, createInFlight } from './in-flight.ts';
import { createDrafts, type Draft, type DraftOptions } from './render-message.ts';

export interface Keeper {
  /**
   * Brings the subject's message to this content. `key` is what counts as a change, the whole post
   * unless given. Rejects when Discord does not take it.
   */
  put(subject: string, post: Post, options?: PutOptions): Promise<Put>;
  /** Pins the subject's message where it is not pinned; one that is gone is forgotten: `gone`. */
  check(subject: string, pin: boolean): Promise<'stands' | 'gone'>;
  /** Takes the message away where it stands. */
  remove(subject: string): Promise<void>;
  /** The next `put` sends anew if the message is gone, even with the same content. */
  forget(subject: string): void;
  /** Of the subject's message; undefined while there is none. */
  idOf(subject: string): string | undefined;
  at(channelId: string): Channel;
}

export type Put = 'sent' | 'edited' | 'same';

export interface PutOptions extends DraftOptions {
  readonly key?: string;
  readonly pin?: boolean;
  /**
   * `news` goes where messages are taken and is edited where it stands; `wall` belongs to the best
   * place that there is; a channel or thread is exactly that one.
   */
  readonly place?: 'news' | 'wall' | Channel;
}

export interface KeeperParts {
  readonly channel: Channel;
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** What no other journal has, so that a new one's messages are not taken for an old one's. */
  readonly birth: () => string;
  /** The channel alone unless given. */
  readonly delivery?: Delivery | undefined;
  /** Where the wall stands; news may be refused where edits are not. */
  readonly wall?: Delivery | undefined;
  /** Whether people want to hear only what is critical now. */
  readonly isQuiet?: (() => boolean) | undefined;
  /** Real time; without it a message is not looked for whose answer was lost long ago. */
  readonly pace?: Pick<Clock, 'now'> | undefined;
}

/** Discord's clock and ours may differ by so much. */
const SKEW_MS = 60_000;

/** A post on its way: what counts as its content, and how it reads in a channel. */
interface Letter {
  readonly hash: string;
  readonly pin: boolean;
  readonly draft: Draft;
}

const UNSHOWN = 'A message of Rotor could not be shown here; the log says which.';
/** What stands of the wall in another place than the desk's channel. */
const elsewhere = (subject: string): string => `${subject}@elsewhere`;

export function createKeeper(parts: KeeperParts): Keeper {
  const { channel: home, posts, draw, log, birth, pace, isQuiet = () => false } = parts;
  const alone = createDelivery({ home, log });
  const { delivery = alone, wall = alone } = parts;
  const sentence = (id: string): string | undefined => delivery.sentence(id) ?? wall.sentence(id);
  const draftOf = createDrafts({ posts, draw, log, isQuiet, sentence });

  const flight = pace && createInFlight(posts, pace);
  const known = (name: string): PostRef | undefined => {
    const ref = posts.find(name);
    return ref && ref.messageId !== '' ? ref : undefined;
  };
  const save = (name: string, channelId: string, messageId: string, contentHash: string): void =>
    posts.save(name, { channelId, messageId, contentHash });

  async function put(subject: string, post: Post, options: PutOptions = {}): Promise<Put> {
    const { place = 'news', key = JSON.stringify(post), pin = false } = options;
    const letter = { hash: digest(key), pin, draft: draftOf(subject, post, options) };
    if (place === 'wall') return wall.first((spot) => hang(subject, letter, spot));
    if (place !== 'news') return settle(subject, letter, place);
    const before = known(subject);
    if (before?.contentHash === letter.hash) return 'same';
    if (before && (await edit(subject, letter, before).catch(closedIsGone))) return 'edited';
    return delivery.first(({ channel }) => send(subject, letter, channel));
  }

  /** The wall stands once: what hung in another place while this one was closed is taken down. */
  async function hang(subject: string, letter: Letter, spot: Spot): Promise<Put> {
    const { channel, home: isHome, doubtful } = spot;
    if (!isHome) return settle(elsewhere(subject), letter, channel);
    const done = await settle(subject, letter, channel, doubtful);
    await remove(elsewhere(subject));
    return done;
  }

  /** In that channel and no other. */
  async function settle(
    name: string,
    letter: Letter,
    channel: Channel,
    anyway = false,
  ): Promise<Put> {
    const ref = known(name);
    if (ref?.channelId !== channel.id) return send(name, letter, channel);
    if (ref.contentHash === letter.hash && !anyway) return 'same';
    return (await edit(name, letter, ref)) ? 'edited' : send(name, letter, channel);
  }

  /** False when the message is gone. */
  async function edit(name: string, letter: Letter, ref: PostRef): Promise<boolean> {
    const { channelId, messageId } = ref;
    const channel = delivery.at(channelId);
    const change = (message: Message): Promise<boolean> =>
      channel.edit(messageId, message).then(
        () => true,
        (error: unknown) => {
          if (error instanceof MessageGone) return false;
          throw error;
        },
      );
    const stands = await shown(name, change, await letter.draft(channelId));
    if (stands) save(name, channelId, messageId, letter.hash);
    return stands;
  }

  /** The message of an attempt whose answer was lost, where it stands after all. */
  async function stray(channel: Channel, { at, heads }: Begun): Promise<string | undefined> {
    const own = (await channel.ownSince(at - SKEW_MS).catch(closedIsGone)) ?? [];
    return own.find(({ id, head }) => heads.includes(head) && !posts.holds(id))?.id;
  }

  async function send(name: string, letter: Letter, channel: Channel): Promise<Put> {
    // The same after a crash between Discord's answer and `save`, so that Discord answers with the
    // first message; another one when that message was deleted since.
    const before = known(name)?.messageId ?? '';
    const nonce = digest(`${birth()} ${channel.id} ${name} ${before}`);
    const post = (message: Message): Promise<string> => channel.send(message, nonce);
    const message = await letter.draft(channel.id);
    const begun = flight?.begin(nonce, headOf(message.content, message.embeds));
    const found = begun && (await stray(channel, begun));
    const messageId = found ?? (await shown(name, post, message));
    save(name, channel.id, messageId, found === undefined ? letter.hash : 'found');
    flight?.end(nonce);
    if (letter.pin) await channel.pin(messageId);
    if (found !== undefined)
      await edit(name, letter, { channelId: channel.id, messageId, contentHash: 'found' });
    return 'sent';
  }

  /** What Discord will never take must not hold back for ever what stands behind it. */
  async function shown<T>(
    name: string,
    act: (message: Message) => Promise<T>,
    message: Message,
  ): Promise<T> {
    return act(message).catch(async (error: unknown) => {
      if (!(error instanceof MessageRefused)) throw error;
      log.error(`${name}: ${error.message}`);
      return act(await toMessage(notice(UNSHOWN), draw, log));
    });
  }

  function forget(subject: string): void {
    const ref = known(subject);
    if (ref) posts.save(subject, { ...ref, contentHash: 'gone' });
  }

  async function remove(subject: string): Promise<void> {
    const ref = known(subject);
    if (!ref) return;
    await delivery.at(ref.channelId).remove(ref.messageId).catch(closedIsGone);
    save(subject, ref.channelId, '', 'removed');
  }

  async function check(subject: string, pin: boolean): Promise<'stands' | 'gone'> {
    const ref = known(subject);
    if (!ref) return 'gone';
    const channel = delivery.at(ref.channelId);
    const found = await channel.find(ref.messageId).catch(closedIsGone);
    if (!found) forget(subject);
    else if (pin && !found.pinned) await channel.pin(ref.messageId).catch(closedIsGone);
    return found ? 'stands' : 'gone';
  }

  return {
    put,
    check,
    remove,
    forget,
    idOf: (subject) => known(subject)?.messageId,
    at: delivery.at,
  };
}

function closedIsGone(error: unknown): undefined {
  if (error instanceof ChannelClosed) return undefined;
  throw error;
}

/** 24 characters: a nonce may have 25. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
