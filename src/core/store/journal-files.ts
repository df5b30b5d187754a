/** Where a journal is kept. */
import { existsSync } from 'node:fs';

/** The paths of a journal's database and of its high-water mark. */
export interface JournalFiles {
  readonly database: string;
  readonly mark: string;
}

/** Where a state folder keeps its journal. */
export function journalFiles(stateDir: string): JournalFiles {
  return { database: `${stateDir}/journal.sqlite`, mark: `${stateDir}/journal.head` };
}

/** Whether a journal was begun there. */
export function hasJournal({ database }: JournalFiles): boolean {
  return existsSync(database);
}
