import type { Timers } from '#ops/market-time/real-timers.ts';

export interface ManualTimers extends Timers {
  now(): number;
  /** Moves the real clock and fires what is due, in order. */
  advance(ms: number): void;
  pending(): number;
}

/** A real clock and its timers, moved by hand. */
export function manualTimers(start = 0): ManualTimers {
  let now = start;
  let waiting: { readonly due: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    pending: () => waiting.length,
    after: (delayMs, wake) => {
      const timer = { due: now + delayMs, wake };
      waiting.push(timer);
      return () => {
        waiting = waiting.filter((other) => other !== timer);
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = waiting.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (!next) break;
        waiting = waiting.filter((timer) => timer !== next);
        now = Math.max(now, next.due);
        next.wake();
      }
      now = end;
    },
  };
}
