/** Events of the evidence: settings tried, evidence shown, evidence read. */
import type { MonthParity } from '#core/domain/month-parity.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { type JournalEvents, noLine, put } from './journal-event.ts';

/** Entries about the evidence. */
export type EvidenceEntry =
  | {
      /** Settings that a person tried: every try makes the best result look better than it is. */
      readonly kind: 'tried';
      readonly what: 'evidence' | 'backtest' | 'what-if';
      /** Number of settings. */
      readonly settings: number;
      /** Identifies the settings tried; trying the same again does not count. */
      readonly key: string;
      readonly by: string;
    }
  | {
      /** With real money nothing is bought from that session on until someone has read the evidence. */
      readonly kind: 'evidence-due';
      /** Hash of universe, models, limits and rules. */
      readonly hash: string;
      readonly from: SessionDate;
    }
  /** An approver has read the evidence for the current setup. */
  | { readonly kind: 'evidence-read'; readonly hash: string; readonly by: string }
  | {
      /** The evidence shown after the first rebalance. */
      readonly kind: 'evidence-shown';
      readonly lines: readonly string[];
    }
  | {
      /**
       * At the end of a month: the number of decisions that repeat exactly, and the conclusion of the
       * evidence.
       */
      readonly kind: 'month-checked';
      readonly session: SessionDate;
      readonly equal: number;
      readonly of: number;
      readonly verdict?: string | undefined;
      /** The month compared with its backtest; absent in older entries. */
      readonly beside?: MonthParity | undefined;
    };

/** The rows of the evidence. */
export const EVIDENCE_EVENTS = {
  tried: {
    key: ({ what, key }) => `${what} ${key}`,
    reduce: ({ tried }, { what, key, by, settings }) => ({
      tried: put(tried, `${what} ${key}`, { what, by, settings }),
    }),
    log: noLine,
    message: 'none',
    exports: [],
  },
  'evidence-due': {
    key: ({ hash }) => hash,
    reduce: ({ evidence }, { hash, from }) => ({
      evidence: { ...evidence, due: put(evidence.due, hash, from) },
    }),
    log: ({ from }) => `the evidence must be read: nothing is bought from ${from} until then`,
    message: 'none',
    exports: [],
  },
  'evidence-read': {
    key: ({ hash }) => hash,
    reduce: ({ evidence }, { hash, by }, at) => ({
      evidence: { ...evidence, read: put(evidence.read, hash, { by, at }) },
    }),
    log: ({ by }) => `the evidence was read by ${by}`,
    message: 'line',
    exports: [],
  },
  'evidence-shown': {
    key: () => 'once',
    reduce: ({ evidence }) => ({ evidence: { ...evidence, wasShown: true } }),
    log: noLine,
    message: 'line',
    exports: [],
  },
  'month-checked': {
    key: ({ session }) => session,
    reduce: ({ checkedMonths }, { session, equal, of, verdict, beside }) => ({
      checkedMonths: put(checkedMonths, session, { equal, of, verdict, beside }),
    }),
    log: ({ equal, of }) => `${equal} of ${of} decisions repeat exactly`,
    message: ({ session }) => [{ message: 'reports', session }],
    exports: [],
  },
} as const satisfies JournalEvents<EvidenceEntry>;
