/** Alerts folded into troubles: the same subject is one trouble until it is resolved. */
import type { Alert, Recorded } from '#core/domain/entry.ts';
import type { Incident } from '../posts/alert.ts';

export interface Incidents {
  /**
   * Takes an entry in, in order; gives the message subject of the trouble that it changed. One that
   * was taken before gives the same answer and changes nothing.
   */
  take(recorded: Recorded): string | undefined;
  /** The last entry that was taken in. */
  seen(): number;
  /** By message subject, `alert:SUBJECT#SEQ` of the trouble's first alert. */
  find(key: string): Incident | undefined;
  /** What is not resolved, oldest first. */
  open(): readonly OpenIncident[];
}

export interface OpenIncident {
  readonly key: string;
  readonly incident: Incident;
  /** Its first message called for somebody already; one that became critical later did not. */
  readonly bornCritical: boolean;
}

/** What is back so soon was not over: a connection that comes and goes is one trouble. */
const AGAIN_MS = 10 * 60_000;

export function createIncidents(): Incidents {
  const open = new Map<string, string>();
  /** By subject, also when it is over. */
  const last = new Map<string, string>();
  const all = new Map<string, Incident>();
  const changedBy = new Map<number, string>();
  const bornCritical = new Set<string>();
  let seen = 0;

  /** The open one, or one that was over a short while ago; a critical one always calls anew. */
  function keyOf({ seq, at }: Recorded, { subject, severity }: Alert): string {
    const recent = all.get(last.get(subject) ?? '');
    const again =
      severity !== 'critical' && recent?.resolved && at - recent.resolved.at < AGAIN_MS
        ? last.get(subject)
        : undefined;
    return open.get(subject) ?? again ?? `alert:${subject}#${seq}`;
  }

  function raise(recorded: Recorded): string | undefined {
    const { entry, at } = recorded;
    if (entry.kind !== 'alert') return undefined;
    const { alert } = entry;
    const key = keyOf(recorded, alert);
    const known = all.get(key);
    const firstAt = known?.firstAt ?? at;
    const noted = known?.alert.text === alert.text ? known.acknowledged : undefined;
    open.set(alert.subject, key);
    last.set(alert.subject, key);
    if (!known && alert.severity === 'critical') bornCritical.add(key);
    // It was acknowledged, and is another one now: nobody has been called for that yet.
    if (known?.acknowledged && !noted) bornCritical.delete(key);
    all.set(key, {
      alert,
      count: (known?.count ?? 0) + 1,
      firstAt,
      lastAt: at,
      acknowledged: noted,
      resolved: undefined,
    });
    return key;
  }

  function acknowledge({ entry, at }: Recorded): string | undefined {
    if (entry.kind !== 'acknowledged') return undefined;
    const key = open.get(entry.subject);
    const known = key === undefined ? undefined : all.get(key);
    if (key === undefined || !known) return undefined;
    all.set(key, { ...known, acknowledged: { by: entry.by, at } });
    return key;
  }

  function resolve({ entry, at }: Recorded): string | undefined {
    if (entry.kind !== 'resolved') return undefined;
    const key = open.get(entry.subject);
    const known = key === undefined ? undefined : all.get(key);
    if (key === undefined || !known) return undefined;
    open.delete(entry.subject);
    all.set(key, { ...known, resolved: { text: entry.text, at } });
    return key;
  }

  function take(recorded: Recorded): string | undefined {
    if (recorded.seq <= seen) return changedBy.get(recorded.seq);
    seen = recorded.seq;
    const key = raise(recorded) ?? acknowledge(recorded) ?? resolve(recorded);
    if (key !== undefined) changedBy.set(recorded.seq, key);
    return key;
  }

  return {
    take,
    seen: () => seen,
    find: (key) => all.get(key),
    open: () =>
      [...open.values()].flatMap((key) => {
        const incident = all.get(key);
        return incident ? [{ key, incident, bornCritical: bornCritical.has(key) }] : [];
      }),
  };
}
