/** Journal entries; `journal-events/table.ts` defines how each kind is handled. */
import type { AccountEntry } from './journal-events/account.ts';
import type { AlertEntry } from './journal-events/alerts.ts';
import type { AnnouncementEntry } from './journal-events/announcements.ts';
import type { DecisionEntry } from './journal-events/decisions.ts';
import type { EvidenceEntry } from './journal-events/evidence.ts';
import type { ModelRoleEntry } from './journal-events/model-roles.ts';
import type { NoticeEntry } from './journal-events/notices.ts';
import type { OrderEntry } from './journal-events/orders.ts';
import type { PeopleEntry } from './journal-events/people.ts';
import type { ProcessEntry } from './journal-events/process.ts';
import type { RaisedCashEntry } from './journal-events/raised-cash.ts';
import type { EpochMs } from './units.ts';

/** A journal entry. Entries are only ever appended. */
export type Entry =
  | ProcessEntry
  | AccountEntry
  | DecisionEntry
  | AnnouncementEntry
  | EvidenceEntry
  | OrderEntry
  | PeopleEntry
  | RaisedCashEntry
  | ModelRoleEntry
  | NoticeEntry
  | AlertEntry;

/** The name of a kind of entry. */
export type Kind = Entry['kind'];

/** Entries of that kind. */
export type EntryOf<K extends Kind> = Extract<Entry, { readonly kind: K }>;

/** An entry as stored in the journal. */
export interface Recorded<E extends Entry = Entry> {
  /** 1, 2, 3 …, without gaps. */
  readonly seq: number;
  readonly at: EpochMs;
  readonly entry: E;
}
