/** Small things that the bot must still know after a restart, beside its messages in the post book. */
import type { PostBook } from '#core/ports.ts';

const place = (name: string): string => `note:${name}`;

export function noteOf(posts: PostBook, name: string): string | undefined {
  return posts.find(place(name))?.contentHash;
}

export function keepNote(posts: PostBook, name: string, text: string): void {
  posts.save(place(name), { channelId: '', messageId: '', contentHash: text });
}
