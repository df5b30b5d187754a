/** Troubles that are over: their alerts end, or the desk would stay degraded for ever. */
import type { AccountState } from '../domain/account-state.ts';
import type { Entry } from '../domain/entry.ts';

/** One `resolved` for every open alert whose subject is one of these or begins with one of these. */
export function resolvedEntries(
  book: AccountState,
  subjects: readonly string[],
  text: string,
): readonly Entry[] {
  return [...book.alerts.keys()]
    .filter((subject) => subjects.some((each) => subject.startsWith(each)))
    .map((subject) => ({ kind: 'resolved', subject, text }));
}
