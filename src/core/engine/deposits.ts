/** People's answers to a deposit: a plan that invests it now, or the next rebalance. */
import { isApprovable, type Proposal } from '../domain/decision.ts';
import type { DepositChoice } from '../domain/deposits.ts';
import { type AnswerOutcome, type Closed, closed } from './answer-outcome.ts';
import type { EngineParts } from './parts.ts';
import type { Person, Proposals } from './proposals.ts';

/** Actions of people on deposits. */
export interface DepositActions {
  /**
   * Makes the plan that invests the deposit, as `propose` does. The choice is recorded only once there is a
   * plan that can be approved, so that a failed one leaves the offer open. Closed when it was answered or is
   * over, while another person's press makes the plan, and when there is no decision.
   * @throws TradingError where the broker does not answer.
   */
  investDeposit(activityId: string, by: Person): Promise<Proposal | Closed>;
  /** Leaves the deposit to the next rebalance, once; closed as for `investDeposit`. */
  leaveDeposit(activityId: string, by: string): AnswerOutcome;
}

const PLANNING = 'A plan for it is being made already.';

/** Creates the actions; `propose` makes a plan as of now. */
export function createDepositActions(
  { journal }: Pick<EngineParts, 'journal'>,
  propose: Proposals['propose'],
): DepositActions {
  const planning = new Set<string>();

  function refusal(activityId: string): string | undefined {
    const known = journal.book().deposits.get(activityId);
    if (known?.choice) return `Already answered by ${known.choice.by}.`;
    if (!known || known.over) return 'This is over already.';
    return planning.has(activityId) ? PLANNING : undefined;
  }

  function record(activityId: string, choice: DepositChoice, by: string): void {
    journal.append({ kind: 'deposit-choice', activityId, choice, by });
  }

  return {
    async investDeposit(activityId, by) {
      const refused = refusal(activityId);
      if (refused !== undefined) return closed(refused);
      planning.add(activityId);
      const plan = await propose(by).finally(() => planning.delete(activityId));
      if ('reason' in plan) return closed(`No plan can be made now: ${plan.reason}`);
      // It may have been withdrawn during the requests to the broker.
      if (isApprovable(plan) && refusal(activityId) === undefined) {
        record(activityId, 'now', by.name);
      }
      return plan;
    },
    leaveDeposit(activityId, by) {
      const refused = refusal(activityId);
      if (refused !== undefined) return closed(refused);
      record(activityId, 'later', by);
      return { kind: 'accepted' };
    },
  };
}
