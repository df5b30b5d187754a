/**
 * Critical alerts that no one has acknowledged are repeated at growing intervals. Each repetition is a new
 * message that replaces the previous one, so the phone rings and the channel stays clean. The count
 * survives a restart.
 */

import { z } from 'zod';
import type { Mode } from '#core/domain/account.ts';
import { hasElapsed } from '#core/domain/elapsed.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Clock, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { reminderPost } from '../posts/alert.ts';
import type { Incidents, OpenIncident } from './incidents.ts';

/** Dependencies of createEscalation. */
export interface EscalationParts {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert' | 'remove'>;
  /** Wall clock. */
  readonly wall: Pick<Clock, 'now'>;
  readonly mode: () => Mode;
  readonly alertRoleId: string | undefined;
}

/** Repeats unacknowledged critical alerts. */
export interface Escalation {
  /** Sends the reminders that are due and deletes those no longer needed. */
  run(): Promise<void>;
}

/** Before the first reminder, the second, …; the last value repeats. */
const WAITS_MINUTES = [5, 10, 20, 40, 60] as const;
const MINUTE_MS = 60_000;
/** Its name in stored post books. */
const STATE = 'calls';

/** Number of reminders sent, and the time of the last one or of the alert itself. */
interface Escalated {
  readonly count: number;
  readonly at: EpochMs;
}

const stored = z.record(
  z.string(),
  z.object({ count: z.number(), at: z.number().transform(epochMs) }),
);

/** Minutes from that reminder until the next one is due. */
export function waitMinutes(calls: number): number {
  return WAITS_MINUTES[Math.min(calls, WAITS_MINUTES.length - 1)] ?? 60;
}

/** Creates the escalation of open incidents; the counts survive a restart. */
export function createEscalation(parts: EscalationParts): Escalation {
  const { incidents, posts, messageStore, wall, mode, alertRoleId } = parts;
  const subjectOf = (key: string, count: number): string => `call:${key}#${count}`;
  const read = (): ReadonlyMap<string, Escalated> =>
    new Map(Object.entries(stored.parse(JSON.parse(readBotState(posts, STATE) ?? '{}'))));
  const write = (escalated: ReadonlyMap<string, Escalated>): void =>
    writeBotState(posts, STATE, JSON.stringify(Object.fromEntries(escalated)));
  const change = (key: string, next: Escalated | undefined): void => {
    const escalated = new Map(read());
    if (next) escalated.set(key, next);
    else escalated.delete(key);
    write(escalated);
  };

  /** Neither acknowledged nor resolved, and already delivered: a reminder never comes before its alert. */
  function waiting(): readonly OpenIncident[] {
    return incidents
      .open()
      .filter(({ incident }) => incident.alert.severity === 'critical')
      .filter(({ incident, key }) => !incident.acknowledged && posts.find(key) !== undefined);
  }

  async function escalate({ key, incident }: OpenIncident, { count }: Escalated): Promise<void> {
    const number = count + 1;
    const when = { number, nextMinutes: waitMinutes(number) };
    const post = reminderPost(incident, when, mode(), alertRoleId);
    await messageStore.upsert(subjectOf(key, number), post, {
      sound: 'critical',
      key: String(number),
    });
    await messageStore.remove(subjectOf(key, count));
    change(key, { count: number, at: wall.now() });
  }

  function isDue({ count, at }: Escalated): boolean {
    return hasElapsed(at, waitMinutes(count) * MINUTE_MS, wall.now());
  }

  async function run(): Promise<void> {
    const known = read();
    const open = waiting();
    for (const [key, { count }] of known) {
      if (open.some((each) => each.key === key)) continue;
      // The next message may already exist if the process ended before recording it.
      for (const number of [count, count + 1]) await messageStore.remove(subjectOf(key, number));
      change(key, undefined);
    }
    for (const each of open) {
      const escalated = known.get(each.key);
      const now = { count: 0, at: wall.now() };
      if (!escalated && each.startedCritical) change(each.key, now);
      else if (!escalated || isDue(escalated)) await escalate(each, escalated ?? now);
    }
  }

  return { run };
}
