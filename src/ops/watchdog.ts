/** Ends a desk whose looks come to no end any more, so that it is started anew: nobody watches it all day. */
import type { PulseAges } from './activity.ts';
import { liveness } from './readiness.ts';

/** A process that was stopped for a while and goes on comes to the end of a look within so many. */
export const MOST_STUCK = 4;

/** A check to be made every few seconds; `fail` is called once. */
export function createWatchdog(ages: () => PulseAges, fail: (error: Error) => void): () => void {
  let stuck = 0;
  return () => {
    const { alive, detail } = liveness(ages());
    stuck = alive ? 0 : stuck + 1;
    if (stuck === MOST_STUCK) fail(new Error(`the engine hangs: ${detail}`));
  };
}
