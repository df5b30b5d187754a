/** The machine's own clock and the tick that wakes the engine: the only real timers of Rotor. */
import { setTimeout as wait } from 'node:timers/promises';
import { schedule } from 'node-cron';
import { epochMs } from '#core/domain/units.ts';
import type { Clock, Pacer } from '#core/ports.ts';

export function systemClock(): Clock {
  return {
    now: () => epochMs(Date.now()),
    sleep: async (durationMs, signal) => {
      await wait(durationMs, undefined, signal ? { signal } : {});
    },
  };
}

/**
 * node-cron knows no holidays and forgets missed runs, so all it does is to wake a planner. A tick that a
 * busy machine missed is nothing to warn of: the planner asks the clock and the journal.
 */
export function cronHeartbeat(expression: string): Pacer {
  return {
    every(wake) {
      const task = schedule(expression, wake, { suppressMissedWarning: true });
      return () => void task.stop();
    },
  };
}
