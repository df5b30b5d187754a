/** When a simulated process wakes: often while something happens, a few times a day while nothing does. */
import { lastClosedSession, nextSession, type Session, sessionAt } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';

const MINUTE_MS = 60_000;
const BUSY_MS = 15_000;

/**
 * When a quiet day is looked at, in minutes from the open and from the close: once what is announced
 * the evening before and in the morning is due, when orders may leave, and when bars are final.
 */
const FROM_OPEN = [-805, -29, 5.1];
const FROM_CLOSE = [17, 235];

/** The instant of a day's evening: what happened in it is over. */
export function eveningOf({ close }: Session): EpochMs {
  return epochMs(close + 240 * MINUTE_MS);
}

/** The next instant after `now` at which a process wakes. */
export function nextWake(now: EpochMs, isBusy: boolean): EpochMs {
  if (isBusy) return epochMs(now + BUSY_MS);
  const session = sessionAt(now) ?? nextSession(now);
  const times = [lastClosedSession(now), session, nextSession(session.open)].flatMap(timesOf);
  return epochMs(Math.min(...times.filter((each) => each > now)));
}

function timesOf({ open, close }: Session): readonly number[] {
  return [
    ...FROM_OPEN.map((minutes) => open + minutes * MINUTE_MS),
    ...FROM_CLOSE.map((minutes) => close + minutes * MINUTE_MS),
  ];
}
