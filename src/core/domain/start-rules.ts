/** Whether a due automatic rebalance may start, or waits for its announcement or a person. */

import { type AccountState, managedOrdersOf } from './account-state.ts';
import { type AnnouncedRebalance, isFirst } from './announcement.ts';
import { isFlatten } from './decision.ts';
import { newYorkDate } from './new-york.ts';
import type { EpochMs, SessionDate } from './units.ts';

/** How automatic rebalances start. */
export interface AnnounceRules {
  /**
   * `announce`: it runs unless stopped; `approve`: one with orders waits for approval; `off`: none starts.
   */
  readonly auto: 'announce' | 'approve' | 'off';
  /** Whether the first rebalance of an account waits until it was announced on an earlier day. */
  readonly first: 'announced' | 'now';
  /** Minutes after New York midnight: of the previous day, and of the day itself. */
  readonly evening: number;
  readonly morning: number;
}

/** Reason why a due rebalance waits. */
export type StartWait = 'announcement' | 'approval';

/** Returns the condition that the rebalance waits for on this day; undefined when it may start. */
export function startWait(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
  now: EpochMs,
  rules: AnnounceRules | undefined,
): StartWait | undefined {
  if (!rules) return undefined;
  const today = newYorkDate(now);
  const known = announcements.get(id);
  const announced = known?.session === today ? known : undefined;
  if (rules.auto === 'approve') {
    return !announced || needsApproval(announced) ? 'approval' : undefined;
  }
  if (!isFirst(id) || rules.first === 'now') return undefined;
  const told = announced?.deliveredAt;
  return told !== undefined && newYorkDate(told) < today ? undefined : 'announcement';
}

/** Whether a person must confirm the plan first; without orders there is nothing to confirm. */
export function needsApproval({
  change,
  decision,
}: Pick<AnnouncedRebalance, 'change' | 'decision'>): boolean {
  return change?.choice !== 'run' && decision.plan.orders.length > 0;
}

/** Whether a person skipped it, delayed it beyond this day, or stopped what was announced for this day. */
export function isPostponed(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
  now: EpochMs,
): boolean {
  const today = newYorkDate(now);
  const isDelayed = (announcements.get(id)?.until ?? '') > today;
  return isDelayed || isSkipped({ announcements }, id) || isStopped({ announcements }, today);
}

/**
 * Whether a person skipped or delayed the rebalance announced for that session. Nothing else starts in it
 * automatically: what was announced may have covered another one, due on the same day.
 */
export function isStopped(
  { announcements }: Pick<AccountState, 'announcements'>,
  session: SessionDate,
): boolean {
  return [...announcements.values()].some(
    ({ session: announcedFor, change }) =>
      announcedFor === session && change !== undefined && change.choice !== 'run',
  );
}

/** Whether a person cancelled it altogether. */
export function isSkipped(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
): boolean {
  return announcements.get(id)?.change?.choice === 'skip';
}

/**
 * Whether a person sold everything on or after the day: they then decide when that month's rebalance runs.
 * It counts when its orders have ended, which may be a day after the button press; one cancelled before any
 * order was sent sold nothing.
 */
export function flattenedSince(
  book: Pick<AccountState, 'managedOrders' | 'rebalances'>,
  due: SessionDate,
): boolean {
  return [...book.rebalances.values()].some(({ decision, at, finishedAt = at }) => {
    if (!isFlatten(decision) || newYorkDate(finishedAt) < due) return false;
    const sells = managedOrdersOf(book, decision.id);
    return sells.length === 0 || sells.some(({ tries }) => tries > 0);
  });
}
