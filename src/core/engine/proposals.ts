/** Plans that wait for a person's yes. */
import { unfinished } from '../domain/book.ts';
import type { Decision, NoDecision, Proposal } from '../domain/decision.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { epochMs } from '../domain/units.ts';
import { barsThrough, tradableSession } from '../scheduler.ts';
import { sellIntents } from './carry-out.ts';
import type { Observer } from './observer.ts';
import type { EngineParts } from './parts.ts';

export interface Proposals {
  /** Decides as of now and writes the plan down, to be approved within ten minutes. */
  propose(by: Person): Promise<Proposal | NoDecision>;
  /**
   * Approves or rejects a proposal, once. An approved one starts its rebalance; the promise resolves
   * when the answer is recorded, not when the orders are done.
   */
  answer(proposalId: string, answer: 'approved' | 'rejected', by: Person): Promise<AnswerOutcome>;
}

/** Somebody, as Discord knows them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

export type AnswerOutcome =
  | {
      readonly kind: 'accepted';
      /** How many more people must approve before anything happens. */
      readonly waitingFor?: number;
    }
  /** Prices moved the plan too far; this one stands in its place. */
  | { readonly kind: 'replaced'; readonly proposal: Proposal }
  /** Too late, or somebody else was first; says who and when. */
  | { readonly kind: 'closed'; readonly reason: string };

/** People's time, not the market's. */
const EXPIRES_MS = 10 * 60_000;

export function createProposals(parts: EngineParts, observer: Observer): Proposals {
  const { clock, journal, wallNow } = parts;
  const given = new Set<string>();

  /** An id that no plan has, not even one that is being made right now. */
  function freshId(): string {
    const { proposals, rebalances } = journal.book();
    for (let number = proposals.size + 1; ; number++) {
      const id = `manual-${newYorkDate(clock.now())}-${number}`;
      if (given.has(id) || proposals.has(id) || rebalances.has(id)) continue;
      given.add(id);
      return id;
    }
  }

  return {
    async propose(by) {
      const outcome = await observer.decide(freshId(), 'manual');
      if (outcome.kind === 'no-decision') return outcome;
      const proposal: Proposal = {
        id: outcome.id,
        planHash: planHash(parts, outcome),
        decision: outcome,
        requestedBy: by.name,
        expiresAt: epochMs(wallNow() + EXPIRES_MS),
      };
      journal.append({ kind: 'proposal', proposal });
      return proposal;
    },
    async answer(proposalId, answer, by) {
      const closed = whyClosed(parts, proposalId, answer);
      if (closed !== undefined) return closed;
      const decision = journal.book().proposals.get(proposalId)?.proposal.decision;
      const approved = answer === 'approved' && decision;
      journal.append(
        { kind: 'answer', proposalId, answer, by: by.name },
        ...(approved ? [{ kind: 'decision', decision } as const, ...sellIntents(decision)] : []),
      );
      return { kind: 'accepted' };
    },
  };
}

/** Why the button does nothing any more, or undefined. */
function whyClosed(
  { clock, journal, wallNow }: EngineParts,
  proposalId: string,
  answer: 'approved' | 'rejected',
): Extract<AnswerOutcome, { kind: 'closed' }> | undefined {
  const closed = (reason: string) => ({ kind: 'closed', reason }) as const;
  const known = journal.book().proposals.get(proposalId);
  if (!known) return closed('This plan is not known here.');
  if (known.answer) return closed(`Already ${known.answer} by ${known.answeredBy ?? 'nobody'}.`);
  if (wallNow() >= known.proposal.expiresAt)
    return closed('This plan has expired; make a new one.');
  if (answer === 'rejected') return undefined;
  const { rebalances } = journal.book();
  if (unfinished(journal.book())) return closed('A rebalance is running; wait for its end.');
  if ([...rebalances.values()].some(({ at }) => at >= known.at)) {
    return closed('Another rebalance has run since this plan was made; make a new one.');
  }
  if (known.proposal.decision.asOf !== barsThrough(clock.now())) {
    return closed(`The plan was made on ${known.proposal.decision.asOf}; make a new one.`);
  }
  if (journal.book().state.state !== 'RUN') return closed('Trading is not in RUN.');
  if (!tradableSession(clock.now())) {
    return closed('Orders leave from 09:35 New York to 15 minutes before the close.');
  }
  return undefined;
}

function planHash({ hash }: EngineParts, { id, asOf, plan }: Decision): string {
  const orders = plan.orders.map(({ side, ticker, qty }) => [side, ticker, qty]);
  return hash(JSON.stringify([id, asOf, orders])).slice(0, 12);
}
