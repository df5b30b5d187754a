/** Between weights by ticker, which people read, and weights by place, which the rules count with. */
import type { Ticker } from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';

/** The weights in the order of the tickers; 0 where a ticker has none. */
export function writeWeights(weights: Weights, tickers: readonly Ticker[]): Float64Array {
  return Float64Array.from(tickers, (ticker) => weights.get(ticker) ?? 0);
}

/** A weight for each of the tickers, in their order. */
export function weightsOf(weights: Float64Array, tickers: readonly Ticker[]): Weights {
  return new Map(tickers.map((ticker, place) => [ticker, weights[place] ?? 0]));
}
