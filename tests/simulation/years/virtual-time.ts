/** Time that exists only where something happens: alarms ring one after the other, nobody waits. */
import { setImmediate as macrotask } from 'node:timers/promises';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { insert, sleeper } from '#core/market-time/alarms.ts';
import type { Clock } from '#core/ports.ts';

/** The true time of a simulated world. */
export interface VirtualTime extends Clock {
  /** Calls back at that instant, at once where it has passed. Returns what calls it off. */
  at(instant: number, wake: () => void): () => void;
  /** Rings every alarm up to `end` in order; what each set in motion comes to rest before the next. */
  runTo(end: EpochMs): Promise<void>;
  /** Alarms that rang so far. */
  steps(): number;
}

/** Begins at `start` with nothing to ring. */
export function createVirtualTime(start: EpochMs): VirtualTime {
  let now = start;
  let steps = 0;
  const waiting: { readonly instant: EpochMs; readonly wake: () => void }[] = [];
  const at: VirtualTime['at'] = (instant, wake) => {
    const alarm = { instant: epochMs(Math.max(now, Math.round(instant))), wake };
    insert(waiting, alarm);
    return () => {
      const index = waiting.indexOf(alarm);
      if (index >= 0) waiting.splice(index, 1);
    };
  };
  return {
    now: () => now,
    at,
    sleep: sleeper(() => now, at),
    steps: () => steps,
    async runTo(end) {
      for (let due = waiting[0]; due && due.instant <= end; due = waiting[0]) {
        waiting.shift();
        now = due.instant;
        steps += 1;
        due.wake();
        // A macrotask begins when no promise has anything left to do.
        await macrotask();
      }
      now = end;
    },
  };
}
