/** Events of notification preferences: who receives which messages, and where. */
import type { Notice, NoticePlace } from '#core/domain/notices.ts';
import { type JournalEvents, noKey, put } from './journal-event.ts';

/** Entries about message destinations, and about people who want direct messages. */
export type NoticeEntry =
  /** From now on messages of that kind go to this place. */
  | {
      readonly kind: 'notice-place';
      readonly notice: Notice;
      readonly place: NoticePlace;
      readonly by: string;
    }
  /** Whether that person wants a direct message when something needs approval. */
  | {
      readonly kind: 'notify-me';
      readonly userId: string;
      readonly userName: string;
      readonly on: boolean;
    };

/** The rows of notification preferences. */
export const NOTICE_EVENTS = {
  'notice-place': {
    key: noKey,
    reduce: ({ noticePlaces }, { notice, place, by }) => ({
      noticePlaces: put(noticePlaces, notice, { place, by }),
    }),
    log: ({ notice, place, by }) => `messages of ${notice}: ${place}, set by ${by}`,
    message: 'line',
    exports: [],
  },
  'notify-me': {
    key: noKey,
    reduce: ({ notified }, { userId, userName, on }) => {
      const next = new Map(notified);
      if (on) next.set(userId, userName);
      else next.delete(userId);
      return { notified: next };
    },
    log: ({ userName, on }) =>
      `${userName} wants ${on ? 'a' : 'no'} direct message when something waits for approval`,
    message: 'none',
    exports: [],
  },
} as const satisfies JournalEvents<NoticeEntry>;
