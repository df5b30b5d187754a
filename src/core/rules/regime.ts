/** The market regime from the benchmark's closes. */
import { MOMENTUM_EPSILON, type RegimeKind } from '../domain/model.ts';
import { at } from './panel.ts';

/** Number of closes in the benchmark's mean, the last included. */
export const MEAN_SESSIONS = 200;

/** Sessions between the two closes of the momentum that decides within the band. */
const MOMENTUM_SESSIONS = 126;

/** A fraction of the mean. At the band's edge and beyond the distance decides, within it the momentum. */
const BAND = 0.02;

/**
 * Mean of the last 200 closes; NaN with fewer.
 * @param end the row after the last close included.
 * @param held number of consecutive closes before `end`.
 */
export function meanOf(closes: Float64Array, end: number, held: number): number {
  if (held < MEAN_SESSIONS) return Number.NaN;
  let sum = 0;
  for (let row = end - MEAN_SESSIONS; row < end; row++) sum += at(closes, row);
  return sum / MEAN_SESSIONS;
}

/** close / close 126 sessions earlier - 1; NaN with fewer closes. */
export function benchmarkMomentum(closes: Float64Array, end: number, held: number): number {
  if (held <= MOMENTUM_SESSIONS) return Number.NaN;
  return at(closes, end - 1) / at(closes, end - 1 - MOMENTUM_SESSIONS) - 1;
}

/**
 * Bull or bear: at 2 % or more from the mean the sign of the distance decides; within that, 126-session
 * momentum does (bull above 0, bear at 0 or below). Neutral where either is NaN.
 */
export function regimeKind(distance: number, momentum: number): RegimeKind {
  if (Number.isNaN(distance) || Number.isNaN(momentum)) return 'neutral';
  const inside = Math.abs(distance) < BAND - MOMENTUM_EPSILON;
  return (inside ? momentum : distance) > MOMENTUM_EPSILON ? 'bull' : 'bear';
}

/** The regime after the last of that many closes. */
export function regimeOf(closes: Float64Array, end: number, held: number): RegimeKind {
  const distance = at(closes, end - 1) / meanOf(closes, end, held) - 1;
  return regimeKind(distance, benchmarkMomentum(closes, end, held));
}
