/** Real time, for sockets: the market's clock may stand still or run faster. */
export interface Timers {
  /** Calls back once after about that long; the result cancels. */
  after(delayMs: number, wake: () => void): () => void;
}

/** Timers of the process itself. */
export const realTimers: Timers = {
  after(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
