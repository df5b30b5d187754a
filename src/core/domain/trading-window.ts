/** When orders may be sent in a session. */
import type { Session } from './calendar.ts';
import { type EpochMs, epochMs } from './units.ts';

/** Orders are sent from 09:35 New York, when the opening auction is over … */
const AFTER_OPEN_MS = 5 * 60_000;
/** … until 15 minutes before the close, so that no market order is left unfilled. */
const BEFORE_CLOSE_MS = 15 * 60_000;

/** A span of time. */
export interface Window {
  readonly from: EpochMs;
  /** Exclusive. */
  readonly to: EpochMs;
}

/** When orders may be sent in a session. */
export function tradingWindow(session: Session): Window {
  return {
    from: epochMs(session.open + AFTER_OPEN_MS),
    to: epochMs(session.close - BEFORE_CLOSE_MS),
  };
}
