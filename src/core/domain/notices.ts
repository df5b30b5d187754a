/** Kinds of messages that people may move out of the channel or switch off, and where each goes. */
import type { Alert, AlertTopic } from './alert.ts';

/** What may be moved. Announcements, plans, rebalances, acts of people and what is critical may not. */
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

/** Where a kind may go. */
export const NOTICE_PLACES = ['channel', 'thread', 'off'] as const;

/** `thread`: without a sound, in the thread of the rebalance or of the dashboard. */
export type NoticePlace = (typeof NOTICE_PLACES)[number];

/** The kinds that somebody chose a place for. */
export type NoticePlaces = Readonly<Partial<Record<Notice, NoticePlace>>>;

/** What an admin chose in Discord, and who. */
export type ChosenPlaces = ReadonlyMap<
  Notice,
  { readonly place: NoticePlace; readonly by: string }
>;

/** Where the kind goes: what was chosen in Discord counts before the setting. */
export function noticePlace(
  notice: Notice,
  chosen: ChosenPlaces,
  setting: NoticePlaces,
): NoticePlace {
  return chosen.get(notice)?.place ?? setting[notice] ?? DEFAULTS[notice] ?? 'channel';
}

const DEFAULTS: NoticePlaces = { fills: 'thread' };

/** The kind that the alert is of; undefined where it always goes to the channel. */
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
