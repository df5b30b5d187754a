/**
 * Each card with buttons is looked at again and again until it has none: one whose time is over, or that
 * was answered elsewhere, changes without anybody pressing it.
 */
import type { PostBook } from '#core/ports.ts';
import type { Post } from '../post.ts';
import type { MessageStore } from './message-store.ts';
import { noteButtons, openCards } from './open-cards.ts';

/** What the look at open cards needs. */
export interface OpenCardsParts {
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert' | 'idOf'>;
  /** How the card of a subject has to read now; undefined where nothing is known of it. */
  readonly cardOf: (subject: string) => Post | undefined;
}

/** Brings every card with buttons to what it says by now; one that fails holds no other back. */
export async function refreshOpenCards({
  posts,
  messageStore,
  cardOf,
}: OpenCardsParts): Promise<void> {
  const failed: unknown[] = [];
  for (const subject of openCards(posts)) {
    const post = messageStore.idOf(subject) === undefined ? undefined : cardOf(subject);
    if (post === undefined) noteButtons(posts, subject, { embeds: [] });
    else await messageStore.upsert(subject, post).catch((error: unknown) => failed.push(error));
  }
  if (failed.length > 0) throw failed[0];
}
