/**
 * The NYSE calendar, 1990-2045: every session, its opening and its close. Pure: no clock and no time zone of
 * the host.
 */
import { buildTable, DAY_MS, type Session, sessionOfDay, type Table } from './session-table.ts';
import { type EpochMs, epochMs, type SessionDate, sessionDate, utcDate } from './units.ts';

export type { Session } from './session-table.ts';

const FIRST_YEAR = 1990;
const LAST_YEAR = 2045;
/** Days are counted from this one, in days since 1970-01-01. */
const FIRST_DAY = Date.UTC(FIRST_YEAR, 0, 1) / DAY_MS;

/** Closings at short notice that this version does not know, as given to `closeDays`. */
let confirmed: readonly SessionDate[] = [];
let table: Table | undefined;
/** The sessions that somebody asked for: most programs need few of them. */
const known: (Session | undefined)[] = [];

/** First and last day covered, both inclusive; the first is a session. */
export const CALENDAR_DAYS = {
  first: sessionDate(`${FIRST_YEAR}-01-02`),
  last: sessionDate(`${LAST_YEAR}-12-31`),
} as const;

/** The days given to `closeDays`: another thread begins with the same. */
export function closedByPeople(): readonly SessionDate[] {
  return confirmed;
}

/**
 * Takes days out of the calendar of this thread: closings at short notice that a person has confirmed. They
 * replace those given before. For the start of a process or thread, before anything asks.
 */
export function closeDays(dates: readonly SessionDate[]): void {
  if (dates.join() === confirmed.join()) return;
  confirmed = dates;
  table = undefined;
  known.length = 0;
}

/** Every session from 1990 to 2045 in order, about 14,000. */
export function sessions(): readonly Session[] {
  return between(0, calendar().days.length);
}

/** The session of that day, or undefined when the exchange is closed. */
export function sessionOn(date: SessionDate): Session | undefined {
  const index = indexOf(date);
  return index === undefined ? undefined : sessionNumber(index);
}

/** Parses a session date and checks that it is a session. @throws RangeError otherwise. */
export function parseSession(text: string): Session {
  const session = sessionOn(sessionDate(text));
  if (!session) throw new RangeError(`date: ${text} is not a session of the NYSE`);
  return session;
}

/** Whether the NYSE is open on that day; false outside the table. */
export function isSession(date: SessionDate): boolean {
  return indexOf(date) !== undefined;
}

/** The last session on or before the day. @throws RangeError before 1990. */
export function sessionOnOrBefore(date: SessionDate): Session {
  return at(countThrough(dayOf(date)) - 1, date);
}

/** The session `count` sessions after `date` (negative: before). @throws RangeError outside the table. */
export function sessionOffset(date: SessionDate, count: number): Session {
  const index = indexOf(date);
  if (index === undefined) throw new RangeError(`calendar: ${date} is not a session`);
  return at(index + count, date);
}

/** Sessions in (from, to]: how many sessions `to` is after `from`. */
export function sessionsBetween(from: SessionDate, to: SessionDate): number {
  return countThrough(dayOf(to)) - countThrough(dayOf(from));
}

/** Sessions with from <= date <= to. */
export function sessionsIn(from: SessionDate, to: SessionDate): readonly Session[] {
  return between(countThrough(dayOf(from) - 1), countThrough(dayOf(to)));
}

/** The session open at the instant (open <= now < close), or undefined. */
export function sessionAt(now: EpochMs): Session | undefined {
  const session = lastOpened(now);
  return session && now < session.close ? session : undefined;
}

/** The last session whose close is at or before the instant. */
export function lastClosedSession(now: EpochMs): Session {
  return at(countBy(now, 'close') - 1, utcDate(now));
}

/** Consolidated daily bars are available 15 minutes after the close; one more for clock differences. */
const BARS_AFTER_CLOSE_MS = 16 * 60_000;

