/** The alert about a rebalance that waits for a person. */
import { type AccountState, openAlert } from '../domain/account-state.ts';
import type { Alert, AlertSubject } from '../domain/alert.ts';
import type { Decision } from '../domain/decision.ts';
import type { Entry } from '../domain/entry.ts';
import type { AnnounceRules } from '../domain/start-rules.ts';
import type { DueTask } from '../scheduler.ts';
import { resolvedEntries } from './alerts.ts';

type Asked = Pick<Extract<DueTask, { kind: 'ask' }>, 'id' | 'why'>;

/** One alert for the rebalance that waits for a person; a newer one replaces the older. */
export function owedEntries(
  book: AccountState,
  asked: Asked,
  auto: AnnounceRules['auto'] = 'announce',
): readonly Entry[] {
  const alert = alertOf(asked, auto);
  if (openAlert(book, alert.subject)) return [];
  const before = resolvedEntries(book, OWED, neverRan(asked.id), 'lapsed');
  return [...before, { kind: 'alert', alert }];
}

/**
 * Resolves the alert when the rebalance begins, or a person's in its place; closes it when a later one runs
 * automatically.
 */
export function owedOver(book: AccountState, decision: Decision): readonly Entry[] {
  const isDone = (subject: AlertSubject): boolean =>
    decision.cause === 'manual' || ('decisionId' in subject && subject.decisionId === decision.id);
  const owed = (subject: AlertSubject): boolean => subject.about === 'owed-rebalance';
  return [
    ...resolvedEntries(book, (each) => owed(each) && isDone(each), 'A rebalance has begun.'),
    ...resolvedEntries(
      book,
      (each) => owed(each) && !isDone(each),
      `It never ran; ${decision.id} has begun.`,
      'lapsed',
    ),
  ];
}

const OWED = ['owed-rebalance'] as const;

function neverRan(next: string): string {
  return `It never ran; ${next} is due now.`;
}

function alertOf({ id, why }: Asked, auto: AnnounceRules['auto']): Alert {
  const common = {
    subject: { about: 'owed-rebalance', decisionId: id },
    severity: 'warning',
  } as const;
  if (why === 'halted') {
    return {
      ...common,
      title: 'A plan needs an approval',
      text: `${id} is the first plan since Rotor halted itself, so it will not start automatically.`,
      remedy: 'An approver has to check the plan. Acknowledge to skip it.',
      advice: { code: 'owed-after-halt' },
    };
  }
  const rest = {
    ...common,
    remedy: 'Acknowledge to skip it: the next one runs automatically.',
    advice: { code: 'owed-rebalance' },
  } as const;
  if (why === 'flattened') {
    const text = `${id} is due, but a person has sold everything since, so it will not start automatically.`;
    return { ...rest, title: 'A rebalance waits for an approver', text };
  }
  return auto === 'approve'
    ? {
        ...rest,
        title: 'A rebalance was not approved',
        text: `${id} was not approved in time, and is too old to run now.`,
        remedy: 'Acknowledge to skip it: the next one is announced as usual.',
      }
    : {
        ...rest,
        title: 'A rebalance was missed',
        text: `${id} was missed and is too old to run automatically.`,
      };
}
