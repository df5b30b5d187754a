/** What came of a person's word. */
import type { Proposal } from '../domain/decision.ts';
import type { EpochMs } from '../domain/units.ts';

/** What became of an answer to a plan. */
export type AnswerOutcome =
  | {
      readonly kind: 'accepted';
      /** How many more people must approve before anything happens. */
      readonly waitingFor?: number;
      /** When the first orders may leave, where that is not now. */
      readonly startsAt?: EpochMs;
    }
  /** Prices moved the plan too far; this one stands in its place. */
  | { readonly kind: 'replaced'; readonly proposal: Proposal }
  /** Too late, or somebody else was first; says who and when. */
  | { readonly kind: 'closed'; readonly reason: string };
