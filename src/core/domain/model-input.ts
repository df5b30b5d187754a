/** What a model is asked with, from a ranking that names its tickers. */
import type { Model, ModelInput, Ranking, RegimeKind } from './model.ts';
import { placesIn, weightsOf } from './places.ts';
import type { Universe } from './universe.ts';
import type { Weights } from './weights.ts';

/** What the model sees. @throws RangeError for a ticker that the universe does not know. */
export function inputOf(
  { id, parameters }: Model,
  { asOf, rankings }: Ranking,
  regime: RegimeKind,
  universe: Universe,
): ModelInput {
  const tickers = placesIn(universe);
  const order = Int32Array.from(rankings, ({ ticker }) => {
    const place = tickers.indexOf(ticker);
    if (place < 0) throw new RangeError(`${id}: ${ticker} is not in the universe`);
    return place;
  });
  const momentum = Float64Array.from(rankings, (each) => each.momentum);
  const defensive = tickers.indexOf(universe.defensive.ticker);
  return { order, momentum, regime, asOf, defensive, parameters };
}

/** The weights that a model takes by a ranking that is known. */
export function weightsByRanking(
  model: Model,
  ranking: Ranking,
  regime: RegimeKind,
  universe: Universe,
): Weights {
  const tickers = placesIn(universe);
  const weights = new Float64Array(tickers.length);
  model.weigh(inputOf(model, ranking, regime, universe), weights);
  return weightsOf(weights, tickers);
}
