/** Positions of points on a time axis. */
import { sessionsBetween, sessionsIn } from '#core/domain/calendar.ts';
import type { SessionDate } from '#core/domain/units.ts';

/** A time axis with one position per session and none for other days. */
export interface SessionAxis {
  /** One entry per session from the first point to the last, including sessions without a point. */
  readonly dates: readonly SessionDate[];
  /** Index of each point on the axis; all are distinct. */
  readonly places: readonly number[];
}

/**
 * A gap of weeks is drawn as wide as weeks. Two points on one day (an account that started before the
 * close) and a point on a day without a session get a position of their own.
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

/** Sessions strictly between the two days. */
function between(before: SessionDate, day: SessionDate): readonly SessionDate[] {
  const steps = sessionsBetween(before, day);
  if (steps <= 1) return [];
  const after = sessionsIn(before, day).filter(({ date }) => date > before);
  return after.slice(0, steps - 1).map(({ date }) => date);
}
