import type { ModelAllocation, Portfolio } from '../domain/decision.ts';
import { isActive, type Model, type Ranking, type Regime, rankingFor } from '../domain/model.ts';
import type { Ticker } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import type { Weights } from '../domain/weights.ts';
import { blendInto, grossOf } from '../rules/blend.ts';
import { shareInto } from '../rules/votes.ts';
import { weightsOf, writeWeights } from './places.ts';

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
  const shares = new Float64Array(models.length);
  const actives = models.map(active);
  shareInto(shares, models, (index) => actives[index] ?? false);
  const weigh = (model: Model): Weights => {
    const { id, parameters } = model;
    const ranking = rankingFor(model, rankings);
    if (!ranking) throw new RangeError(`${id}: no ranking over ${parameters.lookback} sessions`);
    return model.weigh({ ranking, regime, defensive: universe.defensive.ticker });
  };
  return models.map((model, index): ModelAllocation => {
    const { id, budget, parameters } = model;
    const share = shares[index] ?? 0;
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
  const tickers = [...inUniverseOrder(allWeights(votes), universe).keys()];
  const target = new Float64Array(tickers.length);
  const own = votes.map(({ weights }) => writeWeights(weights, tickers));
  const factors = Float64Array.from(votes, ({ share, leverage }) => share * leverage);
  const grossBefore = blendInto(target, own, factors, maxGross);
  return { target: weightsOf(target, tickers), grossBefore, grossAfter: grossOf(target) };
}

/** Every ticker that a vote names, with some weight. */
function allWeights(votes: readonly ModelAllocation[]): Weights {
  return new Map(votes.flatMap(({ weights }) => [...weights]));
}

/** Universe order first; anything else keeps its place behind, for risk to refuse. */
function inUniverseOrder(weights: Weights, universe: Universe): Weights {
  const order = new Map(tradable(universe).map(({ ticker }, index) => [ticker, index]));
  const place = (ticker: Ticker): number => order.get(ticker) ?? order.size;
  return new Map([...weights].sort(([left], [right]) => place(left) - place(right)));
}
