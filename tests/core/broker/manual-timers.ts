import type { Timers } from '#core/broker/timers.ts';

export interface ManualTimers extends Timers {
  /** What is waited for, the soonest first. */
  readonly waits: () => readonly number[];
  /** Calls back once, when something is waited for next. */
  onWait(call: () => void): void;
  /** Lets the time pass, calling back whatever is due, in order. */
  advance(durationMs: number): void;
}

/** Timers on which time passes by hand. */
export function manualTimers(): ManualTimers {
  let now = 0;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  let onWait = (): void => undefined;
  return {
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
        now = due.at;
        due.wake();
      }
      now = end;
    },
  };
}
