/** Resolves alerts of problems that are over, which would otherwise stay open forever. */
import type { AccountState } from '../domain/account-state.ts';
import { type Alert, type AlertSubject, type AlertTopic, subjectKey } from '../domain/alert.ts';
import type { Entry } from '../domain/entry.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { EpochMs } from '../domain/units.ts';

/** Selects open alerts: by topic, or by a rule. */
type Match = readonly AlertTopic[] | ((subject: AlertSubject) => boolean);

/** One `resolved` for every matching open alert; `lapsed` where it was not fixed. */
export function resolvedEntries(
  { alerts }: AccountState,
  match: Match,
  text: string,
  how: 'solved' | 'lapsed' = 'solved',
): readonly Entry[] {
  const picks =
    typeof match === 'function' ? match : (each: AlertSubject) => match.includes(each.about);
  return [...alerts.values()]
    .map(({ alert }) => alert.subject)
    .filter(picks)
    .map((subject) => {
      return { kind: 'resolved', subject, text, ...(how === 'lapsed' && { lapsed: true }) };
    });
}

/** Whether an open alert about something else says that sentence already: one thing is reported once. */
export function isReported(
  { alerts }: Pick<AccountState, 'alerts'>,
  sentence: string,
  about: AlertTopic,
): boolean {
  return [...alerts.values()].some(
    ({ alert }) => alert.subject.about !== about && alert.text.includes(sentence),
  );
}

/**
 * Whether the alert has been open since today with these words. Numbers in them, such as prices, may have
 * moved since: they are told again the next day.
 */
export function isToldToday(
  { alerts }: Pick<AccountState, 'alerts'>,
  { subject, text }: Alert,
  now: EpochMs,
): boolean {
  const open = alerts.get(subjectKey(subject));
  if (!open || newYorkDate(open.lastAt) !== newYorkDate(now)) return false;
  return withoutNumbers(open.alert.text) === withoutNumbers(text);
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+([.,]\d+)*/g, '#');
}

/** A rule that matches exactly that subject. */
export function exactly(subject: AlertSubject): (each: AlertSubject) => boolean {
  const key = subjectKey(subject);
  return (each) => subjectKey(each) === key;
}
