import { parseSession } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs, type SessionDate } from '#core/domain/units.ts';
import type { Clock, Heartbeat } from '#core/ports.ts';
import { createAlarms } from './alarms.ts';
import { realTimers, type Timers } from './real-timers.ts';
import { type Anchor, marketNow, realInstantOf, windowEnd } from './time-scale.ts';

/** A market's own clock. Everything in the sandbox that waits, waits on one of these. */
export interface MarketTime extends Clock, Heartbeat {
  /** Calls back once, in order of instants, when the market reaches the instant. */
  at(instant: EpochMs, wake: () => void): () => void;
  anchor(): Anchor;
  speed(): number;
  setSpeed(speed: number): void;
  /** Jumps forward; an instant that has passed changes nothing. */
  resumeAt(instant: EpochMs): void;
  onChange(listener: (anchor: Anchor) => void): () => void;
  /** Forgets every alarm and every heartbeat. */
  stop(): void;
}

export interface MarketTimeParts {
  readonly start: EpochMs;
  /** The last session; time stands still 20 minutes after its close. */
  readonly end: SessionDate;
  /** Market milliseconds in a real one. */
  readonly speed: number;
  readonly realNow: () => number;
  readonly timers?: Timers;
}

/** The leader: decides where the market stands. @throws RangeError when `end` is not a session. */
export function createMarketTime(parts: MarketTimeParts): MarketTime {
  const endMs = windowEnd(parseSession(parts.end).close);
  const first = { marketMs: parts.start, realMs: parts.realNow(), speed: parts.speed, endMs };
  const { setAnchor, ...time } = createAnchoredTime(
    first,
    parts.realNow,
    parts.timers ?? realTimers,
  );
  const move = (marketMs: EpochMs, speed: number): void => {
    setAnchor({ marketMs, realMs: parts.realNow(), speed, endMs });
  };
  return {
    ...time,
    setSpeed: (speed) => {
      if (!(speed >= 0 && Number.isFinite(speed))) {
        throw new RangeError(`speed: expected market ms per real ms, found ${speed}`);
      }
      if (speed !== time.speed()) move(time.now(), speed);
    },
    resumeAt: (instant) => {
      if (instant > time.now()) move(instant, time.speed());
    },
  };
}

/** At this speed and above, a beat of 50 ms would skip a good part of a session. */
const FAST = 2_000;
const SLOW_BEAT_MS = 50;
const FAST_BEAT_MS = 10;

export type AnchoredTime = Omit<MarketTime, 'setSpeed' | 'resumeAt'> & {
  setAnchor(anchor: Anchor): void;
};

/** What leader and follower share: a clock that follows an anchor and never runs backwards. */
export function createAnchoredTime(
  first: Anchor,
  realNow: () => number,
  timers: Timers,
): AnchoredTime {
  let anchor = first;
  let seen = marketNow(first, realNow());
  const listeners = new Set<(anchor: Anchor) => void>();
  const beats = new Set<() => void>();

  const now = (): EpochMs => {
    seen = epochMs(Math.max(seen, marketNow(anchor, realNow())));
    return seen;
  };
  const waitMs = (instant: EpochMs): number | undefined => {
    const real = realInstantOf(anchor, instant);
    return real === undefined ? undefined : real - realNow();
  };
  const alarms = createAlarms({ now, waitMs, timers });

  const every = (wake: () => void): (() => void) => {
    let cancel = (): void => undefined;
    const beat = (): void => {
      cancel = timers.after(anchor.speed >= FAST ? FAST_BEAT_MS : SLOW_BEAT_MS, beat);
      wake();
    };
    const restart = (): void => {
      cancel();
      cancel = timers.after(0, beat);
    };
    const off = (): void => {
      cancel();
      listeners.delete(restart);
      beats.delete(off);
    };
    listeners.add(restart);
    beats.add(off);
    restart();
    return off;
  };

  return {
    now,
    every,
    at: alarms.at,
    sleep: alarms.sleep,
    anchor: () => anchor,
    speed: () => anchor.speed,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setAnchor: (next) => {
      anchor = next;
      alarms.rearm();
      for (const listener of [...listeners]) listener(next);
    },
    stop: () => {
      alarms.clear();
      for (const off of [...beats]) off();
    },
  };
}
