/** Converts between weights by ticker, for display, and weights by index, for calculations. */
import type { Ticker } from './units.ts';
import { tradable, type Universe } from './universe.ts';
import type { Weights } from './weights.ts';

/** The tickers of weight indices: the tradable ones, in universe order. */
export function placesIn(universe: Universe): readonly Ticker[] {
  return tradable(universe).map(({ ticker }) => ticker);
}

/** The weights in ticker order; 0 where a ticker has none. */
export function writeWeights(weights: Weights, tickers: readonly Ticker[]): Float64Array {
  return Float64Array.from(tickers, (ticker) => weights.get(ticker) ?? 0);
}

/** The non-zero weights, in ticker order. */
export function weightsOf(weights: Float64Array, tickers: readonly Ticker[]): Weights {
  return new Map(
    tickers.flatMap((ticker, place) => {
      const weight = weights[place] ?? 0;
      return weight === 0 ? [] : [[ticker, weight] as const];
    }),
  );
}
