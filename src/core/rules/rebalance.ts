/** One rebalance: a row of the panel and what models keep in, the weights of the account out. */
import type { RiskLimits } from '../domain/decision.ts';
import { isActive, type RegimeKind } from '../domain/model.ts';
import { blendInto } from './blend.ts';
import { limitWeights, type ReportTrim, unsoundPlace } from './limits.ts';
import { at } from './panel.ts';
import { shareInto, type Voter } from './votes.ts';

/** A model that works on rows. */
export interface RowModel extends Voter {
  /** Multiplies its weights. */
  readonly leverage: number;
  /** One of CADENCE; 0 never rebalances. */
  readonly cadence: number;
  /** Writes its weights at the close of the row, by place; they are 0 before. */
  weighInto(weights: Float64Array, row: number, regime: RegimeKind): void;
}

/** Bits of the cadences that begin on a session. */
export const CADENCE = { monthly: 1, weekly: 2 } as const;

/** Every model rebalances. */
export const EVERY_CADENCE = ~0;

/** What stays the same from one rebalance to the next. */
export interface RowRules {
  readonly models: readonly RowModel[];
  readonly limits: RiskLimits;
  /** The place of the defensive asset. */
  readonly defensive: number;
  regimeAt(row: number): RegimeKind;
}

/** A rebalance that is due: the row whose close it reads, and bits of the cadences that begin. */
export interface Due {
  readonly row: number;
  readonly cadences: number;
}

/** The weights of the models and the target they give, kept from one rebalance to the next; written in place. */
export interface TargetBuffers {
  /** By model, in the order of the models: its own weights by place. */
  readonly weights: readonly Float64Array[];
  readonly active: boolean[];
  /** Each model's part of the budgets that are active. */
  readonly shares: Float64Array;
  /** Share x leverage. */
  readonly factors: Float64Array;
  /** The sum of the models before MAX_GROSS, a multiple of the equity. */
  gross: number;
  /** The weights of all models together, before and after the limits of risk. */
  readonly blended: Float64Array;
  readonly target: Float64Array;
  /** The target can be traded: an equity above 0, and no weight that is negative or no number. */
  isSound: boolean;
}

/** Every weight is 0. @param places how many tickers may be traded. */
export function createTargetBuffers(models: number, places: number): TargetBuffers {
  const column = (): Float64Array => new Float64Array(places);
  return {
    weights: Array.from({ length: models }, column),
    active: new Array(models).fill(false),
    ...{ shares: new Float64Array(models), factors: new Float64Array(models) },
    ...{ gross: 0, blended: column(), target: column(), isSound: true },
  };
}

/**
 * Writes the target as of the close of a row. Models of other cadences keep their weights.
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
  buffers.target.set(buffers.blended);
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
    own.fill(0);
    if (active[index]) model.weighInto(own, row, regime);
  }
  shareInto(shares, models, (index) => active[index] ?? false);
  for (let index = 0; index < models.length; index++) {
    factors[index] = at(shares, index) * (models[index]?.leverage ?? 1);
  }
}
