/** Final limits on target weights: caps and minimum sizes. Freed weight stays in cash. */
import type { Breach, RiskLimits } from '../domain/decision.ts';
import { WEIGHT_EPSILON } from '../domain/weights.ts';
import { grossOf } from './blend.ts';
import { at } from './panel.ts';

/** Called for each reduction; the index is -1 where the rule is about the sum. */
export type ReportTrim = (rule: Breach['rule'], place: number, from: number, to: number) => void;

/**
 * Caps each weight at `maxWeight`, the sum at `maxGross`, and drops positions below `minPosition`, in
 * place.
 * @param exempt index exempt from MAX_WEIGHT: the defensive asset.
 * @param equity cents, above 0.
 */
export function limitWeights(
  weights: Float64Array,
  exempt: number,
  equity: number,
  limits: RiskLimits,
  report?: ReportTrim,
): void {
  capEach(weights, exempt, limits.maxWeight, report);
  capSum(weights, limits.maxGross, report);
  dropSmall(weights, equity, limits.minPosition, report);
}

/** The first index whose weight is negative or not finite, -1 where there is none. */
export function unsoundPlace(weights: Float64Array): number {
  for (let place = 0; place < weights.length; place++) {
    const weight = at(weights, place);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) return place;
  }
  return -1;
}

function capEach(
  weights: Float64Array,
  exempt: number,
  maxWeight: number,
  report: ReportTrim | undefined,
): void {
  for (let place = 0; place < weights.length; place++) {
    const weight = at(weights, place);
    if (place === exempt || weight <= maxWeight + WEIGHT_EPSILON) continue;
    report?.('MAX_WEIGHT', place, weight, maxWeight);
    weights[place] = maxWeight;
  }
}

/** The blend has already scaled its own target; this covers any other as well. */
function capSum(weights: Float64Array, maxGross: number, report: ReportTrim | undefined): void {
  const sum = grossOf(weights);
  if (sum <= maxGross + WEIGHT_EPSILON) return;
  report?.('MAX_GROSS', -1, sum, maxGross);
  for (let place = 0; place < weights.length; place++) {
    weights[place] = (at(weights, place) / sum) * maxGross;
  }
}

function dropSmall(
  weights: Float64Array,
  equity: number,
  minPosition: number,
  report: ReportTrim | undefined,
): void {
  for (let place = 0; place < weights.length; place++) {
    const weight = at(weights, place);
    if (weight <= 0 || weight * equity >= minPosition) continue;
    report?.('MIN_POSITION_USD', place, weight, 0);
    weights[place] = 0;
  }
}
