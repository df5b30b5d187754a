/**
 * Two feeds of one source: the consolidated tape (sip) and IEX alone. Their closes differ by some
 * hundredths of a per cent, now and then by some tenths: the last trade on one exchange is not the
 * closing auction. So they may be joined for a while, and never mixed for good.
 */

/** How what came relates to what is stored. */
export type FeedStep = 'same' | 'better' | 'worse';

const TAPE = 'sip';
const STAND_IN = 'iex';

/** @param stored one feed, or several as `sip, then iex`. */
export function feedStep(stored: string, fresh: string): FeedStep {
  const named = stored.split(', then ');
  if (fresh === TAPE && named.includes(STAND_IN)) return 'better';
  return fresh === STAND_IN && named.includes(TAPE) ? 'worse' : 'same';
}

/** How far a close of one feed may lie from the other's, as a fraction. */
export const FEEDS_APART = 0.01;
