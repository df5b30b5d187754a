/** When a simulated process wakes: often while things change, ever less often while nothing does. */
import { type AccountState, unfinished } from '#core/domain/account-state.ts';
import {
  firstSessionOfMonth,
  lastClosedSession,
  nextSession,
  type Session,
  sessionAt,
  sessionsBetween,
} from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';

const MINUTE_MS = 60_000;
/** While something is under way: after a change as often as a real process, and then ever less. */
const [BUSY_MS, LEAST_BUSY_MS] = [15_000, 900_000];

/** A quiet day is looked at once bars are final, in minutes from the close. */
const FROM_CLOSE = 17;
/**
 * One that may rebalance is also looked at once what is announced the evening before and in the morning is
 * due, and when orders may leave; in minutes from the open.
 */
const FROM_OPEN = [-805, -29, 5.1];
/** Sessions for which a rebalance that began is looked at after the first session of its month. */
const EXPECTED = 3;

/** The instant of a day's evening: what happened in it is over. */
export function eveningOf({ close }: Session): EpochMs {
  return epochMs(close + 240 * MINUTE_MS);
}

/**
 * The next instant after `now` at which a process wakes.
 * @param busySince of what is under way, the last change; undefined while nothing is.
 */
export function nextWake(
  now: EpochMs,
  busySince: number | undefined,
  book: AccountState | undefined,
): EpochMs {
  if (busySince !== undefined) {
    const pause = Math.max(BUSY_MS, Math.min(LEAST_BUSY_MS, now - busySince));
    return epochMs(now + Math.round(pause));
  }
  const session = sessionAt(now) ?? nextSession(now);
  const times = [lastClosedSession(now), session, nextSession(session.open)].flatMap((each) =>
    timesOf(each, book),
  );
  return epochMs(Math.min(...times.filter((each) => each > now)));
}

/** Whether something may be traded in that session: announced before, or decided and not yet over. */
function isExpected({ date }: Session, book: AccountState | undefined): boolean {
  if (!book || unfinished(book)) return true;
  const announced = [...book.announcements.values()];
  if (announced.some(({ id, over }) => !over && !book.rebalances.has(id))) return true;
  // One that has not begun, because somebody paused it or skipped it, may do so all month.
  if (!book.rebalances.has(`monthly-${date.slice(0, 7)}`)) return true;
  return sessionsBetween(firstSessionOfMonth(date).date, date) < EXPECTED;
}

function timesOf(session: Session, book: AccountState | undefined): readonly number[] {
  const { open, close } = session;
  const fromOpen = isExpected(session, book) ? FROM_OPEN : [];
  return [close + FROM_CLOSE * MINUTE_MS, ...fromOpen.map((minutes) => open + minutes * MINUTE_MS)];
}
