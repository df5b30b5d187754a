/**
 * One message for one subject, for as long as the account lives: posted once, edited when it says
 * something else, posted anew when somebody deleted it.
 */
import { createHash } from 'node:crypto';
import type { Log, PostBook } from '#core/ports.ts';
import { type Channel, type Message, MessageGone, MessageRefused, toMessage } from './channel.ts';
import type { Draw } from './charts/draw.ts';
import { notice, type Post } from './post.ts';

export interface Keeper {
  /**
   * Brings the subject's message to this content. `key` is what counts as a change, the whole post
   * unless given. Rejects when Discord does not take it.
   */
  put(subject: string, post: Post, options?: PutOptions): Promise<Put>;
  /** Pins the subject's message where it is not pinned; a message that is gone is forgotten. */
  ensurePinned(subject: string): Promise<void>;
}

export type Put = 'sent' | 'edited' | 'same';

export interface PutOptions {
  readonly key?: string;
  readonly pin?: boolean;
}

export interface KeeperParts {
  readonly channel: Channel;
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** What no other journal has, so that a new one's messages are not taken for an old one's. */
  readonly birth: () => string;
}

const UNSHOWN = 'A message of Rotor could not be shown here; the log says which.';

export function createKeeper({ channel, posts, draw, log, birth }: KeeperParts): Keeper {
  /** A message in another channel is not this channel's message. */
  const known = (subject: string) => {
    const ref = posts.find(subject);
    return ref?.channelId === channel.id && ref.messageId !== '' ? ref : undefined;
  };
  const save = (subject: string, messageId: string, contentHash: string): void =>
    posts.save(subject, { channelId: channel.id, messageId, contentHash });

  async function put(subject: string, post: Post, options: PutOptions = {}): Promise<Put> {
    const contentHash = digest(options.key ?? JSON.stringify(post));
    const before = known(subject);
    if (before?.contentHash === contentHash) return 'same';
    const message = await toMessage(post, draw, log);
    return place(message).catch(async (error: unknown) => {
      if (!(error instanceof MessageRefused)) throw error;
      // Discord will never take it, and what stands behind it must not wait for ever.
      log.error(`${subject}: ${error.message}`);
      return place(await toMessage(notice(UNSHOWN), draw, log));
    });

    async function place(content: Message): Promise<Put> {
      if (before && (await edited(channel, before.messageId, content))) {
        save(subject, before.messageId, contentHash);
        return 'edited';
      }
      // The same after a crash between Discord's answer and `save`, so that Discord answers with the
      // first message; another one when that message was deleted since.
      const nonce = digest(`${birth()} ${channel.id} ${subject} ${before?.messageId ?? ''}`);
      const messageId = await channel.send(content, nonce);
      save(subject, messageId, contentHash);
      if (options.pin) await channel.pin(messageId);
      return 'sent';
    }
  }

  async function ensurePinned(subject: string): Promise<void> {
    const ref = known(subject);
    if (!ref) return;
    const found = await channel.find(ref.messageId);
    if (!found) save(subject, ref.messageId, 'gone');
    else if (!found.pinned) await channel.pin(ref.messageId);
  }

  return { put, ensurePinned };
}

/** False when the message is gone. */
async function edited(channel: Channel, messageId: string, message: Message): Promise<boolean> {
  return channel.edit(messageId, message).then(
    () => true,
    (error: unknown) => {
      if (error instanceof MessageGone) return false;
      throw error;
    },
  );
}

/** 24 characters: a nonce may have 25. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
