/** Opens the database, the lease on it, and the journal. */
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { errorCode, OccupiedError, sentence, TradingError } from '#core/errors.ts';
import type { Clocks, Journal } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater, noHighWater } from '#core/store/high-water.ts';
import { createJournal, lastMark } from '#core/store/journal.ts';
import type { JournalFiles } from '#core/store/journal-files.ts';
import { acquireLease, type Lease, thisProcess } from '#core/store/lease.ts';
import { watchFile } from '#core/store/same-file.ts';
import type { SafeMode } from './crash-loop.ts';
import { deniedIn } from './state-folder.ts';

/** The opened parts; the caller closes database and lease. */
export interface OpenedJournal {
  readonly database: Database.Database;
  /** Undefined when the journal could not be opened: Rotor does not trade then. */
  readonly lease: Lease | undefined;
  readonly journal: Journal;
}

/** Dependencies of openJournal. */
export interface JournalParts {
  readonly files: JournalFiles;
  /** Entries are dated by the market clock; the lease uses the wall clock. */
  readonly clocks: Clocks;
  readonly safeMode: Pick<SafeMode, 'enterSafeMode'>;
}

/**
 * A journal that cannot be opened, because it is damaged or the disk is full, starts safe mode: reporting
 * that is better than crashing repeatedly.
 * @throws OccupiedError when another process holds it, TradingError `fix-config` when a newer one wrote it.
 */
export async function openJournal(parts: JournalParts): Promise<OpenedJournal> {
  try {
    return await openFiles(parts);
  } catch (error) {
    if (isBusy(error)) throw locked(parts.files, error);
    const { database } = parts.files;
    const denied = deniedIn(dirname(database), [database, dirname(database)]);
    if (denied !== undefined) throw new TradingError(denied, 'fix-config', { cause: error });
    if (error instanceof OccupiedError) throw error;
    if (error instanceof TradingError && error.remedy === 'fix-config') throw error;
    return withoutFiles(parts, sentence(error));
  }
}

async function openFiles({ files, clocks }: JournalParts): Promise<OpenedJournal> {
  const database = openDatabase(files.database);
  try {
    const assertSame = watchFile(files.database);
    const taken = await acquireLease(database, clocks.wall, thisProcess());
    const lease = guarded(taken, assertSame);
    const highWater = fileHighWater(files.mark);
    const last = lastMark(database);
    // After the first entry, a missing mark is a lost one.
    if (last.seq === 0 && highWater.read() === undefined) highWater.write(last);
    const journal = createJournal({
      database,
      clock: clocks.market,
      highWater,
      guard: lease.assertHeld,
    });
    return { database, lease, journal };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A lease in a deleted file does not keep other processes out. */
function guarded(lease: Lease, assertSame: () => void): Lease {
  const behind =
    (act: () => void): (() => void) =>
    () => {
      assertSame();
      act();
    };
  return { ...lease, assertHeld: behind(lease.assertHeld), renew: behind(lease.renew) };
}

const REMEDY = 'Nothing trades until it can be used again, or a backup of it is restored.';

/** An in-memory journal without history; its entries are lost at the end. */
function withoutFiles({ files, clocks, safeMode }: JournalParts, why: string): OpenedJournal {
  const doubt = `journal: ${files.database} cannot be used: ${why}`;
  safeMode.enterSafeMode(`${doubt}. ${REMEDY}`);
  const database = openDatabase(':memory:');
  const highWater = noHighWater();
  const journal = createJournal({
    database,
    clock: clocks.market,
    highWater,
    guard: () => undefined,
  });
  return { database, lease: undefined, journal: { ...journal, doubt: () => doubt } };
}

function isBusy(error: unknown): boolean {
  return errorCode(error)?.startsWith('SQLITE_BUSY') ?? false;
}

function locked({ database }: JournalFiles, cause: unknown): OccupiedError {
  return new OccupiedError(
    `journal: ${database} is locked by another process, which may be another Rotor stopped in the ` +
      'middle of a write; end that one, then start again',
    'retry',
    { cause },
  );
}
