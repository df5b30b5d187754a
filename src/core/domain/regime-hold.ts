/** How long a new regime must hold before it is traded within a month. Pure. */
import { sessionsBetween } from './calendar.ts';
import type { SessionDate } from './units.ts';

/** Default in sessions: near its threshold a regime can flip for days. */
export const REGIME_HOLD_SESSIONS = 5;

/** `one close`, `5 closes in a row`: for how long a regime must have held. */
export function closesInARow(count: number): string {
  return count === 1 ? 'one close' : `${count} closes in a row`;
}

/** Number of consecutive closes for which a regime has held, the first included. Both are sessions. */
export function sessionsHeld(since: SessionDate, asOf: SessionDate): number {
  return Math.max(0, sessionsBetween(since, asOf) + 1);
}
