import type { Timers } from '#core/market-time/real-timers.ts';

interface CancellableTimers extends Timers {
  /** Cancels all pending timers. */
  cancelAll(): void;
}

/** Timers that end with their owner, so that a closed server leaves none behind. */
export function cancellable(timers: Timers): CancellableTimers {
  const running = new Set<() => void>();
  return {
    after: (delayMs, wake) => {
      const stop = timers.after(delayMs, () => {
        running.delete(cancel);
        wake();
      });
      const cancel = (): void => {
        running.delete(cancel);
        stop();
      };
      running.add(cancel);
      return cancel;
    },
    cancelAll: () => {
      for (const cancel of [...running]) cancel();
    },
  };
}
