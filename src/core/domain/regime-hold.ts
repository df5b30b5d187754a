/** How long another regime must hold before it is traded within a month. Pure. */
import { sessionsBetween } from './calendar.ts';
import type { SessionDate } from './units.ts';

/** Sessions, where no setting says otherwise: a market at the edge of its regime turns for days. */
export const REGIME_HOLD_SESSIONS = 5;

/** Closes in a row that a regime has held for, the first one included. Both are sessions. */
export function sessionsHeld(since: SessionDate, asOf: SessionDate): number {
  return Math.max(0, sessionsBetween(since, asOf) + 1);
}
