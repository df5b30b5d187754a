/** Compares our calendar with the broker's: where they disagree nothing trades. */

import { openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { type EpochMs, type SessionDate, utcDate } from '#core/domain/units.ts';
import { UnreadableAnswer } from '#core/errors.ts';
import type { BrokerSession } from '#core/ports.ts';
import type { EngineParts } from '../parts.ts';

/** Subject of the alert that stops trading while it is open. */
export const CALENDAR: AlertSubject = { about: 'calendar' };

const DAY_MS = 86_400_000;
const BEHIND_DAYS = 7;
const AHEAD_DAYS = 30;

/**
 * Requests the sessions around now and keeps one alert open while they differ.
 * @throws UnreadableAnswer for five weeks without any session: that is no calendar.
 */
export async function checkCalendar({
  broker,
  clocks,
  journal,
}: Pick<EngineParts, 'broker' | 'clocks' | 'journal'>): Promise<void> {
  const [from, to] = around(clocks.market.now());
  const theirs = await broker.calendar(from, to);
  if (theirs.length === 0) {
    throw new UnreadableAnswer(`the broker’s calendar has no session from ${from} to ${to}`);
  }
  const difference = firstDifference(sessionsIn(from, to), theirs);
  const open = openAlert(journal.book(), CALENDAR);
  if (difference !== undefined && open?.alert.text !== difference) {
    journal.append({ kind: 'alert', alert: calendarAlert(difference) });
  } else if (difference === undefined && open) {
    journal.append({ kind: 'resolved', subject: CALENDAR, ...endOf(open.alert, from) });
  }
}

/** A day that is no longer compared was never agreed on, and may still be a gap in all bars. */
function endOf({ text }: Alert, from: SessionDate): { readonly text: string; lapsed?: true } {
  const day = text.slice(0, from.length);
  return day < from
    ? {
        text: `${day} is no longer compared. If the exchange was closed, add it to CLOSED_DAYS.`,
        lapsed: true,
      }
    : { text: 'Both calendars agree again.' };
}

function around(now: EpochMs): [SessionDate, SessionDate] {
  const today = Date.parse(`${newYorkDate(now)}T00:00:00Z`);
  return [utcDate(today - BEHIND_DAYS * DAY_MS), utcDate(today + AHEAD_DAYS * DAY_MS)];
}

/** A sentence about the first day on which the two differ, or undefined. */
export function firstDifference(
  ours: readonly BrokerSession[],
  theirs: readonly BrokerSession[],
): string | undefined {
  const days = [...new Set([...ours, ...theirs].map(({ date }) => date))].sort();
  for (const day of days) {
    const here = hours(ours, day);
    const there = hours(theirs, day);
    if (here !== there) return `${day}: ours ${here}, the broker's ${there}`;
  }
  return undefined;
}

/** The opening hours of a day; a day that is listed twice has both. */
function hours(sessions: readonly BrokerSession[], day: SessionDate): string {
  const listed = sessions
    .filter(({ date }) => date === day)
    .map(({ open, close }) => `${newYorkTime(open)} to ${newYorkTime(close)}`);
  return listed.length === 0 ? 'closed' : [...new Set(listed)].join(' and ');
}

function calendarAlert(text: string): Alert {
  return {
    subject: CALENDAR,
    severity: 'critical',
    title: 'Calendars disagree',
    text,
    remedy:
      'Nothing trades until both agree. If the exchange closed at short notice, add the day to CLOSED_DAYS and restart Rotor, or update it to a version that knows the day.',
  };
}
