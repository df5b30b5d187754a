/** The outcome of a person's answer. */
import type { Proposal } from '../domain/decision.ts';
import type { EpochMs } from '../domain/units.ts';

/** The outcome of an answer to a plan. */
export type AnswerOutcome =
  | {
      readonly kind: 'accepted';
      /** Number of further approvals required. */
      readonly waitingFor?: number;
      /** When the first orders may be sent, if not now. */
      readonly startsAt?: EpochMs;
    }
  /** Prices moved too far from the plan; this one replaces it. */
  | { readonly kind: 'replaced'; readonly proposal: Proposal }
  | Closed;

/** Too late, or another person was first; says who and when. */
export interface Closed {
  readonly kind: 'closed';
  readonly reason: string;
}

/** A closed answer with the reason, for display. */
export function closed(reason: string): Closed {
  return { kind: 'closed', reason };
}
