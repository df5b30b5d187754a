/** Edge: the only real timers and the only real clock of the sandbox. */

export interface Timers {
  /** Calls back once after about that many real milliseconds; the result cancels. */
  after(delayMs: number, wake: () => void): () => void;
}

/** Longer waits are split: a timer of more than 2^31 ms would fire at once. */
const MAX_TIMER_MS = 60_000;

/** The machine's own timers. */
export const realTimers: Timers = {
  after: (delayMs, wake) => {
    const timer = setTimeout(wake, Math.min(delayMs, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Wall time, shared by two processes on one machine. */
export function realNow(): number {
  return Date.now();
}
