/** The comparison windows, on the trading calendar and in New York dates. */
import { sessionOffset, sessionOnOrBefore } from '../domain/calendar.ts';
import { type SessionDate, sessionDate, utcDate } from '../domain/units.ts';
import { type CurvePoint, sessionOf } from './curve.ts';

/** The windows of performance, shortest first. */
export const WINDOWS = ['1D', '1W', 'MTD', 'YTD', '1Y', 'since start'] as const;
/** One of {@link WINDOWS}. */
export type WindowName = (typeof WINDOWS)[number];

/** The part of a curve that a window covers, up to the last point. */
export interface Span {
  /** Index of the point where the window begins. */
  readonly from: number;
  /** False where the close of the right day is missing and an earlier one is used. */
  readonly exact: boolean;
}

const DAY_MS = 86_400_000;

/**
 * Where the window begins on the curve; it ends with the last point. Undefined where the account is younger
 * than the window. A day, month or year during which the account began counts from its start.
 */
export function spanOf(name: WindowName, curve: readonly CurvePoint[]): Span | undefined {
  const last = curve.at(-1);
  if (!last || last.kind === 'start') return undefined;
  if (name === 'since start') return { from: 0, exact: true };
  const bound = boundOf(name, sessionOf(last));
  const from = curve.findLastIndex(({ kind, date }) => kind !== 'live' && date <= bound);
  if (from >= 0) {
    const right = sessionOnOrBefore(bound).date;
    return { from, exact: (curve[from]?.date ?? right) >= right };
  }
  return name === '1W' || name === '1Y' ? undefined : { from: 0, exact: true };
}

/** The last day on which the window may begin. */
function boundOf(name: Exclude<WindowName, 'since start'>, end: SessionDate): SessionDate {
  switch (name) {
    case '1D':
      return sessionOffset(sessionOnOrBefore(end).date, -1).date;
    case '1W':
      return daysBefore(end, 7);
    case 'MTD':
      return daysBefore(`${end.slice(0, 7)}-01`, 1);
    case 'YTD':
      return sessionDate(`${Number(end.slice(0, 4)) - 1}-12-31`);
    case '1Y':
      return yearBefore(end);
    default:
      return name satisfies never;
  }
}

function daysBefore(date: string, days: number): SessionDate {
  return utcDate(Date.parse(`${date}T00:00:00Z`) - days * DAY_MS);
}

/** The same day a year earlier; 28 February for the 29th. */
function yearBefore(date: SessionDate): SessionDate {
  const day = date.slice(4) === '-02-29' ? '-02-28' : date.slice(4);
  return sessionDate(`${Number(date.slice(0, 4)) - 1}${day}`);
}
