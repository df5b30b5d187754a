import type { ModelAllocation, Portfolio } from '../domain/decision.ts';
import { isActive, type Model, type Ranking, type Regime } from '../domain/model.ts';
import type { Ticker } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import { add, gross, scale, type Weights } from '../domain/weights.ts';

/** One vote for each model, in the order of the models. Models that are not active have no weights. */
export function modelAllocations(
  models: readonly Model[],
  regime: Regime,
  rankings: readonly Ranking[],
  universe: Universe,
): readonly ModelAllocation[] {
  const defensive = universe.defensive.ticker;
  const budgets = models
    .filter((model) => isActive(model, regime.kind))
    .reduce((sum, model) => sum + model.budget, 0);
  return models.map((model) => {
    const { id, budget, parameters } = model;
    const active = isActive(model, regime.kind);
    const ranking = rankings.find(({ lookback }) => lookback === parameters.lookback);
    if (!ranking) throw new RangeError(`${id}: no ranking over ${parameters.lookback} sessions`);
    return {
      id,
      active,
      budget,
      share: active ? budget / budgets : 0,
      leverage: parameters.leverage,
      weights: active
        ? inUniverseOrder(model.weigh({ ranking, regime, defensive }), universe)
        : new Map(),
    };
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
