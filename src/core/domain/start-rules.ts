/** Whether an automatic rebalance that is owed may start, or waits for its announcement or a person. */

import { type AccountState, managedOrdersOf } from './account-state.ts';
import { isFirst } from './announcement.ts';
import { isFlatten } from './decision.ts';
import { newYorkDate } from './new-york.ts';
import type { EpochMs, SessionDate } from './units.ts';

/** How automatic rebalances start. */
export interface AnnounceRules {
  /** `announce`: silence means that it runs; `approve`: it waits for a person; `off`: none starts. */
  readonly auto: 'announce' | 'approve' | 'off';
  /** Whether the first rebalance of an account waits until it was announced the evening before. */
  readonly first: 'announced' | 'now';
  /** Minutes after New York midnight: of the day before, and of the day itself. */
  readonly evening: number;
  readonly morning: number;
}

/** What an owed rebalance waits for. */
export type StartWait = 'announcement' | 'approval';

/** Returns what the rebalance waits for on this day; undefined when it may start. */
export function startWait(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
  now: EpochMs,
  rules: AnnounceRules | undefined,
): StartWait | undefined {
  if (!rules) return undefined;
  const today = newYorkDate(now);
  const known = announcements.get(id);
  const isToday = known?.session === today;
  if (rules.auto === 'approve') {
    return isToday && known.change?.choice === 'run' ? undefined : 'approval';
  }
  if (!isFirst(id) || rules.first === 'now') return undefined;
  const told = isToday ? known.deliveredAt : undefined;
  return told !== undefined && newYorkDate(told) < today ? undefined : 'announcement';
}

/** Whether a person skipped it, or delayed it to a later day than this one. */
export function isPostponed(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
  now: EpochMs,
): boolean {
  const known = announcements.get(id);
  if (!known) return false;
  return isSkipped({ announcements }, id) || (known.until ?? '') > newYorkDate(now);
}

/** Whether a person said that it does not run at all. */
export function isSkipped(
  { announcements }: Pick<AccountState, 'announcements'>,
  id: string,
): boolean {
  return announcements.get(id)?.change?.choice === 'skip';
}

/**
 * Whether everything was sold by hand on or after the day: whoever did it says when that month is made up
 * for. It counts when its orders have ended, which may be a day after the press; one that was taken back
 * before any of them left sold nothing.
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
