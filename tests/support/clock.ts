import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Clock } from '#core/ports.ts';

export interface LeapingClock extends Clock {
  set(instant: EpochMs): void;
}

/** A clock on which nobody waits: whoever sleeps moves the time on. */
export function leapingClock(start: EpochMs): LeapingClock {
  let now = start;
  return {
    now: () => now,
    set: (instant) => {
      now = instant;
    },
    async sleep(durationMs, signal) {
      signal?.throwIfAborted();
      now = epochMs(now + durationMs);
      await Promise.resolve();
    },
  };
}
