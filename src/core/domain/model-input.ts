/** The input of a model, from a ranking by ticker. */
import type { Model, ModelInput, Ranking, RegimeKind } from './model.ts';
import { placesIn, weightsOf } from './places.ts';
import type { Universe } from './universe.ts';
import type { Weights } from './weights.ts';

/** The input of the model. @throws RangeError for a ticker that is not in the universe. */
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

/** The model's weights for a given ranking. */
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
