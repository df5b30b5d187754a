/** Groups alerts into incidents: one subject is one incident until it is resolved. */
import { type Alert, subjectKey } from '#core/domain/alert.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { Incident } from '../posts/alert.ts';

/** The incidents that the entries of the journal came to so far. */
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

/** An incident that is not resolved, under its message subject. */
export interface OpenIncident {
  readonly key: string;
  readonly incident: Incident;
  /** Its first message mentioned somebody; that of one that became critical later did not. */
  readonly startedCritical: boolean;
}

/** A subject that is back this soon reopens its incident: a connection that comes and goes is one incident. */
const REOPEN_MS = 10 * 60_000;

/** Everything that the entries so far came to. */
interface State {
  /** Message subject of the incident that is not resolved, by alert subject. */
  readonly open: Map<string, string>;
  /** The same of the last one, also when it is over. */
  readonly last: Map<string, string>;
  readonly all: Map<string, Incident>;
  readonly startedCritical: Set<string>;
}

/** Makes an empty account of incidents; `take` fills it from the journal's beginning. */
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

/** Message subject of the incident that the entry changes; undefined when it changes none. */
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
  // It was acknowledged, and is another one now: nobody has been called for that yet.
  if (known?.acknowledged && !acknowledged) state.startedCritical.delete(key);
  const count = (known?.count ?? 0) + 1;
  const firstAt = known?.firstAt ?? at;
  state.all.set(key, { alert, count, firstAt, lastAt: at, acknowledged, resolved: undefined });
  return key;
}

/** The open one, or one that was over a short while ago; a critical one always calls anew. */
function keyOf(state: State, { seq, at }: Recorded, alert: Alert): string {
  const { severity } = alert;
  const subject = subjectKey(alert.subject);
  const last = state.last.get(subject);
  const resolved = last === undefined ? undefined : state.all.get(last)?.resolved;
  const isBack = severity !== 'critical' && resolved && at - resolved.at < REOPEN_MS;
  return state.open.get(subject) ?? (isBack ? last : undefined) ?? `alert:${subject}#${seq}`;
}

/** Undefined when no incident of the subject is open. */
function change(state: State, subject: string, next: Partial<Incident>): string | undefined {
  const key = state.open.get(subject);
  const known = key === undefined ? undefined : state.all.get(key);
  if (key === undefined || !known) return undefined;
  state.all.set(key, { ...known, ...next });
  return key;
}
