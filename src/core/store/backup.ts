/** Backups of the journal: verified before they are made, and before they replace it. */
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Entry } from '../domain/entry.ts';
import { sentence, TradingError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { openDatabase } from './database.ts';
import { fileHighWater, type Mark, noHighWater } from './high-water.ts';
import { createJournal, lastMark, verifyChain } from './journal.ts';
import type { JournalFiles } from './journal-files.ts';
import { holderOf, thisProcess, untilSilent } from './lease.ts';
import { makeFolder } from './make-folder.ts';

/** The result of verifying a journal: its entries, and the first fault. */
export interface Checked {
  readonly entries: number;
  /** Undefined: every entry is chained to the previous one, and none is lost. */
  readonly fault: string | undefined;
}

/** Reads the journal without changing it. @throws TradingError when there is none. */
export function checkJournal(files: JournalFiles): Checked {
  return reading(files.database, (database) => verifyChain(database, fileHighWater(files.mark)));
}

/** Makes a consistent copy even while Rotor writes. @throws TradingError when the copy does not verify. */
export async function backUp(files: JournalFiles, to: string): Promise<Checked> {
  makeFolder(dirname(to));
  const source = open(files.database);
  await source.backup(to);
  source.close();
  chmodSync(to, 0o600);
  const copy = reading(to, (database) => verifyChain(database, noHighWater()));
  if (copy.fault === undefined) return copy;
  throw new TradingError(`${to}: the copy does not verify: ${copy.fault}`, 'fix-config');
}

/** The result of restoring a backup. */
export interface RestoreResult extends Checked {
  /** Where the previous files are now. */
  readonly kept: readonly string[];
  /** Undefined: the backup contains everything that was written, and Rotor continues as before. */
  readonly halted: string | undefined;
}

/**
 * Replaces the journal by a verified backup. The previous files are kept next to it under names that end in
 * `suffix`; nothing is deleted. A backup not known to be complete starts with HALT: a later stop, pause or
 * order may be missing from it.
 * @throws OccupiedError while a Rotor runs on the journal, TradingError when the backup does not verify.
 */
export async function restore(
  files: JournalFiles,
  from: string,
  suffix: string,
  clock: Clock,
): Promise<RestoreResult> {
  const backup = reading(from, (database) => ({
    ...verifyChain(database, noHighWater()),
    mark: lastMark(database),
  }));
  if (backup.fault !== undefined) {
    throw new TradingError(`${from}: does not verify: ${backup.fault}`, 'fix-config');
  }
  await untilSilent(() => holderIn(files.database), clock, thisProcess());
  const halted = missingIn(backup.mark, fileHighWater(files.mark).read());
  const draft = `${files.database}.restoring`;
  const mark = prepare(from, draft, halted, clock);
  // The mark is moved last: a Rotor that starts in between finds entries lost, and halts.
  const kept = setAside(files, suffix);
  renameSync(draft, files.database);
  fileHighWater(files.mark).write(mark);
  return { entries: mark.seq, fault: undefined, kept, halted };
}

/** SQLite's error codes for a file that is not a valid journal; a busy one is valid. */
const NOT_A_JOURNAL = /^SQLITE_(NOTADB|CORRUPT|ERROR)/;

/** A broken journal has no holder: a Rotor on it is in safe mode, without a lease. */
function holderIn(file: string): ReturnType<typeof holderOf> {
  if (!existsSync(file)) return undefined;
  try {
    return reading(file, holderOf);
  } catch (error) {
    const { cause } = error instanceof TradingError ? error : {};
    if (cause instanceof Database.SqliteError && NOT_A_JOURNAL.test(cause.code)) return undefined;
    throw error;
  }
}

/** The entries that the backup may lack, as a sentence. */
function missingIn(backup: Mark, written: Mark | undefined): string | undefined {
  if (written === undefined) return 'how far the lost journal went is not known';
  if (written.seq === backup.seq && written.hash === backup.hash) return undefined;
  return written.seq > backup.seq
    ? `the lost journal went to entry ${written.seq}, the backup to ${backup.seq}`
    : `the backup, to entry ${backup.seq}, does not go on from entry ${written.seq} that was here`;
}

function prepare(from: string, draft: string, halted: string | undefined, clock: Clock): Mark {
  makeFolder(dirname(draft));
  for (const end of ['', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true });
  copyFileSync(from, draft);
  const database = openDatabase(draft);
  const journal = createJournal({
    database,
    clock,
    highWater: noHighWater(),
    guard: () => undefined,
  });
  if (halted !== undefined) journal.append(...haltEntries(halted));
  const mark = lastMark(database);
  database.close();
  return mark;
}

function haltEntries(halted: string): readonly Entry[] {
  const reason = `journal: restored from a backup: ${halted}`;
  const alert = {
    // Resuming resolves every alert about an error.
    subject: { about: 'error', text: reason },
    severity: 'critical',
    title: 'Journal restored',
    text: `${reason}. Orders, stops and pauses of that time may be missing.`,
    remedy: 'Compare positions and orders with the broker, then resume trading.',
    advice: { code: 'journal-restored' },
  } as const;
  return [
    { kind: 'state', state: 'HALT', by: 'rotor', reason },
    { kind: 'alert', alert },
  ];
}

/** Where Litestream records its progress for exactly that file: with another file it would mix the two. */
function replicaProgressFile(database: string): string {
  return join(dirname(database), `.${basename(database)}-litestream`);
}

function setAside({ database, mark }: JournalFiles, suffix: string): readonly string[] {
  const moved = [`${database}-wal`, database, replicaProgressFile(database)].filter(existsSync);
  for (const file of moved) renameSync(file, `${file}.${suffix}`);
  rmSync(`${database}-shm`, { force: true });
  const copied = [mark].filter(existsSync);
  for (const file of copied) copyFileSync(file, `${file}.${suffix}`);
  return [...moved, ...copied].map((file) => `${file}.${suffix}`);
}

function open(file: string): Database.Database {
  if (!existsSync(file))
    throw new TradingError(`${file}: expected a journal, found none`, 'fix-config');
  return new Database(file, { readonly: true });
}

/** @throws TradingError when the file is not a journal, or damaged beyond reading. */
export function reading<T>(file: string, read: (database: Database.Database) => T): T {
  let database: Database.Database | undefined;
  try {
    database = open(file);
    return read(database);
  } catch (error) {
    if (error instanceof TradingError) throw error;
    const reason = error instanceof Database.SqliteError ? error.code : sentence(error);
    throw new TradingError(`${file}: cannot be read as a journal (${reason})`, 'fix-config', {
      cause: error,
    });
  } finally {
    database?.close();
  }
}
