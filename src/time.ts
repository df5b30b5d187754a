/** The machine's own clock, and what repeats by it: the only real timers of Rotor. */
import { setTimeout as wait } from 'node:timers/promises';
import { schedule } from 'node-cron';
import { epochMs } from '#core/domain/units.ts';
import type { Clock, Pacer } from '#core/ports.ts';

/** The wall clock: it may be set, so that nothing repeats by it. */
export function systemClock(): Clock {
  return {
    now: () => epochMs(Date.now()),
    sleep: async (durationMs, signal) => {
      await wait(durationMs, undefined, signal ? { signal } : {});
    },
  };
}

/** Timers on a clock that only goes forward, at one speed, whoever sets the wall clock. */
export interface MonotonicTimers {
  /** Milliseconds since some moment. */
  readonly now: () => number;
  /** Calls back once after that long; the result cancels. */
  readonly after: (delayMs: number, wake: () => void) => () => void;
}

/** The process's own. */
export const processTimers: MonotonicTimers = {
  now: () => performance.now(),
  after: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Wakes each `periodMs` (above 0), the first time after one. A late wake does not push the next ones
 * back, and those that a stall missed are left out: two wakes are at least half a period apart.
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
 * Wakes by an expression of node-cron. A plain period, one of every five seconds say, is paced by the monotonic
 * clock; only a calendar-like one follows the wall clock, in UTC, where no hour comes twice. node-cron
 * knows no holidays and forgets missed runs, so whoever is woken asks calendar, clock and journal.
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

/** Milliseconds between two slots; undefined where they are not evenly spaced through the day. */
function periodOf(expression: string): number | undefined {
  const found = PERIOD.exec(expression.trim());
  if (!found) return undefined;
  const [, seconds, minutes] = found;
  const isMinutes = expression.trim().startsWith('0');
  const count = Number((isMinutes ? minutes : seconds) ?? 1);
  if (count < 1 || 60 % count !== 0) return undefined;
  return count * (isMinutes ? 60_000 : 1_000);
}

/** A jump of the wall clock against the monotonic one, smaller ones are the work of NTP. */
const STEP_MS = 5_000;

/** A check to be made every few seconds; tells each step of more than five seconds once, in words. */
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
