/**
 * Critical alerts that nobody has acknowledged are called out again, later and later, as a new message
 * in place of the last call: the phone rings and the channel stays clean. How far that is survives a
 * restart.
 */
import { z } from 'zod';
import type { Mode } from '#core/domain/account.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Clock, PostBook } from '#core/ports.ts';
import { keepNote, noteOf } from '../bot-state.ts';
import type { Incidents, OpenIncident } from '../messages/incidents.ts';
import type { Keeper } from '../messages/message-store.ts';
import { reminderPost } from '../posts/alert.ts';

export interface EscalationParts {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly keeper: Pick<Keeper, 'put' | 'remove'>;
  /** People's time. */
  readonly pace: Pick<Clock, 'now'>;
  readonly mode: () => Mode;
  readonly alertRoleId: string | undefined;
}

export interface Escalation {
  /** Makes the calls that are due and takes back those that are over. */
  run(): Promise<void>;
}

/** Before the first call, the second, …; the last one again and again. */
const WAITS_MINUTES = [5, 10, 20, 40, 60] as const;
const MINUTE_MS = 60_000;
const NOTE = 'calls';

/** Calls made, and when the last one, or the alert itself, was. */
interface Calls {
  readonly count: number;
  readonly at: EpochMs;
}

const stored = z.record(
  z.string(),
  z.object({ count: z.number(), at: z.number().transform(epochMs) }),
);

/** How long after so many calls the next one is due. */
export function waitMinutes(calls: number): number {
  return WAITS_MINUTES[Math.min(calls, WAITS_MINUTES.length - 1)] ?? 60;
}

export function createEscalation(parts: EscalationParts): Escalation {
  const { incidents, posts, keeper, pace, mode, alertRoleId } = parts;
  const subjectOf = (key: string, count: number): string => `call:${key}#${count}`;
  const read = (): ReadonlyMap<string, Calls> =>
    new Map(Object.entries(stored.parse(JSON.parse(noteOf(posts, NOTE) ?? '{}'))));
  const write = (calls: ReadonlyMap<string, Calls>): void =>
    keepNote(posts, NOTE, JSON.stringify(Object.fromEntries(calls)));
  const change = (key: string, next: Calls | undefined): void => {
    const calls = new Map(read());
    if (next) calls.set(key, next);
    else calls.delete(key);
    write(calls);
  };

  /** Unseen, unsolved, and told: a call never comes before the alert itself. */
  function waiting(): readonly OpenIncident[] {
    return incidents
      .open()
      .filter(({ incident }) => incident.alert.severity === 'critical')
      .filter(({ incident, key }) => !incident.acknowledged && posts.find(key) !== undefined);
  }

  async function call({ key, incident }: OpenIncident, { count }: Calls): Promise<void> {
    const number = count + 1;
    const post = reminderPost(
      incident,
      { number, nextMinutes: waitMinutes(number) },
      mode(),
      alertRoleId,
    );
    await keeper.put(subjectOf(key, number), post, { sound: 'critical', key: String(number) });
    await keeper.remove(subjectOf(key, count));
    change(key, { count: number, at: pace.now() });
  }

  function isDue({ count, at }: Calls): boolean {
    return pace.now() >= at + waitMinutes(count) * MINUTE_MS;
  }

  async function run(): Promise<void> {
    const known = read();
    const open = waiting();
    for (const [key, { count }] of known) {
      if (open.some((each) => each.key === key)) continue;
      // The next one may stand already, where the process ended before it was written down.
      for (const number of [count, count + 1]) await keeper.remove(subjectOf(key, number));
      change(key, undefined);
    }
    for (const each of open) {
      const calls = known.get(each.key);
      const now = { count: 0, at: pace.now() };
      if (!calls && each.bornCritical) change(each.key, now);
      else if (!calls || isDue(calls)) await call(each, calls ?? now);
    }
  }

  return { run };
}
