/**
 * The days on which the NYSE is closed or closes early: by rule, plus a table of exceptions. Days are their
 * midnights in UTC, in milliseconds. Pure. Sources: NYSE Rule 7.2 and the exchange's holiday notices, which
 * reach to 2028; after that only the rules apply, and the broker's calendar is checked as well.
 */
const DAY_MS = 86_400_000;
const FRIDAY = 5;

/** One-off closures: Nixon, 9/11, Reagan, Ford, Sandy, G. H. W. Bush, Carter. */
const CLOSED = days([
  '1994-04-27',
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
]);

/** Half days not covered by a rule. */
const HALF = days(['1997-12-26', '1999-12-31', '2003-12-26']);

function days(dates: readonly string[]): ReadonlySet<number> {
  return new Set(dates.map((date) => Date.parse(date)));
}

/** Every weekday of these years, both inclusive, without a session. */
export function closedDays(first: number, last: number): ReadonlySet<number> {
  const closed = new Set(CLOSED);
  for (let year = first; year <= last; year++) {
    for (const day of holidaysOf(year)) closed.add(day);
  }
  return closed;
}

/** Every half day of these years; a Sunday among them is no session anyway. */
export function halfDays(first: number, last: number): ReadonlySet<number> {
  const halves = new Set(HALF);
  for (let year = first; year <= last; year++) {
    for (const day of halvesOf(year)) halves.add(day);
  }
  return halves;
}

/** Closed by rule; weekends are not among them. */
function holidaysOf(year: number): readonly number[] {
  const found = [
    nthWeekday(year, 2, 1, 3),
    easter(year) - 2 * DAY_MS,
    lastMonday(year, 5),
    observed(year, 7, 4),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    observed(year, 12, 25),
  ];
  // New Year's Day on a Saturday is not observed on the Friday: that would close the last day of a year.
  if (weekday(utc(year, 1, 1)) !== 6) found.push(observed(year, 1, 1));
  if (year >= 1998) found.push(nthWeekday(year, 1, 1, 3));
  if (year >= 2022) found.push(observed(year, 6, 19));
  return found;
}

/** Half days by rule: around Independence Day (1995 on), after Thanksgiving (1992 on), Christmas Eve. */
function halvesOf(year: number): readonly number[] {
  const found: number[] = [];
  const beforeIndependence = weekday(utc(year, 7, 3));
  const isHalfEve =
    [1, 2, 4].includes(beforeIndependence) || (beforeIndependence === 3 && year >= 2013);
  if (year >= 1995 && isHalfEve) found.push(utc(year, 7, 3));
  if (year >= 1995 && year < 2013 && weekday(utc(year, 7, 5)) === FRIDAY)
    found.push(utc(year, 7, 5));
  if (year >= 1992) found.push(nthWeekday(year, 11, 4, 4) + DAY_MS);
  if (weekday(utc(year, 12, 24)) < FRIDAY) found.push(utc(year, 12, 24));
  return found;
}

function utc(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day);
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (day / DAY_MS + 4) % 7;
}

/** A holiday on Saturday is observed on Friday, one on Sunday on Monday. */
function observed(year: number, month: number, day: number): number {
  const date = utc(year, month, day);
  if (weekday(date) === 6) return date - DAY_MS;
  return weekday(date) === 0 ? date + DAY_MS : date;
}

function nthWeekday(year: number, month: number, day: number, nth: number): number {
  const first = utc(year, month, 1);
  return first + (((day - weekday(first) + 7) % 7) + (nth - 1) * 7) * DAY_MS;
}

function lastMonday(year: number, month: number): number {
  const last = utc(year, month + 1, 1) - DAY_MS;
  return last - ((weekday(last) + 6) % 7) * DAY_MS;
}

/** Easter Sunday, the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const m = Math.floor((a + 11 * h) / 319);
  const r = (2 * (b % 4) + 2 * Math.floor(c / 4) - (c % 4) - h + m + 32) % 7;
  const month = Math.floor((h - m + r + 90) / 25);
  return utc(year, month, (h - m + r + month + 19) % 32);
}
