/** Troubles that are over: their alerts end, or the desk would stay degraded for ever. */
import type { AccountState } from '../domain/account-state.ts';
import { type AlertSubject, type AlertTopic, subjectKey } from '../domain/alert.ts';
import type { Entry } from '../domain/entry.ts';

/** Which open alerts: those about one of these, or those that a rule picks. */
type Match = readonly AlertTopic[] | ((subject: AlertSubject) => boolean);

/** One `resolved` for every open alert that matches; `lapsed` where nobody solved it. */
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

/** A rule that picks the alert of exactly that subject. */
export function exactly(subject: AlertSubject): (each: AlertSubject) => boolean {
  const key = subjectKey(subject);
  return (each) => subjectKey(each) === key;
}
