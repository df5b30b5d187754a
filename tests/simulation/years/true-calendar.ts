/** When the exchange of a simulated world opens and closes, by rules of its own: none of the desk's calendar. */
import type { Session } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs, sessionDate } from '#core/domain/units.ts';

const DAY_MS = 86_400_000;
const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6];
const SPECIAL = new Set(['2025-01-09']);
const [FIRST_YEAR, LAST_YEAR] = [2018, 2044];
let all: readonly Session[] | undefined;

/** Every session, oldest first. */
function calendar(): readonly Session[] {
  all ??= Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, index) =>
    sessionsOf(FIRST_YEAR + index),
  ).flat();
  return all;
}

/** How many sessions opened by then. */
function openedBy(at: number): number {
  const sessions = calendar();
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle]?.open ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sessions of a year. */
export function trueSessions(year: number): readonly Session[] {
  return calendar().filter(({ date }) => date.startsWith(`${year}-`));
}

/** Those from one day to another, both included. */
export function trueSessionsIn(from: string, to: string): readonly Session[] {
  const [first, last] = [Date.parse(from), Date.parse(to) + DAY_MS];
  return calendar().slice(openedBy(first), openedBy(last));
}

/** The next one to open. @throws RangeError after all of them. */
export function trueSessionAfter(at: number): Session {
  const session = calendar()[openedBy(at)];
  if (!session) throw new RangeError('a simulated world has no session after that');
  return session;
}

/** So many sessions before an instant, the last one first opened before it. */
export function trueSessionsBefore(at: number, count: number): readonly Session[] {
  const before = openedBy(at - 1);
  return calendar().slice(before - count, before);
}

/** The session that is under way. */
export function trueSessionAt(at: number): Session | undefined {
  const session = calendar()[openedBy(at) - 1];
  return session && at < session.close ? session : undefined;
}

/** The last session that is over. @throws RangeError before all of them. */
export function trueSessionOver(at: number): Session {
  const opened = openedBy(at);
  const last = calendar()[opened - 1];
  const session = last && last.close <= at ? last : calendar()[opened - 2];
  if (!session) throw new RangeError('no session of a simulated world is over yet');
  return session;
}

function sessionsOf(year: number): readonly Session[] {
  const [closed, half] = [holidays(year), halfDays(year)];
  const found: Session[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY_MS) {
    const date = nameOf(at);
    const weekday = new Date(at).getUTCDay();
    if (weekday === SATURDAY || weekday === SUNDAY || closed.has(date)) continue;
    const isHalf = half.has(date);
    found.push({
      ...{ date: sessionDate(date), half: isHalf },
      ...{ open: newYork(at, 9.5), close: newYork(at, isHalf ? 13 : 16) },
    });
  }
  return found;
}

function nameOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Clocks are an hour ahead from the second Sunday of March to the first of November. */
function newYork(day: number, hour: number): EpochMs {
  const year = new Date(day).getUTCFullYear();
  const isSummer = day >= nth(year, 2, SUNDAY, 2) && day < nth(year, 10, SUNDAY, 1);
  return epochMs(day + (hour + (isSummer ? 4 : 5)) * 3_600_000);
}

/** The n-th such weekday of a month. */
function nth(year: number, month: number, weekday: number, count: number): number {
  const first = Date.UTC(year, month, 1);
  const ahead = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first + (ahead + 7 * (count - 1)) * DAY_MS;
}

function holidays(year: number): ReadonlySet<string> {
  const fixed = [
    [5, 19],
    [6, 4],
    [11, 25],
  ].map(([month = 0, day = 0]) => observed(Date.UTC(year, month, day)));
  const newYear = Date.UTC(year, 0, 1);
  const days = [
    // One on a Saturday is not made up for.
    new Date(newYear).getUTCDay() === SUNDAY ? newYear + DAY_MS : newYear,
    ...[nth(year, 0, MONDAY, 3), nth(year, 1, MONDAY, 3), easter(year) - 2 * DAY_MS],
    ...[nth(year, 5, MONDAY, 1) - 7 * DAY_MS, nth(year, 8, MONDAY, 1), nth(year, 10, THURSDAY, 4)],
    ...fixed.slice(year < 2022 ? 1 : 0),
  ];
  return new Set([...days.map(nameOf), ...SPECIAL]);
}

function observed(at: number): number {
  const weekday = new Date(at).getUTCDay();
  if (weekday === SATURDAY) return at - DAY_MS;
  return weekday === SUNDAY ? at + DAY_MS : at;
}

function halfDays(year: number): ReadonlySet<string> {
  const eves = [Date.UTC(year, 6, 3), Date.UTC(year, 11, 24)].filter((at) => {
    const weekday = new Date(at).getUTCDay();
    return weekday >= MONDAY && weekday <= THURSDAY;
  });
  return new Set([nth(year, 10, THURSDAY, 4) + DAY_MS, ...eves].map(nameOf));
}

/** Easter Sunday by Butcher's rule. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const d = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - d + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const place = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(place / 31) - 1, (place % 31) + 1);
}
