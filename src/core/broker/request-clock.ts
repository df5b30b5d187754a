/** The clock for counting requests. */
import type { RequestClock } from './request-budget.ts';
import type { Timers } from './timers.ts';

/** Real milliseconds between two checks of the speed while something waits. */
const LOOK_MS = 50;

/** Dependencies of createRequestClock. */
export interface RequestClockParts {
  /** The machine's milliseconds since some moment; monotonic. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Market milliseconds per real one; 0 while it stands still. */
  readonly speed?: () => number;
}

/**
 * Market time while the market runs faster than the machine, so that a month played in minutes is not
 * slowed to real time; otherwise machine time, so that a stopped market still answers.
 */
export function createRequestClock({
  now,
  timers,
  speed = () => 1,
}: RequestClockParts): RequestClock {
  let counted = 0;
  let countedAt = now();
  let rate = Math.max(1, speed());

  function advance(): number {
    const real = now();
    counted += Math.max(0, real - countedAt) * rate;
    countedAt = real;
    rate = Math.max(1, speed());
    return counted;
  }

  return {
    now: advance,
    after(delayMs, wake) {
      const due = advance() + delayMs;
      let cancel = (): void => undefined;
      // The speed may change meanwhile, which is noticed at the next check.
      const wait = (): void => {
        const left = due - advance();
        if (left <= 0) return wake();
        cancel = timers.after(Math.min(Math.max(1, left / rate), LOOK_MS), wait);
      };
      cancel = timers.after(Math.min(Math.max(1, delayMs / rate), LOOK_MS), wait);
      return () => cancel();
    },
  };
}
