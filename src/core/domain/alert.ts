/** Alerts: subject, severity, and the text for people. */
import type { Advice } from './advice.ts';

/** How urgent an alert is, least urgent first. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/**
 * The subject of an alert; two alerts with equal subjects are the same problem. `other` is a subject that
 * this version does not know, from a journal written by another version.
 */
export type AlertSubject =
  | { readonly about: PlainTopic }
  | {
      readonly about: 'late-fill' | 'refused-order' | 'stuck-order';
      readonly clientOrderId: string;
    }
  | { readonly about: DecisionTopic; readonly decisionId: string }
  | { readonly about: 'limit'; readonly limit: string }
  | { readonly about: 'external-trade'; readonly fillId: string }
  | { readonly about: 'drift' | 'no-price' | 'suspected-split'; readonly ticker: string }
  | { readonly about: 'unknown-activity'; readonly activityId: string }
  | { readonly about: 'regime'; readonly asOf: string }
  | { readonly about: 'error' | 'other'; readonly text: string };

/** The topics of alerts. */
export type AlertTopic = AlertSubject['about'];

type PlainTopic = keyof typeof PLAIN;
/** Orders that stay open, a rebalance's uncompleted steps, and a rebalance that waits for a person. */
type DecisionTopic = 'open-orders' | 'left-undone' | 'owed-rebalance';

/** Something a person should know. */
export interface Alert {
  readonly subject: AlertSubject;
  readonly severity: Severity;
  /** A short name of the problem: `order refused`, `data late`. */
  readonly title: string;
  /** One or two sentences: the subject, the expected value and the value found. */
  readonly text: string;
  /**
   * Next steps, and what a person can do where no command is needed; shown in the log and by
   * versions that do not know the advice.
   */
  readonly remedy: string;
  /** Action that a person can take, as a code; undefined where the remedy says it all, and in older journals. */
  readonly advice?: Advice | undefined;
}

/** Stored texts of subjects without details. Never change one: journals contain it. */
const PLAIN = {
  'bars-in-doubt': 'bars in doubt',
  'borrowed-cash': 'borrowed cash',
  broker: 'broker',
  calendar: 'calendar',
  clock: 'clock',
  'data-late': 'data late',
  drawdown: 'drawdown',
  evidence: 'evidence',
  'idle-cash': 'idle cash',
  journal: 'journal',
  'late-rebalance': 'late',
  'no-decision': 'no-decision',
  reconciliation: 'reconciliation',
  replica: 'replica',
  stream: 'stream',
} as const;

/** Prefixes of the stored texts of the other subjects; the detail follows. Never change one either. */
const PREFIXES = {
  drift: 'drift ',
  error: 'error ',
  'external-trade': 'external ',
  'late-fill': 'late fill ',
  'left-undone': 'left ',
  'no-price': 'no price ',
  limit: 'limit ',
  'open-orders': 'open ',
  other: '',
  'owed-rebalance': 'owed ',
  'refused-order': 'refused ',
  regime: 'regime ',
  'stuck-order': 'stuck ',
  'suspected-split': 'split ',
  'unknown-activity': 'activity ',
} as const satisfies Record<Exclude<AlertTopic, PlainTopic>, string>;

const PLAIN_BY_TEXT: ReadonlyMap<string, PlainTopic> = new Map(
  (Object.keys(PLAIN) as PlainTopic[]).map((about) => [PLAIN[about], about]),
);

/** The prefixes in matching order; the empty one, which matches any text, is last. */
const PREFIXED = (Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]).toSorted(
  (left, right) => PREFIXES[right].length - PREFIXES[left].length,
);

/** Returns the subject's stored text, which is also the key of the open alerts. */
export function subjectKey(subject: AlertSubject): string {
  switch (subject.about) {
    case 'late-fill':
    case 'refused-order':
    case 'stuck-order':
      return `${PREFIXES[subject.about]}${subject.clientOrderId}`;
    case 'open-orders':
    case 'left-undone':
    case 'owed-rebalance':
      return `${PREFIXES[subject.about]}${subject.decisionId}`;
    case 'limit':
      return `${PREFIXES.limit}${subject.limit}`;
    case 'external-trade':
      return `${PREFIXES[subject.about]}${subject.fillId}`;
    case 'unknown-activity':
      return `${PREFIXES[subject.about]}${subject.activityId}`;
    case 'drift':
    case 'no-price':
    case 'suspected-split':
      return `${PREFIXES[subject.about]}${subject.ticker}`;
    case 'regime':
      return `${PREFIXES.regime}${subject.asOf}`;
    case 'error':
    case 'other':
      return `${PREFIXES[subject.about]}${subject.text}`;
    default:
      return PLAIN[subject.about];
  }
}

/** Returns the subject with that stored text; a text that no version wrote is `other`. */
export function parseSubject(key: string): AlertSubject {
  const plain = PLAIN_BY_TEXT.get(key);
  if (plain !== undefined) return { about: plain };
  const about = PREFIXED.find((each) => key.startsWith(PREFIXES[each])) ?? 'other';
  return subjectOf(about, key.slice(PREFIXES[about].length));
}

function subjectOf(about: keyof typeof PREFIXES, rest: string): AlertSubject {
  switch (about) {
    case 'late-fill':
    case 'refused-order':
    case 'stuck-order':
      return { about, clientOrderId: rest };
    case 'open-orders':
    case 'left-undone':
    case 'owed-rebalance':
      return { about, decisionId: rest };
    case 'limit':
      return { about, limit: rest };
    case 'external-trade':
      return { about, fillId: rest };
    case 'unknown-activity':
      return { about, activityId: rest };
    case 'drift':
    case 'no-price':
    case 'suspected-split':
      return { about, ticker: rest };
    case 'regime':
      return { about, asOf: rest };
    default:
      return { about, text: rest };
  }
}

/** Whether it is a past event rather than a condition: only a person or the next plan closes it. */
export function hasHappened({ about }: AlertSubject): boolean {
  return about === 'refused-order' || about === 'left-undone' || about === 'late-fill';
}
