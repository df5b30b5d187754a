/**
 * Determines the trading day of a timestamp. Writers disagree: New York midnight in UTC (05:00Z, 04:00Z in
 * summer), the session's close, a bare date, midnight UTC. One rule for each kind of timestamp:
 *
 * - An instant (the writer knew the zone) belongs to its New York date. Exactly 00:00Z is the
 * exception and means that calendar date itself: dates normalised to midnight UTC look like this,
 * while New York's clock shows 19:00 or 20:00 of the previous day, a time that no daily bar has.
 * - A wall time without a zone, a date or a text without an offset means the date as written.
 * - A text with slashes has the month first, as in the US, one with dots the day, as in Germany;
 * with the year first it is unambiguous.
 * - A number of eight digits is a date (20240102); a larger one an instant since 1970, in seconds,
 * milli-, micro- or nanoseconds by its size.
 * A different meaning (midnight in Berlin, for example) moves Mondays to Sundays, and the check of every
 * row against the calendar rejects the file.
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

/**
 * The day of `2024-01-02`, `2024-01-02 16:00:00` or the same with `Z` or `-05:00`, of `1/2/2024`,
 * `2.1.2024`, `2024/01/02` and of a number in digits; NaN otherwise.
 */
export function dayOfText(text: string): DayNumber {
  const plain = text.trim();
  if (/^\d{8,19}$/.test(plain)) return dayOfNumber(Number(plain));
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      plain,
    );
  const [, date, time, zone] = match ?? [];
  if (date === undefined) return dayOfSlashes(plain);
  if (time === undefined || zone === undefined)
    return dayOfWallTime(Date.parse(`${date}T00:00:00Z`));
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return dayOfInstant(Date.parse(`${date}T${time}${offset}`));
}

const TIME = '(?:[T ]\\d{1,2}:\\d{2}(?::\\d{2})?(?: [AP]M)?)?$';
const MONTH_FIRST = new RegExp(`^(\\d{1,2})/(\\d{1,2})/(\\d{4})${TIME}`);
const YEAR_FIRST = new RegExp(`^(\\d{4})/(\\d{1,2})/(\\d{1,2})${TIME}`);

const DAY_FIRST = new RegExp(`^(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})${TIME}`);

function dayOfSlashes(text: string): DayNumber {
  const [, dayFirst, monthOf, yearOf] = DAY_FIRST.exec(text) ?? [];
  if (dayFirst !== undefined) return dayOfParts(Number(yearOf), Number(monthOf), Number(dayFirst));
  const [, month, day, year] = MONTH_FIRST.exec(text) ?? [];
  if (month !== undefined) return dayOfParts(Number(year), Number(month), Number(day));
  const [, first, second, third] = YEAR_FIRST.exec(text) ?? [];
  return dayOfParts(Number(first), Number(second), Number(third));
}

/** NaN where the calendar has no such day. */
function dayOfParts(year: number, month: number, day: number): DayNumber {
  const at = Date.UTC(year, month - 1, day);
  const isDay = new Date(at).getUTCMonth() === month - 1 && new Date(at).getUTCDate() === day;
  return isDay ? at / DAY_MS : Number.NaN;
}

/** Milliseconds in each unit, and the first number that is too large for it: the year 2286. */
const UNITS = [
  { ms: 1_000, below: 1e10 },
  { ms: 1, below: 1e13 },
  { ms: 1e-3, below: 1e16 },
  { ms: 1e-6, below: 1e19 },
] as const;

/** The first number of seconds that is not an eight-digit date: March 1973, before any such fund. */
const SECONDS_FROM = 1e8;

/** The day of `20240102`, or of an instant since 1970 in the unit implied by its size; NaN otherwise. */
export function dayOfNumber(value: number): DayNumber {
  if (!Number.isFinite(value)) return Number.NaN;
  if (value < SECONDS_FROM) {
    return dayOfParts(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
  }
  const unit = UNITS.find(({ below }) => value < below);
  return unit ? dayOfInstant(Math.round(value * unit.ms)) : Number.NaN;
}

/** The date of a day. */
export function sessionDateOf(day: DayNumber): SessionDate {
  return utcDate(day * DAY_MS);
}
