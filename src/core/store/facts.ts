/** A summary of a journal, to be read before it is stopped, replaced or restored. */
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '../domain/account-state.ts';
import { KINDS } from '../domain/journal-events/table.ts';
import { epochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { reading } from './backup.ts';
import { kindOf } from './codec.ts';
import { SCHEMA } from './database.ts';
import { fileHighWater, type HighWater, noHighWater } from './high-water.ts';
import { createJournal } from './journal.ts';
import type { JournalFiles } from './journal-files.ts';

/** A summary of a journal, read without changing it. */
export interface JournalFacts {
  readonly entries: number;
  /** Undefined: this version can run on it. */
  readonly fault: string | undefined;
  /** The schema version of the journal. */
  readonly schema: number;
  /** Empty when this version cannot read it. */
  readonly book: AccountState;
}

/**
 * Reads the journal of a state folder without changing it; undefined when there never was one.
 * @throws TradingError when it is gone, or no longer a journal.
 */
export function factsOfState(files: JournalFiles): JournalFacts | undefined {
  if (!existsSync(files.database)) {
    const mark = fileHighWater(files.mark).read();
    if (mark === undefined || mark.seq === 0) return undefined;
    const went = `${files.mark} says that it went to entry ${mark.seq}`;
    throw new TradingError(`${files.database}: is gone; ${went}. Restore a backup`, 'fix-config');
  }
  return reading(files.database, (database) => factsIn(database, fileHighWater(files.mark)));
}

/** Reads a single file without a high-water mark. @throws TradingError when it is not a journal. */
export function factsOfFile(file: string): JournalFacts {
  return reading(file, (database) => factsIn(database, noHighWater()));
}

function factsIn(database: Database.Database, highWater: HighWater): JournalFacts {
  const schema = Number(database.pragma('user_version', { simple: true }));
  const entries = Number(database.prepare('SELECT count(*) FROM entries').pluck().get());
  const newer = newerVersionFault(database, schema);
  if (newer !== undefined) return { entries, fault: newer, schema, book: EMPTY_ACCOUNT_STATE };
  const clock = { now: () => epochMs(0), sleep: () => Promise.resolve() };
  const journal = createJournal({ database, clock, highWater, guard: () => undefined });
  return { entries, fault: journal.doubt(), schema, book: journal.book() };
}

/** A sentence about a journal written by a newer version. */
export function newerVersionFault(database: Database.Database, schema: number): string | undefined {
  if (schema > SCHEMA) {
    return `written by a newer Rotor (schema ${schema}), this one knows schema ${SCHEMA}`;
  }
  const kinds = database.prepare<[], string>('SELECT DISTINCT kind FROM entries').pluck().all();
  const unknown = kinds.filter((kind) => !KINDS.has(kindOf(kind)));
  if (unknown.length === 0) return undefined;
  return `written by a newer Rotor: this one does not know entries of kind ${unknown.join(', ')}`;
}
