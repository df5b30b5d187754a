/** From holdings to target weights: the change in shares of each ticker, or the reason for none. */
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import { WEIGHT_EPSILON } from '../domain/weights.ts';
import { at } from './panel.ts';
import { changeTo, nanosOf, purchaseFactor, shrunk, stepOf, worthOf } from './sizing.ts';

/**
 * Fraction of the money left unplanned. A market order fills around the latest price, and a plan that needs
 * every cent would be cut down, or rejected by the broker, at the first uptick.
 */
export const RESERVE = 0.0075;

/** Why a ticker held or targeted is not traded; `none` where it is. */
export const NO_TRADE = { none: 0, drift: 1, step: 2, minimum: 3, cash: 4 } as const;

/** The account and prices of a plan, by index. */
export interface Sizing {
  /** Cents, above 0. */
  readonly equity: number;
  /** Cents; negative for a debt. */
  readonly cash: number;
  /** Billionths of a share. */
  readonly held: Float64Array;
  /** Dollars a share, for everything held or targeted. */
  readonly prices: Float64Array;
  /** Fraction of the money left unplanned; RESERVE by default. */
  readonly reserve?: number | undefined;
}

/** Output of `planChanges`, by index; mutable. */
export interface Changes {
  /** Billionths of a share; negative sells, 0 is no change. */
  readonly change: Float64Array;
  /** The value of each change, cents. */
  readonly worth: Float64Array;
  /** One of NO_TRADE. */
  readonly why: Int32Array;
}

/** No changes, with space for that many tickers. */
export function createChanges(places: number): Changes {
  return {
    change: new Float64Array(places),
    worth: new Float64Array(places),
    why: new Int32Array(places),
  };
}

/** As a fraction of equity. */
export function weightOf(nanos: number, price: number, equity: number): number {
  return equity > 0 ? ((nanos / 1_000_000_000) * price * 100) / equity : 0;
}

/** Maximum borrowing allowed by MAX_GROSS above 1, cents. */
export function creditOf(equity: number, { maxGross }: Pick<RiskLimits, 'maxGross'>): number {
  return Math.floor(Math.max(0, maxGross - 1) * equity);
}

/**
 * The changes that bring the holdings to the weights. None is below `minOrder` or for a drift below
 * `minDrift`, unless it closes a position. Buys cost at most the cash and the proceeds of the sells, plus
 * the borrowing that `maxGross` above 1 allows, less the reserve.
 */
export function planChanges(
  weights: Float64Array,
  sizing: Sizing,
  limits: RiskLimits,
  rules: PlanRules,
  changes: Changes,
): void {
  const { change, worth } = changes;
  const { cash, equity, reserve = RESERVE } = sizing;
  let proceeds = 0;
  let cost = 0;
  let purchases = 0;
  for (let place = 0; place < weights.length; place++) {
    change[place] = desiredChange(at(weights, place), place, sizing, rules, changes.why);
    appraise(place, sizing, rules, changes);
    const size = at(change, place);
    if (size < 0) proceeds += at(worth, place);
    if (size <= 0) continue;
    cost += at(worth, place);
    purchases += 1;
  }
  const available = Math.floor((cash + proceeds + creditOf(equity, limits)) * (1 - reserve));
  const factor = purchaseFactor(cost, purchases, available);
  if (factor !== 1) shrinkPurchases(factor, sizing, rules, changes);
}

function desiredChange(
  weight: number,
  place: number,
  { equity, held, prices }: Sizing,
  rules: PlanRules,
  why: Int32Array,
): number {
  const has = at(held, place);
  why[place] = NO_TRADE.none;
  if (weight === 0) {
    const sale = changeTo(0, has, stepOf(rules));
    if (sale === 0 && has > 0) why[place] = NO_TRADE.step;
    return sale;
  }
  const price = at(prices, place);
  const drift = Math.abs(weight - weightOf(has, price, equity));
  if (drift < rules.minDrift - WEIGHT_EPSILON) {
    why[place] = NO_TRADE.drift;
    return 0;
  }
  const change = changeTo(nanosOf(weight, equity, price), has, stepOf(rules));
  why[place] = change === 0 ? NO_TRADE.step : NO_TRADE.minimum;
  return change;
}

/** Writes the value of a change, and drops one whose order would be too small to send. */
function appraise(
  place: number,
  { prices }: Sizing,
  { minOrder }: PlanRules,
  { change, worth, why }: Changes,
): void {
  const size = at(change, place);
  worth[place] = size === 0 ? 0 : worthOf(Math.abs(size), at(prices, place));
  if (why[place] !== NO_TRADE.minimum) return;
  if (at(worth, place) < minOrder) change[place] = 0;
  else why[place] = NO_TRADE.none;
}

/** Shrinks the buys to the money from cash and sells. */
function shrinkPurchases(factor: number, sizing: Sizing, rules: PlanRules, changes: Changes): void {
  const { change, why } = changes;
  const step = stepOf(rules);
  for (let place = 0; place < change.length; place++) {
    const before = at(change, place);
    if (before <= 0) continue;
    const after = shrunk(before, factor, step);
    change[place] = after;
    why[place] = after === 0 ? NO_TRADE.cash : NO_TRADE.minimum;
    appraise(place, sizing, rules, changes);
  }
}
