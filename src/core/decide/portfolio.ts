import type { ModelAllocation, Portfolio } from '../domain/decision.ts';
import { isActive, type Model, type Ranking, type Regime, rankingFor } from '../domain/model.ts';
import type { Ticker } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import { add, gross, scale, type Weights } from '../domain/weights.ts';

/** The last allocations of the models that do not rebalance in a decision, by model id. */
export type CarriedAllocations = ReadonlyMap<string, CarriedAllocation>;

/** The weights that a model keeps while it does not rebalance, and the session they were decided for. */
export type CarriedAllocation = Required<
  Pick<ModelAllocation, 'active' | 'weights' | 'carriedFrom'>
>;

/**
 * One allocation for each model, in the order of the models. Models that are not active have no
 * weights; one that is carried keeps what it had, and its part of the budgets with it.
 * @throws RangeError without the ranking that a model which rebalances asks for.
 */
export function modelAllocations(
  models: readonly Model[],
  regime: Regime,
  rankings: readonly Ranking[],
  universe: Universe,
  carried: CarriedAllocations = new Map(),
): readonly ModelAllocation[] {
  const active = (model: Model): boolean =>
    carried.get(model.id)?.active ?? isActive(model, regime.kind);
  const budgets = models.filter(active).reduce((sum, model) => sum + model.budget, 0);
  const weigh = (model: Model): Weights => {
    const { id, parameters } = model;
    const ranking = rankingFor(model, rankings);
    if (!ranking) throw new RangeError(`${id}: no ranking over ${parameters.lookback} sessions`);
    return model.weigh({ ranking, regime, defensive: universe.defensive.ticker });
  };
  return models.map((model): ModelAllocation => {
    const { id, budget, parameters } = model;
    const share = active(model) ? budget / budgets : 0;
    const own = { id, active: active(model), budget, share, leverage: parameters.leverage };
    const kept = carried.get(id);
    if (kept) return { ...own, ...kept };
    return { ...own, weights: own.active ? inUniverseOrder(weigh(model), universe) : new Map() };
  });
}

/**
 * The sum of share x leverage x weights, scaled down to `maxGross` where it is over it. No active
 * model is an empty target, which is cash.
 */
export function blend(
  votes: readonly ModelAllocation[],
  universe: Universe,
  maxGross: number,
): Portfolio {
  const wanted = votes.reduce<Weights>(
    (sum, { share, leverage, weights }) => add(sum, scale(weights, share * leverage)),
    new Map(),
  );
  const grossBefore = gross(wanted);
  const target = grossBefore > maxGross ? scale(wanted, maxGross / grossBefore) : wanted;
  return { target: inUniverseOrder(target, universe), grossBefore, grossAfter: gross(target) };
}

/** Universe order first; anything else keeps its place behind, for risk to refuse. */
function inUniverseOrder(weights: Weights, universe: Universe): Weights {
  const order = new Map(tradable(universe).map(({ ticker }, index) => [ticker, index]));
  const place = (ticker: Ticker): number => order.get(ticker) ?? order.size;
  return new Map([...weights].sort(([left], [right]) => place(left) - place(right)));
}
