/** Kinds of messages that people may move out of the channel or turn off, and the destination of each. */
import type { Alert, AlertTopic } from './alert.ts';

/**
 * Messages that may be moved. Announcements, plans, rebalances, people's actions and critical alerts may
 * not.
 */
export const NOTICES = [
  'fills',
  'daily',
  'weekly',
  'monthly',
  'regime',
  'drift',
  'data',
  'account',
  'starts',
] as const;

/** The name of a kind of message that may be moved. */
export type Notice = (typeof NOTICES)[number];

/** Possible destinations. */
export const NOTICE_PLACES = ['channel', 'thread', 'off'] as const;

/** `thread`: silently, in the thread of the rebalance or of the dashboard. */
export type NoticePlace = (typeof NOTICE_PLACES)[number];

/** The destinations that were chosen, by kind. */
export type NoticePlaces = Readonly<Partial<Record<Notice, NoticePlace>>>;

/** An admin's choices in Discord, and who made them. */
export type ChosenPlaces = ReadonlyMap<
  Notice,
  { readonly place: NoticePlace; readonly by: string }
>;

/** The destination of the kind: a choice in Discord overrides the setting. */
export function noticePlace(
  notice: Notice,
  chosen: ChosenPlaces,
  setting: NoticePlaces,
): NoticePlace {
  return chosen.get(notice)?.place ?? setting[notice] ?? DEFAULTS[notice] ?? 'channel';
}

const DEFAULTS: NoticePlaces = { fills: 'thread' };

/** The alert's kind of message; undefined where it always goes to the channel. */
export function noticeOf({ subject, severity }: Alert): Notice | undefined {
  return severity === 'critical' ? undefined : NOTICE_BY_TOPIC[subject.about];
}

const NOTICE_BY_TOPIC: Readonly<Partial<Record<AlertTopic, Notice>>> = {
  regime: 'regime',
  drift: 'drift',
  'bars-in-doubt': 'data',
  'data-late': 'data',
  'no-price': 'data',
  calendar: 'data',
  'suspected-split': 'data',
};
