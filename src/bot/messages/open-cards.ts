/** Tracks which cards still have buttons, across restarts. */
import { z } from 'zod';
import type { PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { Post } from '../post.ts';

const STATE = 'open cards';
const stored = z.array(z.string());

/** Subjects of cards with buttons, oldest first. */
export function openCards(posts: PostBook): readonly string[] {
  return stored.parse(JSON.parse(readBotState(posts, STATE) ?? '[]'));
}

/** Records whether the card has buttons now. */
export function noteButtons(posts: PostBook, subject: string, { components = [] }: Post): void {
  const open = openCards(posts);
  const hasButtons = components.length > 0;
  if (open.includes(subject) === hasButtons) return;
  const others = open.filter((each) => each !== subject);
  writeBotState(posts, STATE, JSON.stringify(hasButtons ? [...others, subject] : others));
}

/** A message that becomes another card is no longer the old one. */
export function noteCard(
  posts: PostBook,
  subject: string,
  { post, messageId, channelId }: { post: Post; messageId: string; channelId: string },
): void {
  for (const other of openCards(posts)) {
    if (other === subject || posts.find(other)?.messageId !== messageId) continue;
    posts.save(other, { channelId, messageId: '', contentHash: 'became another card' });
    noteButtons(posts, other, { embeds: [] });
  }
  // Without a hash, so that the next refresh updates it.
  posts.save(subject, { channelId, messageId, contentHash: '' });
  noteButtons(posts, subject, post);
}
