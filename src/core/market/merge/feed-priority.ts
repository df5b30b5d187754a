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
const FEEDS_APART = 0.01;

/**
 * How far a stored close and a fresh one may differ; undefined where both are of one feed, or of none
 * that is known. A file from elsewhere has the tape's closes, whoever wrote it.
 */
export function noiseOf(stored: string, fresh: string): number | undefined {
  const isMixed = fresh === STAND_IN ? stored !== STAND_IN : feedStep(stored, fresh) !== 'same';
  return isMixed ? FEEDS_APART : undefined;
}
