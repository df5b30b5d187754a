import type { Model } from '#core/domain/model.ts';
import { placesIn, writeWeights } from '#core/domain/places.ts';
import { ticker } from '#core/domain/units.ts';
import { UNIVERSE, type Universe } from '#core/domain/universe.ts';
import { equalWeights, type Weights } from '#core/domain/weights.ts';

/** Holds those weights on any day. */
export function holding(weights: Weights, universe: Universe = UNIVERSE): Model['weigh'] {
  const places = placesIn(universe);
  const unknown = [...weights.keys()].find((each) => !places.includes(each));
  if (unknown) throw new RangeError(`${unknown}: expected a ticker of the universe`);
  const written = writeWeights(weights, places);
  return (_, own) => own.set(written);
}

/** Holds those tickers in equal parts on any day. */
export function holdingEqually(tickers: readonly string[], universe?: Universe): Model['weigh'] {
  return holding(equalWeights(tickers.map(ticker)), universe);
}
