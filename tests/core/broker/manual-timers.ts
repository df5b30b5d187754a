import type { Timers } from '#core/broker/timers.ts';

/** Timers and a clock of the process on which time passes by hand. */
export interface ManualTimers extends Timers {
  /** Milliseconds, `start` at first. */
  now(): number;
  /** Milliseconds until each timer that is set, the soonest first. */
  waits(): readonly number[];
  /** Calls back once, when a timer is set next. */
  onWait(call: () => void): void;
  /** Lets the time pass, calling back whatever is due, in order. */
  advance(durationMs: number): void;
}

/** Timers that fire only in `advance`. */
export function manualTimers(start = 0): ManualTimers {
  let now = start;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  let onWait = (): void => undefined;
  return {
    now: () => now,
    onWait(call) {
      onWait = call;
    },
    waits: () => waiting.map(({ at }) => at - now).sort((a, b) => a - b),
    after(delayMs, wake) {
      const timer = { at: now + delayMs, wake };
      waiting.push(timer);
      onWait();
      onWait = () => undefined;
      return () => {
        waiting = waiting.filter((each) => each !== timer);
      };
    },
    advance(durationMs) {
      const end = now + durationMs;
      for (;;) {
        const due = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        waiting = waiting.filter((each) => each !== due);
        now = Math.max(now, due.at);
        due.wake();
      }
      now = end;
    },
  };
}
