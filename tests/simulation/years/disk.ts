/** What outlives every process: the journal's database and the mark beside it. */
import type Database from 'better-sqlite3';
import type { Clock } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import type { HighWater, Mark } from '#core/store/high-water.ts';
import { alteredCopy, cutCopy, restoredCopy, restoredFor } from './damaged-copies.ts';

/** How a journal comes to be another one. */
export type Damage = 'backup-restored' | 'log-cut' | 'journal-altered';

/** The disk of a simulated desk. */
export interface Disk {
  /** @throws where the file cannot be opened any more. */
  readonly database: Database.Database;
  readonly highWater: HighWater;
  /** Nothing more fits on it, by SQLite's own word, until it is emptied. */
  fill(): void;
  empty(): void;
  /** Keeps a copy for the damage of that `pick`, as a backup does. */
  keepBackup(pick: number): void;
  /** The database is a damaged one from now on; false where the damage changed no entry. */
  damage(how: Damage, pick: number): boolean;
  /** The backup is restored as a person does it, and stays; false where there is none. */
  restore(pick: number, clock: Clock): Promise<boolean>;
  /** The right one is put back. */
  mend(): void;
  isDamaged(): boolean;
}

const PAGES = 1_000_000;
const COPY = {
  'backup-restored': restoredCopy,
  'log-cut': cutCopy,
  'journal-altered': alteredCopy,
};

export function createDisk(): Disk {
  let right = openDatabase(':memory:');
  const backups = new Map<number, Buffer>();
  let damaged: (() => Database.Database) | undefined;
  let mark: Mark | undefined;
  return {
    get database() {
      return damaged ? damaged() : right;
    },
    highWater: {
      read: () => mark,
      write: (next) => {
        mark = next;
      },
      fault: () => undefined,
    },
    fill: () =>
      void right.pragma(`max_page_count = ${right.pragma('page_count', { simple: true })}`),
    empty: () => void right.pragma(`max_page_count = ${PAGES}`),
    keepBackup: (pick) => void backups.set(pick, right.serialize()),
    damage(how, pick) {
      const backup = backups.get(pick);
      if (!backup || damaged) return false;
      const open = COPY[how](right, backup, pick);
      if (entriesIn(open) === entriesIn(() => right)) return false;
      damaged = open;
      return true;
    },
    async restore(pick, clock) {
      const backup = backups.get(pick);
      if (!backup || damaged) return false;
      const restored = await restoredFor(backup, mark, clock);
      right = restored.database;
      mark = restored.mark;
      return true;
    },
    mend() {
      damaged = undefined;
    },
    isDamaged: () => damaged !== undefined,
  };
}

/** Every entry as it stands there; undefined where it cannot be read. */
function entriesIn(open: () => Database.Database): string | undefined {
  try {
    return JSON.stringify(open().prepare('SELECT * FROM entries ORDER BY seq').raw().all());
  } catch {
    return undefined;
  }
}
