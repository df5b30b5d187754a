/** Models that do not rebalance in a decision keep their weights of the last one. */
import { type Decision, isFlatten } from '../domain/decision.ts';
import { type Cadence, cadenceOf, type Model } from '../domain/model.ts';
import type { CarriedAllocation, CarriedAllocations } from './portfolio.ts';

/**
 * The allocations that are carried on, by model id. A model that the last decision does not know
 * rebalances now, and everything does without a last decision. After everything was sold nothing is
 * carried on: a model that does not rebalance yet stays in cash.
 * @param last the last recorded decision of the journal.
 * @param cadences whose models rebalance now; undefined: all of them.
 */
export function carriedAllocations(
  last: Decision | undefined,
  models: readonly Model[],
  cadences: readonly Cadence[] | undefined,
): CarriedAllocations {
  if (!last || !cadences) return new Map();
  const idle = models.filter((model) => !cadences.includes(cadenceOf(model)));
  return new Map(
    idle.flatMap(({ id }): readonly [string, CarriedAllocation][] => {
      const kept = keptBy(id, last);
      return kept ? [[id, kept]] : [];
    }),
  );
}

function keptBy(id: string, last: Decision): CarriedAllocation | undefined {
  if (isFlatten(last)) return { active: true, weights: new Map(), carriedFrom: last.asOf };
  const recorded = [...last.votes, ...(last.shadows ?? [])].find((each) => each.id === id);
  if (!recorded) return undefined;
  const { active, weights, carriedFrom = last.asOf } = recorded;
  return { active, weights, carriedFrom };
}
