import { parseSession } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs, type SessionDate } from '#core/domain/units.ts';
import type { Clock, Pacer } from '#core/ports.ts';
import { createAlarms } from './alarms.ts';
import { realTimers, type Timers } from './real-timers.ts';
import { marketNow, realInstantOf, type TimeScale, windowEnd } from './time-scale.ts';

/** The market's own clock. Everything in the sandbox waits on one of these. */
export interface MarketTime extends Clock, Pacer {
  /** Calls back once, in order of instants, when the market reaches the instant. */
  at(instant: EpochMs, wake: () => void): () => void;
  timeScale(): TimeScale;
  speed(): number;
  setSpeed(speed: number): void;
  /** Stops the market when it reaches the instant, until another is set; undefined is its end. */
  holdAt(instant: EpochMs | undefined): void;
  /** Jumps forward; a past instant changes nothing. */
  resumeAt(instant: EpochMs): void;
  onChange(listener: (timeScale: TimeScale) => void): () => void;
  /** Cancels every alarm and every heartbeat. */
  stop(): void;
}

/** The market's start, end and speed. */
export interface MarketTimeParts {
  readonly start: EpochMs;
  /** The last session; time stands still 20 minutes after its close. */
  readonly end: SessionDate;
  /** Market milliseconds per real one. */
  readonly speed: number;
  readonly realNow: () => number;
  readonly timers?: Timers;
}

/** The leader, which controls the market's time. @throws RangeError when `end` is not a session. */
export function createMarketTime(parts: MarketTimeParts): MarketTime {
  const endMs = windowEnd(parseSession(parts.end).close);
  const first = { marketMs: parts.start, realMs: parts.realNow(), speed: parts.speed, endMs };
  const { setScale, ...time } = createScaledTime(first, parts.realNow, parts.timers ?? realTimers);
  let limitMs = endMs;
  const move = (marketMs: EpochMs, speed: number): void => {
    setScale({ marketMs, realMs: parts.realNow(), speed, endMs: limitMs });
  };
  return {
    ...time,
    setSpeed: (speed) => {
      if (!(speed >= 0 && Number.isFinite(speed))) {
        throw new RangeError(`speed: expected market ms per real ms, found ${speed}`);
      }
      if (speed !== time.speed()) move(time.now(), speed);
    },
    holdAt: (instant = endMs) => {
      const now = time.now();
      limitMs = epochMs(Math.min(Math.max(instant, now), endMs));
      move(now, time.speed());
    },
    resumeAt: (instant) => {
      if (instant > time.now()) move(instant, time.speed());
    },
  };
}

/** At this speed and above, a heartbeat of 50 ms would skip a large part of a session. */
const FAST = 2_000;
const SLOW_BEAT_MS = 50;
const FAST_BEAT_MS = 10;

/** A clock whose scale is set from outside. */
export type ScaledTime = Omit<MarketTime, 'setSpeed' | 'resumeAt' | 'holdAt'> & {
  setScale(timeScale: TimeScale): void;
};

/** Shared by leader and follower: a clock that follows a time scale and never runs backwards. */
export function createScaledTime(
  first: TimeScale,
  realNow: () => number,
  timers: Timers,
): ScaledTime {
  let timeScale = first;
  let seen = marketNow(first, realNow());
  const listeners = new Set<(timeScale: TimeScale) => void>();

  const now = (): EpochMs => {
    seen = epochMs(Math.max(seen, marketNow(timeScale, realNow())));
    return seen;
  };
  const waitMs = (instant: EpochMs): number | undefined => {
    const real = realInstantOf(timeScale, instant);
    return real === undefined ? undefined : real - realNow();
  };
  const onChange: ScaledTime['onChange'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const speed = (): number => timeScale.speed;
  const alarms = createAlarms({ now, waitMs, timers });
  const beats = createBeats({ timers, speed, onChange });

  return {
    now,
    speed,
    onChange,
    every: beats.every,
    at: alarms.at,
    sleep: alarms.sleep,
    timeScale: () => timeScale,
    setScale: (next) => {
      timeScale = next;
      alarms.rearm();
      for (const listener of [...listeners]) listener(next);
    },
    stop: () => {
      alarms.clear();
      beats.stop();
    },
  };
}

/** Wakes repeatedly, and at once when the scale changes. */
function createBeats({
  timers,
  speed,
  onChange,
}: Pick<ScaledTime, 'speed' | 'onChange'> & { readonly timers: Timers }): Pick<
  ScaledTime,
  'every' | 'stop'
> {
  const beats = new Set<() => void>();
  return {
    every: (wake) => {
      let cancel = (): void => undefined;
      const beat = (): void => {
        cancel = timers.after(speed() >= FAST ? FAST_BEAT_MS : SLOW_BEAT_MS, beat);
        wake();
      };
      const restart = (): void => {
        cancel();
        cancel = timers.after(0, beat);
      };
      const forget = onChange(restart);
      const off = (): void => {
        cancel();
        forget();
        beats.delete(off);
      };
      beats.add(off);
      restart();
      return off;
    },
    stop: () => {
      for (const off of [...beats]) off();
    },
  };
}
