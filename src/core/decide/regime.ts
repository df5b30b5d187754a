import { type Bars, countThrough } from '../domain/bar.ts';
import type { Regime } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import { benchmarkMomentum, meanOf, regimeKind } from '../rules/regime.ts';

/**
 * Bull or bear from the benchmark's distance to its 200-session mean: at 2 % or more the sign of the
 * distance decides; within that, 126-session momentum does (bull above 0, bear at 0 or below). Neutral only
 * with fewer than 200 closes up to `asOf`. The closes it reads must be complete.
 * @throws RangeError without a close on or before `asOf`.
 */
export function classifyRegime({
  bars,
  universe,
  asOf,
}: {
  readonly bars: Bars;
  readonly universe: Universe;
  readonly asOf: SessionDate;
}): Regime {
  const history = bars.get(universe.benchmark.ticker);
  const held = history ? countThrough(history, asOf) : 0;
  const close = history?.close[held - 1];
  if (!history || close === undefined) {
    throw new RangeError(`regime: ${universe.benchmark.ticker} has no close through ${asOf}`);
  }
  const mean = meanOf(history.close, held, held);
  const distance = close / mean - 1;
  const momentum = benchmarkMomentum(history.close, held, held);
  return {
    kind: regimeKind(distance, momentum),
    close,
    mean200: known(mean),
    distance: known(distance),
    momentum126: known(momentum),
  };
}

/** Undefined where there are too few closes. */
function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
