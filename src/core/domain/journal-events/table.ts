/**
 * The table of journal events: one row defines everything that Rotor does with a kind of entry. A new kind
 * needs a new row, and an entry type in the file of its topic.
 */

import type { AccountState } from '#core/domain/account-state.ts';
import type { Entry, EntryOf, Kind, Recorded } from '#core/domain/entry.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { ACCOUNT_EVENTS } from './account.ts';
import { ALERT_EVENTS } from './alerts.ts';
import { ANNOUNCEMENT_EVENTS } from './announcements.ts';
import { DECISION_EVENTS } from './decisions.ts';
import { EVIDENCE_EVENTS } from './evidence.ts';
import type { JournalEvent, JournalEvents, MessageChange } from './journal-event.ts';
import { MODEL_ROLE_EVENTS } from './model-roles.ts';
import { NOTICE_EVENTS } from './notices.ts';
import { ORDER_EVENTS } from './orders.ts';
import { PEOPLE_EVENTS } from './people.ts';
import { PROCESS_EVENTS } from './process.ts';
import { RAISED_CASH_EVENTS } from './raised-cash.ts';

const ROWS = {
  ...PROCESS_EVENTS,
  ...ACCOUNT_EVENTS,
  ...DECISION_EVENTS,
  ...ANNOUNCEMENT_EVENTS,
  ...EVIDENCE_EVENTS,
  ...ORDER_EVENTS,
  ...PEOPLE_EVENTS,
  ...RAISED_CASH_EVENTS,
  ...MODEL_ROLE_EVENTS,
  ...NOTICE_EVENTS,
  ...ALERT_EVENTS,
} as const satisfies JournalEvents<Entry>;

/** The row of each kind. */
export const JOURNAL_EVENTS: JournalEvents<Entry> = ROWS;

/** The kinds of entry that this version can read. */
export const KINDS: ReadonlySet<string> = new Set(Object.keys(JOURNAL_EVENTS));

/** Kinds that the bot posts as a short message of their own. */
export type LineKind = {
  [K in Kind]: (typeof ROWS)[K]['message'] extends 'line' ? K : never;
}[Kind];

function rowOf<K extends Kind>(kind: K): JournalEvent<EntryOf<K>> {
  return JOURNAL_EVENTS[kind];
}

/** Returns the account state after that entry. Pure; entries must be in `seq` order. */
export function applyEntry(state: AccountState, { entry, at, seq }: Recorded): AccountState {
  return { ...state, ...rowOf(entry.kind).reduce(state, entry, at), seq };
}

/** Returns the key that makes the entry unique within its kind; undefined when every recording is new. */
export function entryKey(entry: Entry): string | undefined {
  return rowOf(entry.kind).key(entry);
}

/** Whether a key of that kind may recur only with identical content. */
export function isExact(kind: Kind): boolean {
  return rowOf(kind).exact === true;
}

/** `2026-11-20 09:35 ET  decided …`, or undefined when the entry is not worth a line. */
export function formatLogLine({ at, entry }: Recorded): string | undefined {
  const text = rowOf(entry.kind).log(entry);
  return text === undefined ? undefined : `${newYorkDate(at)} ${newYorkTime(at)} ET  ${text}`;
}

/** Returns the Discord messages that the entry changes, apart from a line or an alert of its own. */
export function messageChanges(entry: Entry): readonly MessageChange[] {
  const { message } = rowOf(entry.kind);
  return typeof message === 'function' ? message(entry) : [];
}

/** Whether the bot posts the entry as a short message of its own. */
export function isLine(entry: Entry): entry is EntryOf<LineKind> {
  return rowOf(entry.kind).message === 'line';
}

/** The kinds of the audit trail: attempts to use something, and their outcomes. */
export const AUDITED: readonly Kind[] = (Object.keys(ROWS) as Kind[]).filter(
  (kind) => rowOf(kind).audit !== undefined,
);
