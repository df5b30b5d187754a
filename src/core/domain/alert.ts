/** Alerts: what each is about, how urgent it is, and what a person is told. */
import type { Advice } from './advice.ts';

/** How urgent an alert is, least urgent first. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/**
 * What an alert is about; two alerts with equal subjects are the same trouble. `other` is what this
 * version does not know: the subject of a journal that another one wrote.
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

/** The names of what alerts can be about. */
export type AlertTopic = AlertSubject['about'];

type PlainTopic = keyof typeof PLAIN;
/** Orders that stay open, what a rebalance left undone, a rebalance that waits for a person. */
type DecisionTopic = 'open-orders' | 'left-undone' | 'owed-rebalance';

/** Something a person should know. */
export interface Alert {
  readonly subject: AlertSubject;
  readonly severity: Severity;
  /** A short name of the trouble: `order refused`, `data late`. */
  readonly title: string;
  /** One or two sentences: the thing, what was expected, what was found. */
  readonly text: string;
  /**
   * What happens next, and what a person can do where no command is needed for it; shown by the log
   * and by versions that do not know the advice.
   */
  readonly remedy: string;
  /** What a person can do, as a code; undefined where the remedy is all, and in older journals. */
  readonly advice?: Advice | undefined;
}

/** Stored texts of what is told once, whatever it is of. Never change one: journals hold it. */
const PLAIN = {
  'bars-in-doubt': 'bars in doubt',
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

/** How the stored texts of the others begin; what they are of follows. Never change one either. */
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

/** The prefixes as they are tried; the empty one, which every text has, is last. */
const PREFIXED = (Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]).toSorted(
  (left, right) => PREFIXES[right].length - PREFIXES[left].length,
);

/** Returns the text that stands for the subject: stored, and the key of the open alerts. */
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

/** Returns the subject that the text stands for; a text that no version wrote is about `other`. */
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

/** Whether nothing but a person's word, or the next plan, ends it: it happened, and does not go on. */
export function hasHappened({ about }: AlertSubject): boolean {
  return about === 'refused-order' || about === 'left-undone' || about === 'late-fill';
}
