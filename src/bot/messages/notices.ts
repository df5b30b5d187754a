/**
 * Configurable messages: each kind goes to the channel, silently to the dashboard's thread, or nowhere.
 * Existing messages are updated where they are.
 */
import type { AccountState } from '#core/domain/account-state.ts';
import { type Notice, type NoticePlaces, noticePlace } from '#core/domain/notices.ts';
import { closedIsUndefined } from '../discord/channel.ts';
import type { Post } from '../post.ts';
import type { DashboardThread } from './dashboard-thread.ts';
import type { MessageStore, UpsertOptions } from './message-store.ts';

/** Sends configurable messages. */
export interface Notices {
  /** Whether this kind currently goes there. */
  goes(notice: Notice, place: 'channel' | 'off'): boolean;
  /** Updates the subject's message to this content. Rejects when Discord does not accept it. */
  tell(
    notice: Notice | undefined,
    subject: string,
    post: Post,
    options: UpsertOptions,
  ): Promise<void>;
}

/** Dependencies of createNotices. */
export interface NoticesParts {
  readonly engine: { readonly book: () => Pick<AccountState, 'noticePlaces'> };
  readonly messageStore: MessageStore;
  readonly thread: DashboardThread;
  /** The setting; defaults if omitted. */
  readonly notify?: NoticePlaces | undefined;
}

/** Creates the notices; a kind of `undefined` is not configurable. */
export function createNotices({
  engine,
  messageStore,
  thread,
  notify = {},
}: NoticesParts): Notices {
  const placeOf = (notice: Notice) => noticePlace(notice, engine.book().noticePlaces, notify);

  /** Returns false when no thread accepts it. */
  async function inThread(subject: string, post: Post, options: UpsertOptions): Promise<boolean> {
    const place = await thread.open();
    if (!place) return false;
    const silent = { ...options, place, sound: 'silent' as const };
    const done = await messageStore.upsert(subject, post, silent).catch(closedIsUndefined);
    if (done === undefined) thread.lose();
    return done !== undefined;
  }

  return {
    goes: (notice, place) => placeOf(notice) === place,
    tell: async (notice, subject, post, options) => {
      const stands = messageStore.idOf(subject) !== undefined;
      const place = notice === undefined || stands ? 'channel' : placeOf(notice);
      if (place === 'off') return;
      if (place === 'thread' && (await inThread(subject, post, options))) return;
      await messageStore.upsert(subject, post, options);
    },
  };
}
