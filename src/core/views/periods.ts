/** Days, ISO weeks and months of the trading calendar, and the ones that a close ends. */
import type { AccountState, EquityPoint } from '../domain/account-state.ts';
import { sessionsIn } from '../domain/calendar.ts';
import { type SessionDate, utcDate } from '../domain/units.ts';

/** The reported periods. */
export type PeriodKind = 'day' | 'week' | 'month';

/** One day, week or month of the calendar. */
export interface Period {
  readonly kind: PeriodKind;
  /** `2026-11-20`, `2026-W47` or `2026-11`: keys of different kinds never coincide. */
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** The period of that kind that contains the session. Weeks begin on Monday (ISO 8601). */
export function periodOf(kind: PeriodKind, session: SessionDate): Period {
  switch (kind) {
    case 'day':
      return { kind, key: session };
    case 'week':
      return { kind, key: weekOf(session) };
    case 'month':
      return { kind, key: session.slice(0, 7) };
    default:
      return kind satisfies never;
  }
}

/** Whether the session lies in the period. */
export function belongs(session: SessionDate, { kind, key }: Period): boolean {
  return periodOf(kind, session).key === key;
}

/** Undefined for an invalid key. */
export function parsePeriod(key: string): Period | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(key)) return { kind: 'day', key };
  if (/^\d{4}-W\d{2}$/.test(key)) return { kind: 'week', key };
  return /^\d{4}-\d{2}$/.test(key) ? { kind: 'month', key } : undefined;
}

/**
 * The periods to report with this close, `before` being the previously recorded close: first those that
 * ended without a close of their last session, then its own day, and its week and month if the calendar has
 * no later session in them. Over any series of closes each period with a close is reported exactly once,
 * whatever sessions are missing.
 */
export function reportsDue(before: EquityPoint | undefined, point: EquityPoint): readonly Period[] {
  const { session } = point;
  const spans = ['week', 'month'] as const;
  const late = spans
    .filter((kind) => before && isOver(kind, before.session, session))
    .flatMap((kind) =>
      before && !isLast(kind, before.session) ? [periodOf(kind, before.session)] : [],
    );
  const now = spans.filter((kind) => isLast(kind, session)).map((kind) => periodOf(kind, session));
  return [...late, periodOf('day', session), ...now];
}

/** The periods to report with the close of that session, oldest first; empty without such a close. */
export function reportsAt(book: AccountState, session: SessionDate): readonly Period[] {
  const index = book.equity.findIndex((point) => point.session === session);
  const point = book.equity[index];
  return point ? reportsDue(book.equity[index - 1], point) : [];
}

/** Every period with a close, newest first; for one day the longest first. */
export function periodsIn(book: AccountState): readonly Period[] {
  const kinds = ['day', 'week', 'month'] as const;
  const known = new Map<string, Period>();
  for (const { session } of book.equity) {
    for (const kind of kinds) {
      const period = periodOf(kind, session);
      known.delete(period.key);
      known.set(period.key, period);
    }
  }
  return [...known.values()].reverse();
}

/** Whether the calendar has no later session in the period. */
export function isLast(kind: PeriodKind, session: SessionDate): boolean {
  if (kind === 'day') return true;
  // No month or week is longer; the calendar may end earlier, and is not read beyond its end.
  const later = sessionsIn(daysAfter(session, 1), daysAfter(session, 31));
  return !later.some(({ date }) => periodOf(kind, date).key === periodOf(kind, session).key);
}

function isOver(kind: PeriodKind, earlier: SessionDate, later: SessionDate): boolean {
  return periodOf(kind, earlier).key !== periodOf(kind, later).key;
}

/** The ISO week, named by the year that contains its Thursday. */
function weekOf(date: SessionDate): string {
  const day = Date.parse(`${date}T00:00:00Z`);
  const thursday = day + (3 - ((new Date(day).getUTCDay() + 6) % 7)) * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

function daysAfter(date: SessionDate, days: number): SessionDate {
  return utcDate(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}
