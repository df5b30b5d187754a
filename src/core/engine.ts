import type { Book } from './domain/book.ts';
import type { NoDecision, Outcome, Proposal } from './domain/decision.ts';
import type { Entry } from './domain/entry.ts';
import type { Observation } from './domain/observation.ts';
import type { Listen } from './events.ts';

/** What a command may ask of the machine. It answers with records; it alone talks to the broker. */
export interface Engine {
  book(): Book;
  observation(): Observation;
  /** Decides as of now and changes nothing. */
  preview(): Promise<Outcome>;
  /** Decides as of now and writes the plan down, to be approved within ten minutes. */
  propose(by: string): Promise<Proposal | NoDecision>;
  /**
   * Approves or rejects a proposal, once. An approved one starts its rebalance; the promise resolves
   * when the answer is recorded, not when the orders are done.
   */
  answer(proposalId: string, answer: 'approved' | 'rejected', by: string): Promise<AnswerOutcome>;
  /** Writes down who used which command, allowed or not. False when that interaction is known already. */
  audit(command: Extract<Entry, { kind: 'command' }>): boolean;
  readonly listen: Listen;
}

export type AnswerOutcome =
  | { readonly kind: 'accepted' }
  /** Too late, or somebody else was first; says who and when. */
  | { readonly kind: 'closed'; readonly reason: string };
