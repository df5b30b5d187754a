/** The models of a desk as the rules run them over rows. */
import { rankSectors } from '../decide/momentum.ts';
import { classifyRegime } from '../decide/regime.ts';
import { cadenceOf, type Model } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import { at, indexAt } from '../rules/panel.ts';
import { CADENCE, type RowModel } from '../rules/rebalance.ts';
import type { History, Ranked } from './history.ts';

/** What the model ranks. @throws RangeError for a candidate that the universe does not know. */
export function rankedBy(model: Model, { panel }: History): Ranked {
  const { candidates, parameters } = model;
  const { lookback } = parameters;
  if (!candidates) return { lookback };
  const places = candidates.map(({ ticker }) => panel.tickers.indexOf(ticker));
  const unknown = candidates[places.indexOf(-1)];
  if (unknown) throw new RangeError(`${model.id}: ${unknown.ticker} is not in the universe`);
  return { candidates: Int32Array.from(places), lookback };
}

/** The model on rows. One that cannot say how many it holds is asked with records. */
export function rowModelOf(model: Model, history: History): RowModel {
  const { activeIn, budget, parameters } = model;
  return {
    activeIn,
    budget,
    leverage: parameters.leverage,
    cadence: CADENCE[cadenceOf(model)],
    weighInto: model.holds ? byCount(model, history) : byRecords(model, history),
  };
}

function byCount(model: Model, history: History): RowModel['weighInto'] {
  const rankingAt = history.rankings(rankedBy(model, history));
  return (weights, row) => {
    const { order, momentum } = rankingAt(row);
    holdStrongest(weights, order, model.holds?.(momentum) ?? 0, history.panel.defensive);
  };
}

/** The first `count` of the order in equal parts; the defensive asset where there is none. */
export function holdStrongest(
  weights: Float64Array,
  order: Int32Array,
  count: number,
  defensive: number,
): void {
  if (count === 0) weights[defensive] = 1;
  for (let index = 0; index < count; index++) weights[indexAt(order, index)] = 1 / count;
}

function byRecords(model: Model, history: History): RowModel['weighInto'] {
  const { panel, input } = history;
  const { bars, universe } = input;
  const own = model.candidates ? { ...universe, sectors: model.candidates } : universe;
  const { lookback } = model.parameters;
  return (weights, row) => {
    const asOf = panel.dates[row] ?? ('' as SessionDate);
    const ranking = rankSectors({ bars, universe: own, asOf, lookback });
    const regime = classifyRegime({ bars, universe, asOf });
    const found = model.weigh({ ranking, regime, defensive: universe.defensive.ticker });
    for (const [ticker, weight] of found) {
      const place = panel.tickers.indexOf(ticker);
      if (place < 0) throw new RangeError(`${model.id}: ${ticker} is not in the universe`);
      weights[place] = at(weights, place) + weight;
    }
  };
}
