/** Where points stand in time. */
import { sessionsBetween, sessionsIn } from '#core/domain/calendar.ts';
import type { SessionDate } from '#core/domain/units.ts';

/** A time axis that has a place for each session and none for other days. */
export interface SessionAxis {
  /** One place for each session from the first point to the last, those without a point as well. */
  readonly dates: readonly SessionDate[];
  /** Of each point; no two share one. */
  readonly places: readonly number[];
}

/**
 * A gap of weeks is as wide as weeks. Two points of one day, as where an account began before the
 * close, and a point of a day without a session stand one place apart.
 */
export function sessionAxis(days: readonly SessionDate[]): SessionAxis {
  const dates: SessionDate[] = [];
  const places: number[] = [];
  for (const [index, day] of days.entries()) {
    const before = days[index - 1];
    if (before !== undefined) dates.push(...between(before, day));
    places.push(dates.length);
    dates.push(day);
  }
  return { dates, places };
}

/** Sessions after the one and before the other. */
function between(before: SessionDate, day: SessionDate): readonly SessionDate[] {
  const steps = sessionsBetween(before, day);
  if (steps <= 1) return [];
  const after = sessionsIn(before, day).filter(({ date }) => date > before);
  return after.slice(0, steps - 1).map(({ date }) => date);
}
