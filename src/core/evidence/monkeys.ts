/** Random portfolios under the same rules: the results of luck alone. */
import type { History } from '../backtest/history.ts';
import { indexAt } from '../rules/panel.ts';
import { CADENCE, type RowModel } from '../rules/rebalance.ts';
import { countSelected, holdTop } from '../rules/selection.ts';
import { mulberry32 } from './random.ts';
import type { Point } from './sweep.ts';
import { alone, type BacktestSetup, createTrialBuffers, type Trial, trialOf } from './trial.ts';

/** Number of monkeys and their seed; monkey k uses `seed` + k. */
export interface MonkeySettings {
  readonly count: number;
  readonly seed: number;
  /** The settings that give the required history and the number of sectors held. */
  readonly like: Point;
  /**
   * As many sectors as the real model holds on that day, and bonds where it holds none; else always `top`.
   */
  readonly sameExposure: boolean;
}

/** Runs each monkey; the caller decides what to keep of each, which the next one overwrites. */
export function runMonkeys<T>(
  setup: BacktestSetup,
  monkeySettings: MonkeySettings,
  keep: (monkey: Trial) => T,
): readonly T[] {
  const buffers = createTrialBuffers(setup, 1);
  return Array.from({ length: monkeySettings.count }, (_, index) => {
    const model = monkeyOf(setup.history, monkeySettings, mulberry32(monkeySettings.seed + index));
    return keep(trialOf(setup, alone(model, { lookback: monkeySettings.like[0] }), buffers));
  });
}

function monkeyOf(
  history: History,
  { like, sameExposure }: MonkeySettings,
  draw: () => number,
): RowModel {
  const [lookback, top, min] = like;
  const rankingAt = history.rankings({ lookback });
  const { defensive, sectors } = history.panel;
  // Kept between decisions, which are too many to create one for each.
  const eligible = new Int32Array(sectors.length);
  return {
    ...{ activeIn: 'always', budget: 1, leverage: 1 },
    cadence: CADENCE.monthly,
    weighInto(weights, row) {
      const { places, momentum } = rankingAt(row);
      const count = sameExposure ? countSelected(momentum, top, min) : Math.min(top, places.length);
      for (let index = 0; index < places.length; index++) eligible[index] = indexAt(places, index);
      shuffleFirst(eligible, places.length, count, draw);
      holdTop(weights, eligible, count, defensive);
    },
  };
}

/** Fisher-Yates among the first `length` items, for the first `count` of them only. */
function shuffleFirst(places: Int32Array, length: number, count: number, draw: () => number): void {
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(draw() * (length - index));
    const kept = indexAt(places, index);
    places[index] = indexAt(places, other);
    places[other] = kept;
  }
}
