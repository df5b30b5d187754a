/**
 * Messages that people may move: each kind goes to the channel, to the thread of the dashboard without a
 * sound, or nowhere. What stands already is brought up to date where it stands.
 */
import type { AccountState } from '#core/domain/account-state.ts';
import { type Notice, type NoticePlaces, noticePlace } from '#core/domain/notices.ts';
import { closedIsUndefined } from '../discord/channel.ts';
import type { Post } from '../post.ts';
import type { DashboardThread } from './dashboard-thread.ts';
import type { MessageStore, UpsertOptions } from './message-store.ts';

/** Sends what may be moved. */
export interface Notices {
  /** Whether the kind goes there now. */
  goes(notice: Notice, place: 'channel' | 'off'): boolean;
  /** Brings the subject's message to this content. Rejects when Discord does not take it. */
  tell(
    notice: Notice | undefined,
    subject: string,
    post: Post,
    options: UpsertOptions,
  ): Promise<void>;
}

/** What notices need. */
export interface NoticesParts {
  readonly engine: { readonly book: () => Pick<AccountState, 'noticePlaces'> };
  readonly messageStore: MessageStore;
  readonly thread: DashboardThread;
  /** The setting; the defaults unless given. */
  readonly notify?: NoticePlaces | undefined;
}

/** Makes the notices; a kind of `undefined` is one that nobody may move. */
export function createNotices({
  engine,
  messageStore,
  thread,
  notify = {},
}: NoticesParts): Notices {
  const placeOf = (notice: Notice) => noticePlace(notice, engine.book().noticePlaces, notify);

  /** False where no thread takes it. */
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
