import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { insert, sleeper } from '#core/market-time/alarms.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import type { TimeScale } from '#core/market-time/time-scale.ts';

export interface ManualTime extends MarketTime {
  /** Moves on, ringing each alarm at its own instant and in order, then every heartbeat once. */
  advance(durationMs: number): void;
  advanceTo(instant: EpochMs): void;
}

const FOR_EVER = epochMs(Date.UTC(2100, 0, 1));

/** A market clock that moves by hand and knows no nights. */
export function createManualTime(start: EpochMs): ManualTime {
  let now = start;
  let speed = 0;
  const waiting: { readonly instant: EpochMs; readonly wake: () => void }[] = [];
  const beats = new Set<() => void>();
  const listeners = new Set<(timeScale: TimeScale) => void>();

  const at = (instant: EpochMs, wake: () => void): (() => void) => {
    const alarm = { instant, wake };
    insert(waiting, alarm);
    return () => {
      const index = waiting.indexOf(alarm);
      if (index >= 0) waiting.splice(index, 1);
    };
  };
  const timeScale = (): TimeScale => ({ marketMs: now, realMs: 0, speed: 0, endMs: FOR_EVER });
  const advanceTo = (instant: EpochMs): void => {
    for (let due = waiting[0]; due && due.instant <= instant; due = waiting[0]) {
      waiting.shift();
      now = epochMs(Math.max(now, due.instant));
      due.wake();
    }
    now = epochMs(Math.max(now, instant));
    for (const beat of [...beats]) beat();
  };
  const changed = (): void => {
    for (const listener of [...listeners]) listener(timeScale());
  };

  return {
    now: () => now,
    at,
    timeScale,
    sleep: sleeper(() => now, at),
    every: (wake) => {
      beats.add(wake);
      return () => beats.delete(wake);
    },
    speed: () => speed,
    setSpeed: (next) => {
      speed = next;
      changed();
    },
    holdAt: () => undefined,
    resumeAt: (instant) => {
      if (instant > now) advanceTo(instant);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      waiting.length = 0;
      beats.clear();
    },
    advance: (durationMs) => advanceTo(epochMs(now + durationMs)),
    advanceTo,
  };
}
