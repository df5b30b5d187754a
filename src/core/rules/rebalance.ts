/** One rebalance: from a row of the panel and the weights kept by models to the weights of the account. */
import type { RiskLimits } from '../domain/decision.ts';
import { isActive, type RegimeKind } from '../domain/model.ts';
import { blendInto } from './blend.ts';
import { limitWeights, type ReportTrim, unsoundPlace } from './limits.ts';
import { at } from './panel.ts';
import { shareInto, type Voter } from './votes.ts';

/** A model that works on panel rows. */
export interface RowModel extends Voter {
  /** Factor of its weights. */
  readonly leverage: number;
  /** One of CADENCE; 0 never rebalances. */
  readonly cadence: number;
  /** Writes its weights at the close of the row, by index; they are 0 on entry. */
  weighInto(weights: Float64Array, row: number, regime: RegimeKind): void;
}

/** Bits of the cadences that start on a session. */
export const CADENCE = { monthly: 1, weekly: 2 } as const;

/** Every model rebalances. */
export const EVERY_CADENCE = ~0;

/** Settings that are the same for every rebalance. */
export interface RowRules {
  readonly models: readonly RowModel[];
  readonly limits: RiskLimits;
  /** Index of the defensive asset. */
  readonly defensive: number;
  regimeAt(row: number): RegimeKind;
}

/** A due rebalance: the row whose close it reads, and bits of the cadences that start. */
export interface Due {
  readonly row: number;
  readonly cadences: number;
}

/** The weights of the models and the resulting target, kept between rebalances; mutable. */
export interface TargetBuffers {
  /** Weights of each model by index, in model order. */
  readonly weights: readonly Float64Array[];
  readonly active: boolean[];
  /** Each model's share of the active budgets. */
  readonly shares: Float64Array;
  /** Share x leverage. */
  readonly factors: Float64Array;
  /** The sum of the models' weights before MAX_GROSS, a multiple of the equity. */
  gross: number;
  /** The combined weights of all models, before and after the risk limits. */
  readonly blended: Float64Array;
  readonly target: Float64Array;
  /** Whether the target can be traded: equity above 0, and no weight negative or not finite. */
  isSound: boolean;
}

/** All weights are 0. @param places number of tradable tickers. */
export function createTargetBuffers(models: number, places: number): TargetBuffers {
  const column = (): Float64Array => new Float64Array(places);
  return {
    weights: Array.from({ length: models }, column),
    active: new Array(models).fill(false),
    ...{ shares: new Float64Array(models), factors: new Float64Array(models) },
    ...{ gross: 0, blended: column(), target: column(), isSound: true },
  };
}

/** Forgets the weights that the models have kept. */
export function resetTargets({ weights, active }: TargetBuffers): void {
  for (const own of weights) own.fill(0);
  active.fill(false);
}

/**
 * Computes the target as of the close of a row. Models of other cadences keep their weights.
 * @param equity cents.
 */
export function computeTargets(
  buffers: TargetBuffers,
  rules: RowRules,
  due: Due,
  equity: number,
  report?: ReportTrim,
): void {
  const { limits, defensive } = rules;
  vote(buffers, rules, due);
  buffers.gross = blendInto(buffers.blended, buffers.weights, buffers.factors, limits.maxGross);
  copyInto(buffers.target, buffers.blended);
  buffers.isSound = equity > 0 && unsoundPlace(buffers.blended) < 0;
  if (buffers.isSound) limitWeights(buffers.target, defensive, equity, limits, report);
}

function vote(
  buffers: TargetBuffers,
  { models, regimeAt }: RowRules,
  { row, cadences }: Due,
): void {
  const { weights, active, shares, factors } = buffers;
  const regime = regimeAt(row);
  for (let index = 0; index < models.length; index++) {
    const [model, own] = [models[index], weights[index]];
    if (!model || !own || (model.cadence & cadences) === 0) continue;
    active[index] = isActive(model, regime);
    clear(own);
    if (active[index]) model.weighInto(own, row, regime);
  }
  shareInto(shares, models, active);
  for (let index = 0; index < models.length; index++) {
    factors[index] = at(shares, index) * (models[index]?.leverage ?? 1);
  }
}

// Loops, because for a dozen numbers a call of `fill` or `set` costs more than the rest of a vote.
function clear(column: Float64Array): void {
  for (let place = 0; place < column.length; place++) column[place] = 0;
}

function copyInto(to: Float64Array, from: Float64Array): void {
  for (let place = 0; place < to.length; place++) to[place] = at(from, place);
}
