/** Opens what Rotor remembers: the database, the lease on it, the journal. */
import type Database from 'better-sqlite3';
import { OccupiedError, sentence, TradingError } from '#core/errors.ts';
import type { Clock, Journal } from '#core/ports.ts';
import type { JournalFiles } from '#core/store/backup.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater, noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { acquireLease, type Lease, thisProcess } from '#core/store/lease.ts';
import { watchFile } from '#core/store/same-file.ts';
import type { Starts } from './crash-loop.ts';

export interface Memory {
  readonly database: Database.Database;
  /** Undefined when the journal cannot be opened: then nothing trades. */
  readonly lease: Lease | undefined;
  readonly journal: Journal;
}

export interface MemoryParts {
  readonly files: JournalFiles;
  readonly clock: Clock;
  /** The machine's clock, in which the lease is counted. */
  readonly machine: Clock;
  readonly starts: Starts;
}

/**
 * A journal that cannot be opened, damaged or on a full disk, ends in the safe mode: a desk that says so
 * is worth more than a process that ends again and again.
 * @throws OccupiedError when another process holds it, TradingError `fix-config` when a newer one wrote it.
 */
export async function openMemory(parts: MemoryParts): Promise<Memory> {
  try {
    return await openFiles(parts);
  } catch (error) {
    if (isBusy(error)) throw locked(parts.files, error);
    if (error instanceof OccupiedError) throw error;
    if (error instanceof TradingError && error.remedy === 'fix-config') throw error;
    return withoutFiles(parts, sentence(error));
  }
}

async function openFiles({ files, clock, machine }: MemoryParts): Promise<Memory> {
  const database = openDatabase(files.database);
  try {
    const assertSame = watchFile(files.database);
    const taken = await acquireLease(database, machine, thisProcess());
    const lease = guarded(taken, assertSame);
    const highWater = fileHighWater(files.mark);
    const journal = createJournal({ database, clock, highWater, guard: lease.assertHeld });
    return { database, lease, journal };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A lease in a file that is not there any more holds nobody off. */
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

/** Nothing is remembered of before, and what happens now is forgotten at the end. */
function withoutFiles({ files, clock, starts }: MemoryParts, why: string): Memory {
  const doubt = `journal: ${files.database} cannot be used: ${why}`;
  starts.enter(`${doubt}. ${REMEDY}`);
  const database = openDatabase(':memory:');
  const highWater = noHighWater();
  const journal = createJournal({ database, clock, highWater, guard: () => undefined });
  return { database, lease: undefined, journal: { ...journal, doubt: () => doubt } };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

function locked({ database }: JournalFiles, cause: unknown): OccupiedError {
  return new OccupiedError(
    `journal: ${database} is locked by another process, which may be another Rotor stopped in the ` +
      'middle of a write; end that one, then start again',
    'retry',
    { cause },
  );
}
