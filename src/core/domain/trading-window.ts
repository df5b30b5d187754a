/** When orders may leave in a session. */
import type { Session } from './calendar.ts';
import { type EpochMs, epochMs } from './units.ts';

/** Orders leave from 09:35 New York, when the opening auction has settled … */
const AFTER_OPEN_MS = 5 * 60_000;
/** … until 15 minutes before the close, so that a market order is not left over. */
const BEFORE_CLOSE_MS = 15 * 60_000;

/** A span of time. */
export interface Window {
  readonly from: EpochMs;
  /** Exclusive. */
  readonly to: EpochMs;
}

/** When orders may leave in a session. */
export function tradingWindow(session: Session): Window {
  return {
    from: epochMs(session.open + AFTER_OPEN_MS),
    to: epochMs(session.close - BEFORE_CLOSE_MS),
  };
}
