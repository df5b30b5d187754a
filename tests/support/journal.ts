import type { Clock, Journal } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';

/** A journal over that file, without mark or lease. */
export function journalAt(file: string, clock: Clock): Journal {
  const database = openDatabase(file);
  return createJournal({ database, clock, highWater: noHighWater(), guard: () => {} });
}

export function memoryJournal(clock: Clock): Journal {
  return journalAt(':memory:', clock);
}
