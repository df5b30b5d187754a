/** Copies of the journal: checked before they are made, and before they take its place. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { TradingError } from '../errors.ts';
import { fileHighWater, noHighWater } from './high-water.ts';
import { lastMark, verifyChain } from './journal.ts';
import { holderOf } from './lease.ts';

export interface JournalFiles {
  readonly database: string;
  readonly mark: string;
}

/** Where a state folder keeps its journal. */
export function journalFiles(stateDir: string): JournalFiles {
  return { database: `${stateDir}/journal.sqlite`, mark: `${stateDir}/journal.head` };
}

export interface Checked {
  readonly entries: number;
  /** Undefined: every entry is sealed over the one before, and none is lost. */
  readonly fault: string | undefined;
}

/** Reads the journal and changes nothing. @throws TradingError when there is none. */
export function checkJournal(files: JournalFiles): Checked {
  return reading(files.database, (database) => verifyChain(database, fileHighWater(files.mark)));
}

/** A copy that is whole even while Rotor writes. @throws TradingError when the copy does not verify. */
export async function backUp(files: JournalFiles, to: string): Promise<Checked> {
  mkdirSync(dirname(to), { recursive: true });
  const source = open(files.database);
  await source.backup(to);
  source.close();
  const copy = reading(to, (database) => verifyChain(database, noHighWater()));
  if (copy.fault === undefined) return copy;
  throw new TradingError(`${to}: the copy does not verify: ${copy.fault}`, 'fix-config');
}

/**
 * Puts a verified backup in the journal's place. What was there is kept beside it under a name that
 * ends in `suffix`; nothing is deleted.
 * @throws TradingError while a Rotor runs on the journal, or when the backup does not verify.
 */
export function restore(
  files: JournalFiles,
  from: string,
  suffix: string,
  now: number,
): Checked & { readonly kept: readonly string[] } {
  const backup = reading(from, (database) => ({
    ...verifyChain(database, noHighWater()),
    mark: lastMark(database),
  }));
  if (backup.fault !== undefined) {
    throw new TradingError(`${from}: does not verify: ${backup.fault}`, 'fix-config');
  }
  const holder = existsSync(files.database) ? reading(files.database, holderOf) : undefined;
  if (holder && holder.expires > now) {
    throw new TradingError(
      `a Rotor runs on this journal (${holder.owner}); stop it first`,
      'fix-config',
    );
  }
  const kept = [files.database, `${files.database}-wal`, files.mark].filter(existsSync);
  for (const file of kept) renameSync(file, `${file}.${suffix}`);
  rmSync(`${files.database}-shm`, { force: true });
  mkdirSync(dirname(files.database), { recursive: true });
  copyFileSync(from, files.database);
  fileHighWater(files.mark).write(backup.mark);
  return {
    entries: backup.entries,
    fault: undefined,
    kept: kept.map((file) => `${file}.${suffix}`),
  };
}

function open(file: string): Database.Database {
  if (!existsSync(file))
    throw new TradingError(`${file}: expected a journal, found none`, 'fix-config');
  return new Database(file, { readonly: true });
}

/** @throws TradingError when the file is no journal, or damaged beyond reading. */
function reading<T>(file: string, read: (database: Database.Database) => T): T {
  const database = open(file);
  try {
    return read(database);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new TradingError(`${file}: cannot be read as a journal (${error.code})`, 'fix-config', {
      cause: error,
    });
  } finally {
    database.close();
  }
}
