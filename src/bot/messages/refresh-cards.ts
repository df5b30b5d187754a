/**
 * Refreshes cards with buttons until they have none: a card that expires or is answered elsewhere changes
 * without a press.
 */
import type { PostBook } from '#core/ports.ts';
import type { Post } from '../post.ts';
import type { MessageStore } from './message-store.ts';
import { noteButtons, openCards } from './open-cards.ts';

/** Dependencies of refreshOpenCards. */
export interface OpenCardsParts {
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert' | 'idOf'>;
  /** Current content of a subject's card; undefined when unknown. */
  readonly cardOf: (subject: string) => Post | undefined;
}

/** Updates every card with buttons; a failure does not delay the others. */
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
