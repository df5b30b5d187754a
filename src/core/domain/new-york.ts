/**
 * New York wall time by rule, so that it depends on no host time zone or zone database. Rules: second
 * Sunday of March to first Sunday of November since 2007 (Energy Policy Act of 2005); first Sunday of April
 * to last Sunday of October from 1987 to 2006. Not valid before 1987.
 */
import { type EpochMs, epochMs, type SessionDate, utcDate } from './units.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The instant at which New York clocks show that many minutes after midnight of the day. */
export function newYorkInstant(date: SessionDate, minutes: number): EpochMs {
  return newYorkInstantOf(Date.parse(`${date}T00:00:00Z`), minutes);
}

/** The same for a day given by its midnight in UTC. */
export function newYorkInstantOf(day: number, minutes: number): EpochMs {
  const asUtc = day + minutes * MINUTE_MS;
  const standard = asUtc + 5 * HOUR_MS;
  return epochMs(isDaylight(standard) ? asUtc + 4 * HOUR_MS : standard);
}

/** The New York calendar day of an instant. */
export function newYorkDate(instant: number): SessionDate {
  return utcDate(instant - offset(instant));
}

/** Minutes after New York midnight, 0 to 1439. */
export function newYorkMinutes(instant: number): number {
  return Math.floor(((instant - offset(instant)) % DAY_MS) / MINUTE_MS);
}

/** New York wall time as `HH:MM`. */
export function newYorkTime(instant: number): string {
  const minutes = newYorkMinutes(instant);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** New York's offset behind UTC at the instant: 4 or 5 hours, in milliseconds. */
function offset(instant: number): number {
  return (isDaylight(instant) ? 4 : 5) * HOUR_MS;
}

/** Of one year: its ends, and the beginning and end of daylight time. */
interface Year {
  readonly from: number;
  readonly to: number;
  readonly spring: number;
  readonly autumn: number;
}

/** The year of the last answer, as instants come in order; finding a year takes most of the time. */
let held: Year | undefined;

function isDaylight(instant: number): boolean {
  if (!held || !(instant >= held.from && instant < held.to)) held = yearOf(instant);
  return instant >= held.spring && instant < held.autumn;
}

/** Daylight time begins at 02:00 standard (07:00Z) and ends at 02:00 daylight (06:00Z). */
function yearOf(instant: number): Year {
  // In UTC: no clock changes in the hours between the two new years.
  const year = new Date(instant).getUTCFullYear();
  const since2007 = year >= 2007;
  const spring = since2007 ? sunday(year, 3, 1) + 7 * DAY_MS : sunday(year, 4, 1);
  const autumn = since2007 ? sunday(year, 11, 1) : sunday(year, 10, 25);
  return {
    from: Date.UTC(year, 0, 1),
    to: Date.UTC(year + 1, 0, 1),
    spring: spring + 7 * HOUR_MS,
    autumn: autumn + 6 * HOUR_MS,
  };
}

/** The first Sunday on or after that day of the month. */
function sunday(year: number, month: number, day: number): number {
  const first = Date.UTC(year, month - 1, day);
  return first + ((7 - new Date(first).getUTCDay()) % 7) * DAY_MS;
}
