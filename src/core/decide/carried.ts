/** Models that do not rebalance in a decision keep their last weights. */
import { type Decision, isFlatten } from '../domain/decision.ts';
import { type Cadence, cadenceOf, type Model } from '../domain/model.ts';
import type { CarriedAllocation, CarriedAllocations } from './portfolio.ts';

/**
 * The allocations carried over, by model id. A model absent from the last decision rebalances now, and so
 * do all models without a last decision. After everything was sold nothing is carried over: a model that
 * does not rebalance yet stays in cash.
 * @param last the last recorded decision of the journal.
 * @param cadences of the models that rebalance now; undefined: all.
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
