/** When the current regime began, by applying the regime rule to the bars. */
import { type BarHistory, countThrough } from '../domain/bar.ts';
import { MOMENTUM_EPSILON } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';

// A copy of the regime rule's constants; a test checks them against the rule, close by close.
/** Closes in the mean. */
export const MEAN_SESSIONS = 200;
/** Sessions between the two closes of the momentum. */
export const MOMENTUM_SESSIONS = 126;
/** A fraction of the mean, within which momentum decides. */
export const BAND = 0.02;

/** Since when a regime has held. */
export interface RegimeTurn {
  /** The first of the consecutive sessions, up to the requested one, whose close gives the same regime. */
  readonly session: SessionDate;
  /** False where the bars do not reach back to another regime: it may have held for longer. */
  readonly turned: boolean;
}

/** When the regime at `asOf` began; undefined with fewer than 200 closes. */
export function regimeTurn(history: BarHistory, asOf: SessionDate): RegimeTurn | undefined {
  const last = countThrough(history, asOf) - 1;
  const now = isBull(history, last);
  if (now === undefined) return undefined;
  let row = last;
  while (isBull(history, row - 1) === now) row -= 1;
  const session = history.dates[row];
  return session && { session, turned: isBull(history, row - 1) !== undefined };
}

function isBull({ close }: BarHistory, row: number): boolean | undefined {
  if (row < MEAN_SESSIONS - 1) return undefined;
  const closes = close.subarray(row + 1 - MEAN_SESSIONS, row + 1);
  const mean = closes.reduce((sum, each) => sum + each, 0) / MEAN_SESSIONS;
  const [now = 0, past = 0] = [close[row], close[row - MOMENTUM_SESSIONS]];
  const distance = now / mean - 1;
  const inside = Math.abs(distance) < BAND - MOMENTUM_EPSILON;
  return (inside ? now / past - 1 : distance) > MOMENTUM_EPSILON;
}
