import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Timers } from './real-timers.ts';

interface Alarm {
  readonly instant: EpochMs;
  readonly wake: () => void;
}

/** Dependencies of createAlarms. */
export interface AlarmParts {
  readonly now: () => EpochMs;
  /** Real milliseconds until the instant; undefined when it is never reached at the current scale. */
  readonly waitMs: (instant: EpochMs) => number | undefined;
  readonly timers: Timers;
}

/** Callbacks at market instants. */
export interface Alarms {
  at(instant: EpochMs, wake: () => void): () => void;
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Call when the relation between market and real time has changed. */
  rearm(): void;
  clear(): void;
}

/** Callbacks by market instant, using one real timer set for the earliest of them. */
export function createAlarms(parts: AlarmParts): Alarms {
  const waiting: Alarm[] = [];
  let disarm = (): void => undefined;

  const rearm = (): void => {
    disarm();
    const wait = waiting[0] && parts.waitMs(waiting[0].instant);
    disarm = wait === undefined ? () => undefined : parts.timers.after(Math.max(0, wait), ring);
  };
  const ring = (): void => {
    for (let due = waiting[0]; due && due.instant <= parts.now(); due = waiting[0]) {
      waiting.shift();
      due.wake();
    }
    rearm();
  };
  const at = (instant: EpochMs, wake: () => void): (() => void) => {
    const alarm = { instant, wake };
    insert(waiting, alarm);
    if (waiting[0] === alarm) rearm();
    return () => {
      const index = waiting.indexOf(alarm);
      if (index >= 0) waiting.splice(index, 1);
      if (index === 0) rearm();
    };
  };
  const clear = (): void => {
    waiting.length = 0;
    disarm();
  };
  return { at, rearm, clear, sleep: sleeper(parts.now, at) };
}

/** `Clock.sleep` on top of `at`. */
export function sleeper(
  now: () => EpochMs,
  at: (instant: EpochMs, wake: () => void) => () => void,
): (durationMs: number, signal?: AbortSignal) => Promise<void> {
  return (durationMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = at(epochMs(now() + durationMs), () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
}

/** Keeps the order of instants; equal instants fire in the order in which they were set. */
export function insert<T extends { readonly instant: EpochMs }>(sorted: T[], item: T): void {
  let index = sorted.length;
  while (index > 0 && (sorted[index - 1]?.instant ?? 0) > item.instant) index--;
  sorted.splice(index, 0, item);
}
