/** Automatic rebalances that were announced before they trade, and what people said to them. */
import type { Decision } from './decision.ts';
import type { EpochMs, SessionDate } from './units.ts';

/** When it was announced: the evening before its session, or that morning. */
export type AnnouncementRound = 'evening' | 'morning';

/** What an approver may say to an announced rebalance. */
export type ScheduleChoice = 'run' | 'delay' | 'skip';

/** An announced rebalance, by the id that it will run under. */
export interface AnnouncedRebalance {
  readonly id: string;
  /** The session that it will run in. */
  readonly session: SessionDate;
  readonly round: AnnouncementRound;
  /** The plan as of then; it is made anew when it runs. */
  readonly decision: Decision;
  /** The plan that was announced before this one; undefined for the first. */
  readonly before: Decision | undefined;
  readonly at: EpochMs;
  /** The number of its entry in the journal. */
  readonly seq: number;
  /** When people could first read it; undefined while Discord has not taken it. */
  readonly deliveredAt: EpochMs | undefined;
  /** The last answer of a person for that session; undefined while nobody gave one. */
  readonly change:
    | { readonly choice: ScheduleChoice; readonly by: string; readonly at: EpochMs }
    | undefined;
  /** By how many sessions people delayed it in all. */
  readonly delays: number;
  /** The session that it may run from, once it was delayed. */
  readonly until: SessionDate | undefined;
  /** Its session ended without it. */
  readonly over: boolean;
}

/** A rebalance may be delayed by so many sessions in all. */
export const MAX_DELAYS = 3;

/** By how many sessions that rebalance was delayed; the first ones of an account count together. */
export function delaysOf(all: ReadonlyMap<string, AnnouncedRebalance>, id: string): number {
  if (!isFirst(id)) return all.get(id)?.delays ?? 0;
  return [...all.values()]
    .filter((each) => isFirst(each.id))
    .reduce((sum, { delays }) => sum + delays, 0);
}

/** Whether the id is of a first rebalance, which has another one on each day that it waits. */
export function isFirst(id: string): boolean {
  return id.startsWith('initial-');
}
