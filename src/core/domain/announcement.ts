/** Automatic rebalances announced before they trade, and people's answers. */
import type { Decision } from './decision.ts';
import type { EpochMs, SessionDate } from './units.ts';

/**
 * When it was announced: the evening before its session, that morning, or in the session itself, when a plan
 * without orders has got some that need approval.
 */
export type AnnouncementRound = 'evening' | 'morning' | 'session';

/** Answers that an approver may give to an announced rebalance. */
export type ScheduleChoice = 'run' | 'delay' | 'skip';

/** An announced rebalance, by the decision id that it will have. */
export interface AnnouncedRebalance {
  readonly id: string;
  /** The session in which it will run. */
  readonly session: SessionDate;
  readonly round: AnnouncementRound;
  /** The plan as of then; it is recomputed when it runs. */
  readonly decision: Decision;
  /** The previously announced plan; undefined for the first. */
  readonly before: Decision | undefined;
  readonly at: EpochMs;
  /** Sequence number of its journal entry. */
  readonly seq: number;
  /** When it was delivered to people; undefined until Discord has accepted it. */
  readonly deliveredAt: EpochMs | undefined;
  /** The last answer for that session; undefined while there is none. */
  readonly change:
    | { readonly choice: ScheduleChoice; readonly by: string; readonly at: EpochMs }
    | undefined;
  /** Total number of sessions by which people delayed it. */
  readonly delays: number;
  /** The earliest session it may run in, once it was delayed. */
  readonly until: SessionDate | undefined;
  /** Its session ended without the rebalance starting. */
  readonly over: boolean;
}

/** Maximum total delay of a rebalance, in sessions. */
export const MAX_DELAYS = 3;

/** Number of sessions by which that rebalance was delayed; an account's first rebalances share one count. */
export function delaysOf(all: ReadonlyMap<string, AnnouncedRebalance>, id: string): number {
  if (!isFirst(id)) return all.get(id)?.delays ?? 0;
  return [...all.values()]
    .filter((each) => isFirst(each.id))
    .reduce((sum, { delays }) => sum + delays, 0);
}

/** Whether the id is that of a first rebalance, which has a new id on each day that it waits. */
export function isFirst(id: string): boolean {
  return id.startsWith('initial-');
}
