import type { Clock, Journal } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater, noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';

/** A journal over that file with its head mark beside it, and without a lease. */
export function journalAt(file: string, clock: Clock): Journal {
  const database = openDatabase(file);
  const highWater =
    file === ':memory:' ? noHighWater() : fileHighWater(file.replace(/\.sqlite$/, '.head'));
  return createJournal({ database, clock, highWater, guard: () => {} });
}

export function memoryJournal(clock: Clock): Journal {
  return journalAt(':memory:', clock);
}
