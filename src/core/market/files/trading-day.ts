/**
 * Which trading day a stamp means. Writers disagree: New York midnight in UTC (05:00Z, 04:00Z in
 * summer), the session's close, a bare date, midnight UTC. One rule for each kind of stamp:
 *
 * - An instant (the writer knew the zone) belongs to its New York date. Exactly 00:00Z is the
 *   exception and means that calendar date itself: so are dates written by whoever normalises to
 *   midnight UTC, while New York's clock shows 19:00 or 20:00 of the day before, an hour at which no
 *   daily bar is ever stamped.
 * - A wall time without a zone, a date or a text without an offset means the date as it is written.
 *
 * A writer who meant something else (midnight in Berlin, say) puts Mondays on Sundays, and the check
 * of every row against the calendar refuses the file.
 */
import { newYorkDate } from '#core/domain/new-york.ts';
import { type SessionDate, utcDate } from '#core/domain/units.ts';

const DAY_MS = 86_400_000;

/** Days since 1970-01-01, as Arrow and parquet count dates. */
export type DayNumber = number;

/** The day of an instant, in milliseconds since 1970-01-01T00:00Z. */
export function dayOfInstant(instant: number): DayNumber {
  if (instant % DAY_MS === 0) return instant / DAY_MS;
  return Date.parse(`${newYorkDate(instant)}T00:00:00Z`) / DAY_MS;
}

/** The day of a wall time without a zone, in milliseconds as if it were UTC. */
export function dayOfWallTime(wallTime: number): DayNumber {
  return Math.floor(wallTime / DAY_MS);
}

/** The day of `2024-01-02`, `2024-01-02 16:00:00` or the same with `Z` or `-05:00`; NaN otherwise. */
export function dayOfText(text: string): DayNumber {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      text.trim(),
    );
  const [, date, time, zone] = match ?? [];
  if (date === undefined) return Number.NaN;
  if (time === undefined || zone === undefined)
    return dayOfWallTime(Date.parse(`${date}T00:00:00Z`));
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return dayOfInstant(Date.parse(`${date}T${time}${offset}`));
}

export function sessionDateOf(day: DayNumber): SessionDate {
  return utcDate(day * DAY_MS);
}
