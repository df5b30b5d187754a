/** The system clock, and everything that repeats by it: Rotor's only real timers. */
import { setTimeout as wait } from 'node:timers/promises';
import { schedule } from 'node-cron';
import { epochMs } from '#core/domain/units.ts';
import type { Clock, Pacer } from '#core/ports.ts';

/** The wall clock: it can be set, so nothing repeats by it. */
export function systemClock(): Clock {
  return {
    now: () => epochMs(Date.now()),
    sleep: async (durationMs, signal) => {
      await wait(durationMs, undefined, signal ? { signal } : {});
    },
  };
}

/** Timers on a monotonic clock, unaffected when the wall clock is set. */
export interface MonotonicTimers {
  /** Milliseconds since an arbitrary moment. */
  readonly now: () => number;
  /** Calls back once after that delay; the result cancels. */
  readonly after: (delayMs: number, wake: () => void) => () => void;
}

/** Timers of this process. */
export const processTimers: MonotonicTimers = {
  now: () => performance.now(),
  after: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Wakes every `periodMs` (above 0), the first time after one period. A late wake does not delay the next
 * ones, and wakes missed during a stall are skipped: two wakes are at least half a period apart.
 */
export function createPacer(periodMs: number, timers = processTimers): Pacer {
  return {
    every(wake) {
      let due = timers.now() + periodMs;
      let cancel = timers.after(periodMs, ring);
      function ring(): void {
        const late = timers.now() - due;
        due += periodMs * Math.max(1, Math.round(late / periodMs + 1));
        cancel = timers.after(Math.max(0, due - timers.now()), ring);
        wake();
      }
      return () => cancel();
    },
  };
}

/**
 * Wakes by a node-cron expression. A constant period, such as every five seconds, is paced by the monotonic
 * clock; calendar-like ones follow the wall clock in UTC, where no hour repeats. node-cron knows no
 * holidays and forgets missed runs, so the callback must check calendar, clock and journal.
 */
export function cronHeartbeat(expression: string): Pacer {
  const periodMs = periodOf(expression);
  if (periodMs !== undefined) return createPacer(periodMs);
  return {
    every(wake) {
      const task = schedule(expression, wake, { suppressMissedWarning: true, timezone: 'UTC' });
      return () => void task.stop();
    },
  };
}

const PERIOD = /^(?:\*(?:\/(\d+))? \*|0 \*(?:\/(\d+))?) \* \* \* \*$/;

/** Milliseconds between two slots; undefined where they are not evenly spaced throughout the day. */
function periodOf(expression: string): number | undefined {
  const found = PERIOD.exec(expression.trim());
  if (!found) return undefined;
  const [, seconds, minutes] = found;
  const isMinutes = expression.trim().startsWith('0');
  const count = Number((isMinutes ? minutes : seconds) ?? 1);
  if (count < 1 || 60 % count !== 0) return undefined;
  return count * (isMinutes ? 60_000 : 1_000);
}

/** Smallest jump of the wall clock against the monotonic one to report; smaller ones come from NTP. */
const STEP_MS = 5_000;

/** Returns a check to run every few seconds; it reports each jump of more than five seconds once. */
export function createStepWatch(
  wall: () => number,
  monotonic: () => number,
  tell: (text: string) => void,
): () => void {
  let offset = wall() - monotonic();
  return () => {
    const now = wall() - monotonic();
    const stepMs = now - offset;
    if (Math.abs(stepMs) <= STEP_MS) return;
    offset = now;
    const size = `${Math.round(Math.abs(stepMs) / 1_000)} s`;
    tell(
      stepMs > 0
        ? `the machine's clock jumped ${size} ahead, or the machine was suspended`
        : `the machine's clock was set back ${size}`,
    );
  };
}
