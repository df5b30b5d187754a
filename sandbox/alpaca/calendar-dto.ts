import {
  nextSession,
  sessionAt,
  sessionOffset,
  sessions,
  sessionsIn,
} from '#core/domain/calendar.ts';
import { newYorkTime } from '#core/domain/new-york.ts';
import type { EpochMs, SessionDate } from '#core/domain/units.ts';
import { newYorkTimestamp } from './timestamps.ts';

/** The simple clock: the next close is today's while the market is open. */
export function clockJson(now: EpochMs): Readonly<Record<string, unknown>> {
  const open = sessionAt(now);
  const next = nextSession(now);
  return {
    timestamp: newYorkTimestamp(now),
    is_open: open !== undefined,
    next_open: newYorkTimestamp(next.open),
    next_close: newYorkTimestamp((open ?? next).close),
  };
}

/** Sessions with from <= date <= to; half days close at 13:00. */
export function calendarJson(from: SessionDate, to: SessionDate): readonly unknown[] {
  return sessionsIn(from, to).map((session) => ({
    date: session.date,
    open: newYorkTime(session.open),
    close: newYorkTime(session.close),
    session_open: '0400',
    session_close: session.half ? '1700' : '2000',
    settlement_date: settlement(session.date),
  }));
}

/** The next session; the settlement of the table's last day lies outside it. */
function settlement(date: SessionDate): SessionDate {
  return date === sessions().at(-1)?.date ? date : sessionOffset(date, 1).date;
}
