/**
 * When an automatic rebalance is announced: the evening before its session, and that morning. An account's
 * first one must be told on an earlier day: once that can no longer be done for today's session, it is
 * announced for the next one, without waiting for an evening in which Rotor may not be awake.
 */
import { type AccountState, unfinished } from '../domain/account-state.ts';
import type { AnnouncementRound } from '../domain/announcement.ts';
import { type Session, sessionOffset } from '../domain/calendar.ts';
import type { Cause } from '../domain/decision.ts';
import type { Cadence } from '../domain/model.ts';
import { newYorkDate, newYorkInstant } from '../domain/new-york.ts';
import { type AnnounceRules, startWait } from '../domain/start-rules.ts';
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
  const coming = comingSession(now);
  const isLate = isTooLate(book, coming, now, rules);
  const session = isLate ? sessionOffset(coming.date, 1) : coming;
  const round = isLate ? 'evening' : roundAt(session, now, announce);
  const due = round && willRun(book, session, now, rules);
  if (!due) return undefined;
  if (isAnnounced(book, due.id, session, round)) return undefined;
  const { id, cause, cadences } = due;
  return { id, cause, session: session.date, round, ...(cadences && { cadences }) };
}

function isHeldUp(book: AccountState): boolean {
  return book.paused !== undefined || book.state.state === 'HALT' || unfinished(book) !== undefined;
}

/** Whether today's session is the next one, and its rebalance had to be told before today. */
function isTooLate(book: AccountState, session: Session, now: EpochMs, rules: ScheduleRules) {
  if (session.date !== newYorkDate(now)) return false;
  const due = willRun(book, session, now, rules);
  return due !== undefined && startWait(book, due.id, now, rules.announce) === 'announcement';
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