/** The last session whose daily bars are available by now. */
export function lastFinalSession(now: EpochMs): Session {
  return lastClosedSession(epochMs(now - BARS_AFTER_CLOSE_MS));
}

/** The first session that opens after the instant. */
export function nextSession(now: EpochMs): Session {
  return at(countBy(now, 'open'), utcDate(now));
}

/** Whether the session is the first of its month. */
export function isFirstOfMonth(date: SessionDate): boolean {
  return isSession(date) && sessionOffset(date, -1).date.slice(0, 7) !== date.slice(0, 7);
}

/** Whether the session is the first of its week, Monday to Sunday. */
export function isFirstOfWeek(date: SessionDate): boolean {
  return isSession(date) && firstSessionOfWeek(date).date === date;
}

/** The first session of the day's month from that day on, else the first of the next month. */
export function firstSessionOfMonth(date: SessionDate): Session {
  return at(countThrough(monthStart(date) - 1), date);
}

/** The first session of the month after the date's. @throws RangeError outside the table. */
export function firstSessionOfNextMonth(date: SessionDate): Session {
  return at(countThrough(monthStart(date, 1) - 1), date);
}

/**
 * The first session on or after the Monday of the day's week.
 * @param weeks number of weeks later; 0 by default.
 */
export function firstSessionOfWeek(date: SessionDate, weeks = 0): Session {
  const day = new Date(`${date}T00:00:00Z`);
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  const monday = utcDate(day.getTime() + (7 * weeks - sinceMonday) * DAY_MS);
  return at(countThrough(dayOf(monday) - 1), date);
}

function lastOpened(now: EpochMs): Session | undefined {
  return sessionNumber(countBy(now, 'open') - 1);
}

function at(index: number, asked: string): Session {
  const session = sessionNumber(index);
  if (!session) {
    throw new RangeError(`calendar: covers ${FIRST_YEAR}-${LAST_YEAR}, asked near ${asked}`);
  }
  return session;
}

/** How many sessions have opened or closed by the instant; one that does so right then is included. */
function countBy(now: EpochMs, bell: 'open' | 'close'): number {
  // A session opens and closes on its own day of UTC too.
  const before = countThrough(Math.floor(now / DAY_MS) - FIRST_DAY - 1);
  const next = sessionNumber(before);
  return next && next[bell] <= now ? before + 1 : before;
}

/** How many sessions there are through that day, counted from the first of the table. */
function countThrough(day: number): number {
  const { days, through } = calendar();
  return through[day] ?? (day < 0 ? 0 : days.length);
}

/** Undefined on a day without a session, and outside the table. */
function indexOf(date: SessionDate): number | undefined {
  const day = dayOf(date);
  const count = countThrough(day);
  return count > countThrough(day - 1) ? count - 1 : undefined;
}

/** The day, counted from the first of the table; infinite outside. */
function dayOf(date: SessionDate): number {
  return monthStart(date) + digits(date, 8, 10) - 1;
}

/** The first day of the date's month, or of a later month; infinite outside the table. */
function monthStart(date: SessionDate, later = 0): number {
  // Not with Date.parse: every row of every file is asked for.
  const month = 12 * (digits(date, 0, 4) - FIRST_YEAR) + digits(date, 5, 7) - 1 + later;
  return month < 0
    ? Number.NEGATIVE_INFINITY
    : (calendar().months[month] ?? Number.POSITIVE_INFINITY);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = 10 * value + text.charCodeAt(at) - 48;
  return value;
}

function between(start: number, end: number): readonly Session[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, at) =>
    sessionNumber(start + at),
  ).flatMap((session) => session ?? []);
}

function sessionNumber(index: number): Session | undefined {
  const { days, halves } = calendar();
  const day = days[index];
  if (day === undefined) return undefined;
  known[index] ??= sessionOfDay(day * DAY_MS, halves.has(day * DAY_MS));
  return known[index];
}

function calendar(): Table {
  table ??= buildTable(FIRST_YEAR, LAST_YEAR, confirmed);
  return table;
}
