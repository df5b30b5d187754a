/** When an automatic rebalance is announced: the evening before its session, and that morning. */
import { type AccountState, unfinished } from '../domain/account-state.ts';
import type { AnnouncementRound } from '../domain/announcement.ts';
import type { Session } from '../domain/calendar.ts';
import type { Cause } from '../domain/decision.ts';
import type { Cadence } from '../domain/model.ts';
import { newYorkDate, newYorkInstant } from '../domain/new-york.ts';
import type { AnnounceRules } from '../domain/start-rules.ts';
import { tradingWindow } from '../domain/trading-window.ts';
import { type EpochMs, epochMs, type SessionDate } from '../domain/units.ts';
import { comingSession, rebalanceDue, type ScheduleRules } from '../scheduler.ts';

/** An announcement that is due now. */
export interface DueAnnouncement {
  readonly id: string;
  readonly cause: Cause;
  readonly cadences?: readonly Cadence[];
  /** The session in which the rebalance will run. */
  readonly session: SessionDate;
  readonly round: AnnouncementRound;
}

const HOUR_MS = 3_600_000;

/** Returns the announcement that is due, if any: each round of a session is announced once. */
export function announcementDue(
  book: AccountState,
  now: EpochMs,
  rules: ScheduleRules,
): DueAnnouncement | undefined {
  const { announce } = rules;
  if (!announce || announce.auto === 'off' || isHeldUp(book)) return undefined;
  const session = comingSession(now);
  const round = roundAt(session, now, announce);
  const due = round && willRun(book, session, now, rules);
  if (!due) return undefined;
  if (isAnnounced(book, due.id, session, round)) return undefined;
  const { id, cause, cadences } = due;
  return { id, cause, session: session.date, round, ...(cadences && { cadences }) };
}

function isHeldUp(book: AccountState): boolean {
  return book.paused !== undefined || book.state.state === 'HALT' || unfinished(book) !== undefined;
}

function isAnnounced(
  { announcements }: AccountState,
  id: string,
  { date }: Session,
  round: AnnouncementRound,
): boolean {
  const known = announcements.get(id);
  return known?.session === date && (round === 'evening' || known.round !== 'evening');
}

/** During the trading window only a rebalance that waits for a person is still worth announcing. */
function roundAt(
  session: Session,
  now: EpochMs,
  { auto, evening, morning }: AnnounceRules,
): AnnouncementRound | undefined {
  const midnight = newYorkInstant(session.date, 0);
  if (now >= tradingWindow(session).from && auto !== 'approve') return undefined;
  if (now >= newYorkInstant(session.date, morning)) return 'morning';
  const before = newYorkDate(midnight - HOUR_MS);
  return now >= newYorkInstant(before, evening) ? 'evening' : undefined;
}

/** The rebalance that starts in that session unless someone intervenes. */
function willRun(book: AccountState, session: Session, now: EpochMs, rules: ScheduleRules) {
  const then = epochMs(Math.max(now, tradingWindow(session).from));
  const { announce: _, ...unhindered } = rules;
  return rebalanceDue(book, then, unhindered).find((due) => due.kind === 'rebalance');
}
