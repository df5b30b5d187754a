/** Resolves alerts of problems that are over, which would otherwise stay open forever. */
import type { AccountState } from '../domain/account-state.ts';
import { type AlertSubject, type AlertTopic, subjectKey } from '../domain/alert.ts';
import type { Entry } from '../domain/entry.ts';

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

/** A rule that matches exactly that subject. */
export function exactly(subject: AlertSubject): (each: AlertSubject) => boolean {
  const key = subjectKey(subject);
  return (each) => subjectKey(each) === key;
}
