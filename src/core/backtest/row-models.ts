/** Adapts models to the row-based rules. */
import { cadenceOf, type Model, type ModelInput } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import { CADENCE, type RowModel } from '../rules/rebalance.ts';
import type { History, Ranked } from './history.ts';

/**
 * The candidates and lookback of the model. @throws RangeError for a candidate that is not in the universe.
 */
export function rankedBy({ id, candidates, parameters }: Model, { panel }: History): Ranked {
  const { lookback } = parameters;
  if (!candidates) return { lookback };
  const places = candidates.map(({ ticker }) => panel.tickers.indexOf(ticker));
  const unknown = candidates[places.indexOf(-1)];
  if (unknown) throw new RangeError(`${id}: ${unknown.ticker} is not in the universe`);
  return { candidates: Int32Array.from(places), lookback };
}

/** The model on panel rows. */
export function rowModelOf(model: Model, history: History): RowModel {
  const { activeIn, budget, parameters } = model;
  const { dates, defensive } = history.panel;
  const rankingAt = history.rankings(rankedBy(model, history));
  return {
    ...{ activeIn, budget, leverage: parameters.leverage },
    cadence: CADENCE[cadenceOf(model)],
    weighInto(weights, row, regime) {
      const { order, momentum } = rankingAt(row);
      const asOf = dates[row] ?? ('' as SessionDate);
      const input: ModelInput = { order, momentum, regime, asOf, defensive, parameters };
      model.weigh(input, weights);
    },
  };
}
