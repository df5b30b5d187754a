/** The allocations of the models and their combined target: computed by the rules, returned by ticker. */
import type { ModelAllocation, Portfolio, RiskLimits } from '../domain/decision.ts';
import { type Model, type Ranking, type Regime, rankingFor } from '../domain/model.ts';
import { inputOf } from '../domain/model-input.ts';
import { placesIn, weightsOf, writeWeights } from '../domain/places.ts';
import type { Universe } from '../domain/universe.ts';
import { grossOf } from '../rules/blend.ts';
import type { ReportTrim } from '../rules/limits.ts';
import { at } from '../rules/panel.ts';
import {
  computeTargets,
  createTargetBuffers,
  EVERY_CADENCE,
  type RowModel,
  type TargetBuffers,
} from '../rules/rebalance.ts';

/** The last allocations of the models that do not rebalance in a decision, by model id. */
export type CarriedAllocations = ReadonlyMap<string, CarriedAllocation>;

/** The weights that a model keeps while it does not rebalance, and the session of their decision. */
export type CarriedAllocation = Required<
  Pick<ModelAllocation, 'active' | 'weights' | 'carriedFrom'>
>;

/** The models of one decision and their inputs. */
export interface Voting {
  readonly models: readonly Model[];
  readonly rankings: readonly Ranking[];
  readonly regime: Pick<Regime, 'kind'>;
  readonly universe: Universe;
  readonly carried?: CarriedAllocations | undefined;
}

/**
 * The target for given rankings. Carried models keep their weights, and count with their share of the
 * budgets.
 * @param equity cents.
 * @throws RangeError without the ranking that a rebalancing model needs.
 */
export function targetsNow(
  { models, rankings, regime, universe, carried = new Map() }: Voting,
  { equity, limits }: { readonly equity: number; readonly limits: RiskLimits },
  report?: ReportTrim,
): TargetBuffers {
  const tickers = placesIn(universe);
  const buffers = createTargetBuffers(models.length, tickers.length);
  for (const [index, { id }] of models.entries()) {
    const kept = carried.get(id);
    if (!kept) continue;
    buffers.active[index] = kept.active;
    buffers.weights[index]?.set(writeWeights(kept.weights, tickers));
  }
  const rules = {
    models: models.map((model) => rowModel(model, rankings, universe, carried.has(model.id))),
    limits,
    defensive: tickers.indexOf(universe.defensive.ticker),
    regimeAt: () => regime.kind,
  };
  computeTargets(buffers, rules, { row: 0, cadences: EVERY_CADENCE }, equity, report);
  return buffers;
}

function rowModel(
  model: Model,
  rankings: readonly Ranking[],
  universe: Universe,
  isCarried: boolean,
): RowModel {
  const { id, activeIn, budget, parameters } = model;
  return {
    ...{ activeIn, budget, leverage: parameters.leverage },
    cadence: isCarried ? 0 : EVERY_CADENCE,
    weighInto(weights, _, regime) {
      const ranking = rankingFor(model, rankings);
      if (!ranking) throw new RangeError(`${id}: no ranking over ${parameters.lookback} sessions`);
      model.weigh(inputOf(model, ranking, regime, universe), weights);
    },
  };
}

/** One allocation per model, in model order; an inactive one has no weights. */
export function allocationsIn(
  buffers: TargetBuffers,
  { models, universe, carried }: Pick<Voting, 'models' | 'universe' | 'carried'>,
): readonly ModelAllocation[] {
  const tickers = placesIn(universe);
  return models.map(({ id, budget, parameters }, index): ModelAllocation => {
    const weights = weightsOf(buffers.weights[index] ?? new Float64Array(), tickers);
    const active = buffers.active[index] ?? false;
    const share = at(buffers.shares, index);
    return {
      id,
      active,
      budget,
      share,
      leverage: parameters.leverage,
      weights,
      ...carried?.get(id),
    };
  });
}

/**
 * The sum of share x leverage x weights, after MAX_GROSS. Without an active model the target is empty,
 * which is cash.
 */
export function portfolioIn({ blended, gross }: TargetBuffers, universe: Universe): Portfolio {
  const target = weightsOf(blended, placesIn(universe));
  return { target, grossBefore: gross, grossAfter: grossOf(blended) };
}
