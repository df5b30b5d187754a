/** Reads a consistent state of the journal, also while Rotor writes it. */
import type Database from 'better-sqlite3';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '../domain/account-state.ts';
import type { Entry, Recorded } from '../domain/entry.ts';
import { epochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { reading } from './backup.ts';
import { newerVersionFault } from './facts.ts';
import { fileHighWater, type HighWater } from './high-water.ts';
import { createJournal } from './journal.ts';
import { hasJournal, type JournalFiles } from './journal-files.ts';

/** The entries of a journal as far as they verify, and the resulting state. */
export interface JournalContent {
  /** Ends before the first damage. */
  readonly book: AccountState;
  /** The entries that the book was computed from, oldest first. */
  readonly entries: readonly Recorded<Entry>[];
  /** Undefined: every entry is present and chained. */
  readonly fault: string | undefined;
}

/**
 * Reads the journal of a state folder without changing it; a missing journal is an empty one.
 * @throws TradingError `fix-config` when it is not a journal, or one of a newer Rotor.
 */
export function contentOfState(files: JournalFiles): JournalContent {
  if (!hasJournal(files)) return { book: EMPTY_ACCOUNT_STATE, entries: [], fault: undefined };
  const highWater = fileHighWater(files.mark);
  return reading(files.database, (database) =>
    // One transaction: concurrent writes are never half included.
    database.transaction(() => contentOf(database, highWater))(),
  );
}

function contentOf(database: Database.Database, highWater: HighWater): JournalContent {
  const newer = newerVersionFault(
    database,
    Number(database.pragma('user_version', { simple: true })),
  );
  if (newer !== undefined) throw new TradingError(`journal: ${newer}`, 'fix-config');
  const clock = { now: () => epochMs(0), sleep: () => Promise.resolve() };
  const journal = createJournal({ database, clock, highWater, guard: () => undefined });
  const book = journal.book();
  return { book, entries: journal.since(0, book.seq), fault: journal.doubt() };
}
