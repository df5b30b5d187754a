/** Between weights by ticker, which people read, and weights by place, which the rules count with. */
import type { Ticker } from './units.ts';
import { tradable, type Universe } from './universe.ts';
import type { Weights } from './weights.ts';

/** The places of weights: what may be traded, in universe order. */
export function placesIn(universe: Universe): readonly Ticker[] {
  return tradable(universe).map(({ ticker }) => ticker);
}

/** The weights in the order of the tickers; 0 where a ticker has none. */
export function writeWeights(weights: Weights, tickers: readonly Ticker[]): Float64Array {
  return Float64Array.from(tickers, (ticker) => weights.get(ticker) ?? 0);
}

/** The weights that are not 0, in the order of the tickers. */
export function weightsOf(weights: Float64Array, tickers: readonly Ticker[]): Weights {
  return new Map(
    tickers.flatMap((ticker, place) => {
      const weight = weights[place] ?? 0;
      return weight === 0 ? [] : [[ticker, weight] as const];
    }),
  );
}
