import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Clock } from '#core/ports.ts';

export interface HandClock extends Clock {
  /** Whoever slept until then wakes up. */
  advance(ms: number): void;
}

/** Time that moves by hand alone. */
export function handClock(start: EpochMs): HandClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        const sleeper = { until: now + durationMs, wake };
        if (signal?.aborted) return stop();
        signal?.addEventListener('abort', stop);
        sleepers.add(sleeper);
      }),
    advance: (ms) => {
      now = epochMs(now + ms);
      for (const sleeper of [...sleepers].filter(({ until }) => until <= now)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}
