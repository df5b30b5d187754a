/** Entries as rows: on disk every kind keeps the name under which it was first stored. */
import { type Alert, parseSubject, subjectKey } from '../domain/alert.ts';
import type { Decision } from '../domain/decision.ts';
import type { Entry, EntryOf } from '../domain/entry.ts';
import type { AlertEntry } from '../domain/journal-events/alerts.ts';
import { KINDS } from '../domain/journal-events/table.ts';

/**
 * Kinds stored under an older name. Never change or drop a line: journals of every version must open, and
 * the hash chain covers the stored name.
 */
const STORED_KINDS: Readonly<Partial<Record<Entry['kind'], string>>> = {
  'cancel-requested': 'withdrawn',
  'intentional-trade': 'meant',
  'recovered-order': 'adopted-order',
};

const KINDS_BY_STORED_NAME = new Map(
  Object.entries(STORED_KINDS).map(([kind, stored]) => [stored, kind]),
);

/** The only name in the object that stands for a map. */
const MAP = '~map';

/** Returns the name under which entries of that kind are stored. */
export function storedKind(kind: Entry['kind']): string {
  return STORED_KINDS[kind] ?? kind;
}

/** Returns every name under which entries are stored, sorted. */
export function storedKinds(): readonly string[] {
  const stored = new Map<string, string>(Object.entries(STORED_KINDS));
  return [...KINDS].map((kind) => stored.get(kind) ?? kind).sort();
}

/** Returns the kind stored under that name; names without a mapping are the kind itself. */
export function kindOf(stored: string): string {
  return KINDS_BY_STORED_NAME.get(stored) ?? stored;
}

/** Returns the body of an entry's row. Equal entries give equal text. */
export function encodeEntry(entry: Entry): string {
  const stored = { ...withSubjectText(entry), kind: storedKind(entry.kind) };
  return JSON.stringify(stored, (_key, inner: unknown) =>
    // JSON has no maps, and decisions are full of them.
    inner instanceof Map ? { [MAP]: [...inner] } : inner,
  );
}

/** Returns a decision as stored in its entry: equal decisions give equal text. */
export function decisionText(decision: Decision): string {
  return encodeEntry({ kind: 'decision', decision });
}

/**
 * Returns the entry of a row's body.
 * @throws SyntaxError when the text is not JSON.
 */
export function decodeEntry(text: string): Entry {
  const stored = JSON.parse(text);
  // Few entries have maps, and a reviver would call back for every value of each.
  if (text.includes(MAP)) reviveMaps(stored);
  return withSubject({ ...stored, kind: kindOf(stored.kind) });
}

/** Subjects of alerts are stored as text, as in every version. */
function withSubjectText(entry: Entry): object {
  switch (entry.kind) {
    case 'alert':
      return { ...entry, alert: { ...entry.alert, subject: subjectKey(entry.alert.subject) } };
    case 'resolved':
    case 'acknowledged':
      return { ...entry, subject: subjectKey(entry.subject) };
    default:
      return entry;
  }
}

function withSubject(stored: StoredEntry): Entry {
  switch (stored.kind) {
    case 'alert':
      return { ...stored, alert: { ...stored.alert, subject: parseSubject(stored.alert.subject) } };
    case 'resolved':
    case 'acknowledged':
      return { ...stored, subject: parseSubject(stored.subject) };
    default:
      return stored;
  }
}

/** An entry with the texts of its subjects. */
type StoredEntry =
  | Exclude<Entry, AlertEntry>
  | { readonly kind: 'alert'; readonly alert: Omit<Alert, 'subject'> & { subject: string } }
  | (Omit<EntryOf<'resolved'>, 'subject'> & { subject: string })
  | (Omit<EntryOf<'acknowledged'>, 'subject'> & { subject: string });

/** Replaces every stored map within the object by a map, in place. */
function reviveMaps(parsed: Record<string, unknown>): void {
  for (const [name, inner] of Object.entries(parsed)) {
    if (!isObject(inner)) continue;
    reviveMaps(inner);
    if (isMap(inner)) parsed[name] = new Map(inner[MAP]);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isMap(value: object): value is { [MAP]: [unknown, unknown][] } {
  return MAP in value;
}
