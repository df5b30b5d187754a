/**
 * The sandbox's market time: a pure mapping from real time, so that two processes with the same time scale
 * agree without communicating.
 */
import { sessions } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';

const MINUTE_MS = 60_000;
const BEFORE_OPEN_MS = 2 * MINUTE_MS;
const AFTER_CLOSE_MS = 20 * MINUTE_MS;
/** A whole session with its margins: 6.5 hours and 22 minutes. */
export const FULL_WINDOW_MS = 412 * MINUTE_MS;

/** Market milliseconds per real millisecond. */
export const SPEEDS = {
  pause: 0,
  minute: FULL_WINDOW_MS / MINUTE_MS,
  second: FULL_WINDOW_MS / 1000,
} as const;

/** A speed that people choose. */
export type SpeedName = keyof typeof SPEEDS;

/** The mapping from real time to market time. */
export interface TimeScale {
  /** The market's instant ... */
  readonly marketMs: EpochMs;
  /** ... at this time of the shared real clock. */
  readonly realMs: number;
  /** Market milliseconds per real millisecond; 0 stands still. */
  readonly speed: number;
  /** Here the market stops permanently. */
  readonly endMs: EpochMs;
}

interface Windows {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Active milliseconds before each window. */
  readonly before: Float64Array;
}

let table: Windows | undefined;

/**
 * The market's instant at a real instant. Inside [open - 2 min, close + 20 min) of a session it moves at
 * the scale's speed; between two sessions it jumps; at the end it stands still.
 */
export function marketNow(timeScale: TimeScale, realMs: number): EpochMs {
  const elapsed = Math.max(0, realMs - timeScale.realMs) * timeScale.speed;
  return later(timeScale.marketMs, elapsed, timeScale.endMs);
}

/** The real instant at which the market reaches `instant`; undefined when it never does. */
export function realInstantOf(timeScale: TimeScale, instant: EpochMs): number | undefined {
  const missing = activeBefore(instant) - activeBefore(timeScale.marketMs);
  if (missing <= 0) return timeScale.realMs;
  if (timeScale.speed === 0 || instant > timeScale.endMs) return undefined;
  return timeScale.realMs + missing / timeScale.speed;
}

/** `activeMs` of market activity after `from`, at most `end`. Whole milliseconds. */
export function later(from: EpochMs, activeMs: number, end: EpochMs): EpochMs {
  const active = activeBefore(from) + activeMs;
  return active >= activeBefore(end) ? end : instantAt(Math.floor(active));
}

/** The end of a session's active window. */
export function windowEnd(close: EpochMs): EpochMs {
  return epochMs(close + AFTER_CLOSE_MS);
}

/** Milliseconds of market activity between two instants; nights and weekends count as zero. */
export function activeBetween(from: EpochMs, to: EpochMs): number {
  return activeBefore(to) - activeBefore(from);
}

function activeBefore(instant: number): number {
  const { starts, ends, before } = windows();
  const index = lastAtMost(starts, instant);
  if (index < 0) return 0;
  const inside = Math.min(instant, ends[index] ?? instant) - (starts[index] ?? instant);
  return (before[index] ?? 0) + inside;
}

function instantAt(active: number): EpochMs {
  const { starts, before } = windows();
  const index = Math.max(0, lastAtMost(before, active));
  return epochMs((starts[index] ?? 0) + active - (before[index] ?? 0));
}

function windows(): Windows {
  table ??= buildWindows();
  return table;
}

function buildWindows(): Windows {
  const all = sessions();
  const starts = Float64Array.from(all, (session) => session.open - BEFORE_OPEN_MS);
  const ends = Float64Array.from(all, (session) => windowEnd(session.close));
  let sum = 0;
  const before = starts.map((start, index) => {
    const mine = sum;
    sum += (ends[index] ?? start) - start;
    return mine;
  });
  return { starts, ends, before };
}

/** The last index whose value is at most `wanted`, or -1; the column is increasing. */
function lastAtMost(column: Float64Array, wanted: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? Number.POSITIVE_INFINITY) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
