/** Holding periods and the wash sale window, counted in calendar days of New York. */
import { type SessionDate, utcDate } from '../units.ts';

const DAY_MS = 86_400_000;

/** Days before and after a sale in the wash sale window: 61 with the day itself. */
const WINDOW_DAYS = 30;

/** Returns the date that many days later; earlier when negative. */
export function addDays(date: SessionDate, days: number): SessionDate {
  return utcDate(Date.parse(date) + days * DAY_MS);
}

/** Returns the days from one date to the other; negative when it is earlier. */
export function daysBetween(from: SessionDate, to: SessionDate): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

/** Returns the last day of that date's year. */
export function yearEnd(date: SessionDate): SessionDate {
  return utcDate(Date.UTC(Number(date.slice(0, 4)), 11, 31));
}

/**
 * Whether shares held since `from` and sold on `sold` were held for more than a year. Counting starts on
 * the day after acquisition, so a sale on the anniversary is short term.
 */
export function isLongTerm(from: SessionDate, sold: SessionDate): boolean {
  const first = new Date(Date.parse(from) + DAY_MS);
  // A year from 29 February ends on 1 March.
  const yearLater = Date.UTC(first.getUTCFullYear() + 1, first.getUTCMonth(), first.getUTCDate());
  return Date.parse(sold) >= yearLater;
}

/** Whether shares bought on that day may replace shares sold on the other. */
export function isInWashWindow(bought: SessionDate, sold: SessionDate): boolean {
  return Math.abs(daysBetween(bought, sold)) <= WINDOW_DAYS;
}
