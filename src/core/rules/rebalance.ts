/** One rebalance: a row of the panel and an account in, target weights and share counts out. */
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import { isActive, type RegimeKind } from '../domain/model.ts';
import { blendInto } from './blend.ts';
import { type Changes, planChanges, type Sizing } from './changes.ts';
import { limitWeights } from './limits.ts';
import { at } from './panel.ts';
import { shareInto, type Voter } from './votes.ts';

/** A model that works on rows. */
export interface RowModel extends Voter {
  /** Multiplies its weights. */
  readonly leverage: number;
  /** One of CADENCE. */
  readonly cadence: number;
  /** Writes its weights at the close of the row, by place; they are 0 before. */
  weighInto(weights: Float64Array, row: number, regime: RegimeKind): void;
}

/** Bits of the cadences that begin on a session. */
export const CADENCE = { monthly: 1, weekly: 2 } as const;

/** Every model rebalances. */
export const EVERYBODY = ~0;

/** What stays the same from one rebalance to the next. */
export interface RowRules {
  readonly models: readonly RowModel[];
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
  /** How many tickers may be traded: the places of weights. */
  readonly places: number;
  /** The place of the defensive asset. */
  readonly defensive: number;
  regimeAt(row: number): RegimeKind;
}

/** The rules with what the models keep from one rebalance to the next. */
export interface Rebalancing {
  /**
   * The changes at the row, in an array that the next call writes again. Models of other cadences
   * keep the weights of their last rebalance.
   */
  changesAt(row: number, cadences: number, sizing: Sizing): Changes;
  /** The weights that the last changes aimed at, in an array that the next call writes again. */
  readonly target: Float64Array;
}

/** Nothing is kept yet: the first rebalance is everybody's. */
export function createRebalancing(parts: RowRules): Rebalancing {
  const { models, limits, rules, places, defensive } = parts;
  const own = models.map(() => new Float64Array(places));
  const active = models.map(() => false);
  const shares = new Float64Array(models.length);
  const target = new Float64Array(places);
  const changes: Changes = { change: new Float64Array(places), why: new Int32Array(places) };

  function vote(row: number, cadences: number): void {
    const regime = parts.regimeAt(row);
    for (let index = 0; index < models.length; index++) {
      const [model, weights] = [models[index], own[index]];
      if (!model || !weights || (model.cadence & cadences) === 0) continue;
      active[index] = isActive(model, regime);
      weights.fill(0);
      if (active[index]) model.weighInto(weights, row, regime);
    }
    shareInto(shares, models, (index) => active[index] ?? false);
    for (let index = 0; index < models.length; index++) {
      shares[index] = at(shares, index) * (models[index]?.leverage ?? 1);
    }
  }

  return {
    target,
    changesAt(row, cadences, sizing) {
      vote(row, cadences);
      blendInto(target, own, shares, limits.maxGross);
      limitWeights(target, defensive, sizing.equity, limits);
      planChanges(target, sizing, limits, rules, changes);
      return changes;
    },
  };
}
