/** Announces automatic rebalances before they trade, with the current plan, and takes people's answers. */

import { type AccountState, unfinished } from '../domain/account-state.ts';
import {
  type AnnouncedRebalance,
  delaysOf,
  isFirst,
  MAX_DELAYS,
  type ScheduleChoice,
} from '../domain/announcement.ts';
import { sessionOffset, sessionOn } from '../domain/calendar.ts';
import type { Decision } from '../domain/decision.ts';
import type { Entry } from '../domain/entry.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { needsApproval } from '../domain/start-rules.ts';
import { tradingWindow } from '../domain/trading-window.ts';
import type { SessionDate } from '../domain/units.ts';
import { comingSession } from '../scheduler.ts';
import { announcementDue } from './announce-schedule.ts';
import { type AnswerOutcome, closed } from './answer-outcome.ts';
import type { AnnounceParts, Observer } from './parts.ts';

type Parts = Pick<AnnounceParts, 'journal' | 'clocks' | 'announce' | 'deliveredThrough'>;

/** Announces the rebalance due for announcement; `back-off` while no decision can be made. */
export async function announceDue(
  parts: AnnounceParts,
  observer: Pick<Observer, 'decideAndKeep' | 'now'>,
): Promise<'done' | 'back-off'> {
  const { journal, clocks } = parts;
  const due = announcementDue(journal.book(), observer.now() ?? clocks.market.now(), parts);
  if (!due) return 'done';
  const { id, cause, cadences, session, round } = due;
  const decision = await observer.decideAndKeep(id, cause, cadences);
  if (decision.kind === 'no-decision') return 'back-off';
  // A person may have started a rebalance first.
  if (unfinished(journal.book())) return 'done';
  journal.append({ kind: 'announced', session, round, decision });
  return 'done';
}

/**
 * Announces a plan that was announced without orders, needed no approval, and has orders now. True when it
 * needs approval, so that it must not start.
 */
export function announceForApproval(
  { journal, clocks, announce: rules }: Parts,
  decision: Decision,
): boolean {
  const change = journal.book().announcements.get(decision.id)?.change;
  if (rules?.auto !== 'approve' || !needsApproval({ change, decision })) return false;
  const session = comingSession(clocks.market.now()).date;
  journal.append({ kind: 'announced', session, round: 'session', decision });
  return true;
}

/** Records which announcements were delivered, and which rebalances did not run in their session. */
export function followAnnouncements({ journal, clocks, deliveredThrough }: Parts): void {
  const book = journal.book();
  const told = deliveredThrough?.() ?? book.seq;
  const now = clocks.market.now();
  journal.append(
    ...[...book.announcements.values()].flatMap((each): readonly Entry[] => {
      const { id, session, seq, deliveredAt } = each;
      const isNews = deliveredAt === undefined && told >= seq;
      return [
        ...(isNews ? [{ kind: 'announcement-told', id, session } as const] : []),
        ...(isOver(book, each, now) ? [{ kind: 'announcement-over', id, session } as const] : []),
      ];
    }),
  );
}

function isOver(
  book: AccountState,
  { id, session, over, change }: AnnouncedRebalance,
  now: number,
) {
  if (over || book.rebalances.has(id)) return false;
  if (change !== undefined && change.choice !== 'run') return false;
  const on = sessionOn(session);
  return on !== undefined && now >= tradingWindow(on).to;
}

/** Whether the rebalance would start without the announcement it should have had. */
export function beginsUnannounced(
  { journal, clocks, announce: rules }: Parts,
  id: string,
): boolean {
  if (rules?.auto !== 'announce' || (isFirst(id) && rules.first === 'now')) return false;
  const known = journal.book().announcements.get(id);
  const today = newYorkDate(clocks.market.now());
  return known?.session !== today || known.deliveredAt === undefined;
}

/**
 * Records a person's answer to an announced rebalance, for the session that was shown. Closed once it has
 * begun, was skipped, or was announced again.
 */
export function changeSchedule(
  { journal }: Pick<AnnounceParts, 'journal'>,
  shown: { readonly id: string; readonly session: string },
  choice: ScheduleChoice,
  by: string,
): AnswerOutcome {
  const book = journal.book();
  const known = book.announcements.get(shown.id);
  if (!known) return closed('Rotor does not know this rebalance.');
  const reason = closedReason(book, known, shown.session, choice);
  if (reason !== undefined) return closed(reason);
  const { id, session } = known;
  const until = choice === 'delay' ? { until: sessionAfter(session) } : {};
  journal.append({ kind: 'schedule-change', id, session, choice, by, ...until });
  return { kind: 'accepted' };
}

function sessionAfter(session: SessionDate): SessionDate {
  return sessionOffset(session, 1).date;
}

function closedReason(
  book: AccountState,
  { id, session, change, over }: AnnouncedRebalance,
  shown: string,
  choice: ScheduleChoice,
): string | undefined {
  if (book.rebalances.has(id)) return 'This rebalance has begun already.';
  if (shown !== session)
    return `This was announced for ${shown}; it is announced for ${session} now.`;
  if (over) return `The session of ${session} is over.`;
  if (change && (change.choice !== 'run' || choice === 'run')) {
    return `Already answered by ${change.by}.`;
  }
  return choiceRefusal(book, id, choice);
}

function choiceRefusal(book: AccountState, id: string, choice: ScheduleChoice): string | undefined {
  if (choice === 'run') return haltReason(book);
  const isDelay = choice === 'delay';
  if (!isDelay && isFirst(id)) return 'The first rebalance of an account can only be delayed.';
  return isDelay && delaysOf(book.announcements, id) >= MAX_DELAYS
    ? `It was delayed ${MAX_DELAYS} times already.`
    : undefined;
}

function haltReason({ state, paused }: AccountState): string | undefined {
  if (state.state === 'HALT') return 'Trading is halted; it must be resumed first.';
  return paused && 'Automatic rebalances are paused; trading must be resumed first.';
}
