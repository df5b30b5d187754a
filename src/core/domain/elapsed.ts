/** Intervals on a clock that may be set. Pure. */

/**
 * Whether that many milliseconds have passed since the instant. If the clock was set back to before it, the
 * time that has passed is unknown and counts as long enough: waiting for the instant again could take hours.
 * @param since undefined counts as long ago.
 */
export function hasElapsed(since: number | undefined, ms: number, now: number): boolean {
  return since === undefined || now < since || now - since >= ms;
}
