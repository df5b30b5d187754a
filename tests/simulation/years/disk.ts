/** What outlives every process: the journal's database and the mark beside it, in memory. */
import type Database from 'better-sqlite3';
import { openDatabase } from '#core/store/database.ts';
import type { HighWater, Mark } from '#core/store/high-water.ts';

/** The disk of a simulated desk. */
export interface Disk {
  readonly database: Database.Database;
  readonly highWater: HighWater;
  /** Nothing more fits on it, by SQLite's own word, until it is emptied. */
  fill(): void;
  empty(): void;
}

const PAGES = 1_000_000;

export function createDisk(): Disk {
  const database = openDatabase(':memory:');
  let mark: Mark | undefined;
  return {
    database,
    highWater: {
      read: () => mark,
      write: (next) => {
        mark = next;
      },
      fault: () => undefined,
    },
    fill: () =>
      void database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`),
    empty: () => void database.pragma(`max_page_count = ${PAGES}`),
  };
}
