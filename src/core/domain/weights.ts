import type { Ticker } from './units.ts';

/** Fraction of equity per ticker, each at least 0; the difference to 1 is cash. Absent is 0. */
export type Weights = ReadonlyMap<Ticker, number>;

/** Floating-point sums may be off by a few units in the last place. */
export const WEIGHT_EPSILON = 1e-9;

/** The sum of the weights; 1 is fully invested. */
export function gross(weights: Weights): number {
  let sum = 0;
  for (const weight of weights.values()) sum += weight;
  return sum;
}

/** 1 / n each; empty weights for an empty list. */
export function equalWeights(tickers: readonly Ticker[]): Weights {
  return new Map(tickers.map((ticker) => [ticker, 1 / tickers.length]));
}

/** Every weight times the factor. */
export function scale(weights: Weights, factor: number): Weights {
  return new Map([...weights].map(([ticker, weight]) => [ticker, weight * factor]));
}

/** Sum of the weights, ticker by ticker. */
export function add(left: Weights, right: Weights): Weights {
  const sum = new Map(left);
  for (const [ticker, weight] of right) sum.set(ticker, (sum.get(ticker) ?? 0) + weight);
  return sum;
}

/** Half the sum of absolute changes: the one-way turnover as a fraction of equity. */
export function turnover(from: Weights, to: Weights): number {
  const tickers = new Set([...from.keys(), ...to.keys()]);
  let sum = 0;
  for (const ticker of tickers) sum += Math.abs((to.get(ticker) ?? 0) - (from.get(ticker) ?? 0));
  return sum / 2;
}
