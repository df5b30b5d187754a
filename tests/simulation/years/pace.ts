/** When a simulated process wakes: often while things change, ever less often while nothing does. */
import { lastClosedSession, nextSession, type Session, sessionAt } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';

const MINUTE_MS = 60_000;
/** While something is under way: after a change as often as a real process, and then ever less. */
const [BUSY_MS, LEAST_BUSY_MS] = [15_000, 180_000];

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

/**
 * The next instant after `now` at which a process wakes.
 * @param busySince of what is under way, the last change; undefined while nothing is.
 */
export function nextWake(now: EpochMs, busySince: number | undefined): EpochMs {
  if (busySince !== undefined) {
    const pause = Math.max(BUSY_MS, Math.min(LEAST_BUSY_MS, (now - busySince) / 2));
    return epochMs(now + Math.round(pause));
  }
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
