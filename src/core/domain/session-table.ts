/** The days of the NYSE with a session, and when each opens and closes. Pure. */
import { closedDays, halfDays } from './holidays.ts';
import { newYorkInstantOf } from './new-york.ts';
import { type EpochMs, epochMs, type SessionDate, utcDate } from './units.ts';

/** A day in UTC. */
export const DAY_MS = 86_400_000;
const OPEN_MINUTE = 9 * 60 + 30;

/** One trading day of the NYSE. */
export interface Session {
  readonly date: SessionDate;
  /** 09:30 New York. */
  readonly open: EpochMs;
  /** 16:00 New York; 13:00 on a half day (14:00 before 1993). */
  readonly close: EpochMs;
  readonly half: boolean;
}

/** Days are numbered since 1970-01-01. */
export interface Table {
  /** The day of each session. */
  readonly days: Int32Array;
  /** How many sessions there are up to each day of the table, including it. */
  readonly through: Uint16Array;
  /** The first day of each month, counted from the first day of the table. */
  readonly months: Int32Array;
  /** The midnights (UTC) of half days. */
  readonly halves: ReadonlySet<number>;
}

/** The sessions of these years, both inclusive. @param confirmed days that are closed besides those known. */
export function buildTable(
  firstYear: number,
  lastYear: number,
  confirmed: readonly SessionDate[] = [],
): Table {
  const first = Date.UTC(firstYear, 0, 1) / DAY_MS;
  const end = Date.UTC(lastYear + 1, 0, 1) / DAY_MS;
  const through = new Uint16Array(end - first);
  const found = new Int32Array(end - first);
  const closed = new Set(closedDays(firstYear, lastYear));
  for (const date of confirmed) closed.add(Date.parse(date));
  const halves = halfDays(firstYear, lastYear);
  const months = new Int32Array(12 * (lastYear - firstYear + 1));
  for (let month = 0; month < months.length; month++) {
    months[month] = Date.UTC(firstYear, month, 1) / DAY_MS - first;
  }
  let count = 0;
  for (let day = first; day < end; day++) {
    // 0 is Sunday: 1970-01-01 was a Thursday.
    const weekday = (day + 4) % 7;
    if (weekday !== 0 && weekday !== 6 && !closed.has(day * DAY_MS)) found[count++] = day;
    through[day - first] = count;
  }
  return { days: found.subarray(0, count), through, months, halves };
}

/** The session of a day. @param midnight of the day, in UTC. */
export function sessionOfDay(midnight: number, half: boolean): Session {
  const date = utcDate(midnight);
  const closeMinute = half ? (date < '1993' ? 14 : 13) * 60 : 16 * 60;
  const open = newYorkInstantOf(midnight, OPEN_MINUTE);
  // Clocks change at night, so the session is as long as its wall times are apart.
  return { date, open, close: epochMs(open + (closeMinute - OPEN_MINUTE) * 60_000), half };
}
