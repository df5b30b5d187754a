/** Groups alerts into incidents: one subject is one incident until it is resolved. */
import { type Alert, subjectKey } from '#core/domain/alert.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { Incident } from '../posts/alert.ts';

/** All incidents in the journal so far. */
export interface Incidents {
  /**
   * Applies an entry, in journal order, and returns the message subject of the incident that it changed.
   * Applying an entry twice returns the same subject and changes nothing.
   */
  take(recorded: Recorded): string | undefined;
  /** Sequence number of the last entry applied. */
  seen(): number;
  /** Finds an incident by message subject: `alert:SUBJECT#SEQ` of its first alert. */
  find(key: string): Incident | undefined;
  /** Unresolved incidents, oldest first. */
  open(): readonly OpenIncident[];
}

/** An unresolved incident and its message subject. */
export interface OpenIncident {
  readonly key: string;
  readonly incident: Incident;
  /** Its first message mentioned a role; false for an incident that became critical later. */
  readonly startedCritical: boolean;
}

/**
 * A subject that returns within this time reopens its incident, so a flapping connection is one incident.
 */
const REOPEN_MS = 10 * 60_000;

/** State after the entries so far. */
interface State {
  /** By alert subject: message subject of the unresolved incident. */
  readonly open: Map<string, string>;
  /** By alert subject: message subject of the latest incident, resolved or not. */
  readonly last: Map<string, string>;
  readonly all: Map<string, Incident>;
  readonly startedCritical: Set<string>;
}

/** Creates an empty incident list; `take` fills it from the start of the journal. */
export function createIncidents(): Incidents {
  const state: State = {
    open: new Map(),
    last: new Map(),
    all: new Map(),
    startedCritical: new Set(),
  };
  const changedBy = new Map<number, string>();
  let seen = 0;

  function take(recorded: Recorded): string | undefined {
    if (recorded.seq <= seen) return changedBy.get(recorded.seq);
    seen = recorded.seq;
    const key = changed(state, recorded);
    if (key !== undefined) changedBy.set(recorded.seq, key);
    return key;
  }

  return {
    take,
    seen: () => seen,
    find: (key) => state.all.get(key),
    open: () =>
      [...state.open.values()].flatMap((key) => {
        const incident = state.all.get(key);
        const startedCritical = state.startedCritical.has(key);
        return incident ? [{ key, incident, startedCritical }] : [];
      }),
  };
}

/** Message subject of the incident that the entry changes; undefined if it changes none. */
function changed(state: State, recorded: Recorded): string | undefined {
  const { entry, at } = recorded;
  if (entry.kind === 'alert') return raise(state, recorded, entry.alert);
  if (entry.kind === 'acknowledged')
    return change(state, subjectKey(entry.subject), { acknowledged: { by: entry.by, at } });
  if (entry.kind !== 'resolved') return undefined;
  const { text, lapsed } = entry;
  const key = change(state, subjectKey(entry.subject), { resolved: { text, at, lapsed } });
  state.open.delete(subjectKey(entry.subject));
  return key;
}

function raise(state: State, recorded: Recorded, alert: Alert): string {
  const { at } = recorded;
  const key = keyOf(state, recorded, alert);
  const known = state.all.get(key);
  const acknowledged = known?.alert.text === alert.text ? known.acknowledged : undefined;
  state.open.set(subjectKey(alert.subject), key);
  state.last.set(subjectKey(alert.subject), key);
  if (!known && alert.severity === 'critical') state.startedCritical.add(key);
  // It was acknowledged and has changed since: no one has been called about the new state yet.
  if (known?.acknowledged && !acknowledged) state.startedCritical.delete(key);
  const count = (known?.count ?? 0) + 1;
  const firstAt = known?.firstAt ?? at;
  state.all.set(key, { alert, count, firstAt, lastAt: at, acknowledged, resolved: undefined });
  return key;
}

/** The open incident or one resolved shortly before; a critical alert always starts a new one. */
function keyOf(state: State, { seq, at }: Recorded, alert: Alert): string {
  const { severity } = alert;
  const subject = subjectKey(alert.subject);
  const last = state.last.get(subject);
  const resolved = last === undefined ? undefined : state.all.get(last)?.resolved;
  const isBack = severity !== 'critical' && resolved && at - resolved.at < REOPEN_MS;
  return state.open.get(subject) ?? (isBack ? last : undefined) ?? `alert:${subject}#${seq}`;
}

/** Returns undefined when the subject has no open incident. */
function change(state: State, subject: string, next: Partial<Incident>): string | undefined {
  const key = state.open.get(subject);
  const known = key === undefined ? undefined : state.all.get(key);
  if (key === undefined || !known) return undefined;
  state.all.set(key, { ...known, ...next });
  return key;
}
