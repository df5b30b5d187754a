/** Small things that the bot must still know after a restart, beside its messages in the post book. */
import { createHash } from 'node:crypto';
import type { PostBook } from '#core/ports.ts';

const place = (name: string): string => `note:${name}`;

/** The text kept under the name; undefined when there is none. */
export function readBotState(posts: PostBook, name: string): string | undefined {
  return posts.find(place(name))?.contentHash;
}

/** Keeps the text under the name, in place of what was there. */
export function writeBotState(posts: PostBook, name: string, text: string): void {
  posts.save(place(name), { channelId: '', messageId: '', contentHash: text });
}

/** A hash of 24 characters: a nonce of Discord's may have 25. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
