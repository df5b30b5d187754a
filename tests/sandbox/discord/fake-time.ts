/** Real time that moves by hand. */
import type { Timers } from '#core/market-time/real-timers.ts';

export interface FakeTime {
  now(): number;
  readonly timers: Timers;
  advance(ms: number): void;
}

export function fakeTime(startMs = Date.UTC(2026, 0, 5)): FakeTime {
  let nowMs = startMs;
  const alarms = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  const due = () => [...alarms].filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
  return {
    now: () => nowMs,
    timers: {
      after: (delayMs, wake) => {
        const alarm = { atMs: nowMs + delayMs, wake };
        alarms.add(alarm);
        return () => void alarms.delete(alarm);
      },
    },
    advance: (ms) => {
      nowMs += ms;
      for (const alarm of due()) {
        alarms.delete(alarm);
        alarm.wake();
      }
    },
  };
}
