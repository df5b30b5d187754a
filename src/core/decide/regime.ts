import { type Bars, countThrough } from '../domain/bar.ts';
import { MOMENTUM_EPSILON, type Regime, type RegimeKind } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';

/** Closes in the mean that the benchmark is measured against, the last included. */
export const MEAN_SESSIONS = 200;

/** Sessions between the two closes of the momentum that decides inside the band. */
const MOMENTUM_SESSIONS = 126;

/** A fraction of the mean. At the band's edge the distance decides, inside it the momentum. */
const BAND = 0.02;

/**
 * Bull or bear from the benchmark's distance to its 200-session mean: at least 2 % away the sign of
 * the distance decides; nearer, 126-session momentum does (bull above 0, bear at 0 or below).
 * Neutral only with fewer than 200 closes through `asOf`. The closes it reads must be complete.
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
  const closes = history?.close.subarray(0, countThrough(history, asOf));
  const close = closes?.at(-1);
  if (!closes || close === undefined) {
    throw new RangeError(`regime: ${universe.benchmark.ticker} has no close through ${asOf}`);
  }
  const mean200 = closes.length < MEAN_SESSIONS ? undefined : mean(closes.subarray(-MEAN_SESSIONS));
  const distance = mean200 === undefined ? undefined : close / mean200 - 1;
  const past = closes.at(-1 - MOMENTUM_SESSIONS);
  const momentum126 = past === undefined ? undefined : close / past - 1;
  return { kind: kindOf(distance, momentum126), close, mean200, distance, momentum126 };
}

function kindOf(distance: number | undefined, momentum126: number | undefined): RegimeKind {
  if (distance === undefined || momentum126 === undefined) return 'neutral';
  const inside = Math.abs(distance) < BAND - MOMENTUM_EPSILON;
  return (inside ? momentum126 : distance) > MOMENTUM_EPSILON ? 'bull' : 'bear';
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
