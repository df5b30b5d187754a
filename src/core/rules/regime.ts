/** The state of the market from the closes of its benchmark. */
import { MOMENTUM_EPSILON, type RegimeKind } from '../domain/model.ts';
import { at } from './panel.ts';

/** Closes in the mean that the benchmark is measured against, the last included. */
export const MEAN_SESSIONS = 200;

/** Sessions between the two closes of the momentum that decides inside the band. */
const MOMENTUM_SESSIONS = 126;

/** A fraction of the mean. At the band's edge the distance decides, inside it the momentum. */
const BAND = 0.02;

/**
 * Mean of the last 200 closes; NaN with fewer.
 * @param end the row after the last close that counts.
 * @param held how many closes there are before `end`, without a hole.
 */
export function meanOf(closes: Float64Array, end: number, held: number): number {
  if (held < MEAN_SESSIONS) return Number.NaN;
  let sum = 0;
  for (let row = end - MEAN_SESSIONS; row < end; row++) sum += at(closes, row);
  return sum / MEAN_SESSIONS;
}

/** close / close 126 sessions before - 1; NaN with fewer closes. */
export function benchmarkMomentum(closes: Float64Array, end: number, held: number): number {
  if (held <= MOMENTUM_SESSIONS) return Number.NaN;
  return at(closes, end - 1) / at(closes, end - 1 - MOMENTUM_SESSIONS) - 1;
}

/**
 * Bull or bear: at least 2 % away from the mean the sign of the distance decides; nearer,
 * 126-session momentum does (bull above 0, bear at 0 or below). Neutral where either is NaN.
 */
export function regimeKind(distance: number, momentum: number): RegimeKind {
  if (Number.isNaN(distance) || Number.isNaN(momentum)) return 'neutral';
  const inside = Math.abs(distance) < BAND - MOMENTUM_EPSILON;
  return (inside ? momentum : distance) > MOMENTUM_EPSILON ? 'bull' : 'bear';
}

/** The regime after the last of so many closes. */
export function regimeOf(closes: Float64Array, end: number, held: number): RegimeKind {
  const distance = at(closes, end - 1) / meanOf(closes, end, held) - 1;
  return regimeKind(distance, benchmarkMomentum(closes, end, held));
}
