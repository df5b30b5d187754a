import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { TradingError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';

/** Numbered by position: version n of a database has had the first n applied. Never edit one. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
     seq  INTEGER PRIMARY KEY,
     at   INTEGER NOT NULL,
     kind TEXT NOT NULL,
     key  TEXT,
     body TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX entries_by_key ON entries (kind, key) WHERE key IS NOT NULL;
   CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
     BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END;
   CREATE TRIGGER entries_remain BEFORE DELETE ON entries
     BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END;
   CREATE TABLE posts (
     subject      TEXT PRIMARY KEY,
     channel_id   TEXT NOT NULL,
     message_id   TEXT NOT NULL,
     content_hash TEXT NOT NULL
   ) STRICT;
   CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;`,
  `CREATE TABLE lease (
     id      INTEGER PRIMARY KEY CHECK (id = 1),
     owner   TEXT NOT NULL,
     epoch   INTEGER NOT NULL,
     expires INTEGER NOT NULL
   ) STRICT;`,
];

/** The schema that this version writes, and the newest that it can read. */
export const SCHEMA = MIGRATIONS.length;

const BUSY_MS = 8_000;

/**
 * Opens the journal's database and migrates it to the current schema, all migrations in one transaction.
 * WAL with synchronous=FULL: committed data survives a power cut.
 * @throws TradingError when the database is newer than this program.
 */
export function openDatabase(file: string): Database.Database {
  if (file !== ':memory:') makeFolder(dirname(file));
  if (file !== ':memory:') keepPrivate(file);
  const database = new Database(file);
  // A backup tool may hold the lock for some seconds; shorter than a lease, or another process takes it.
  database.pragma(`busy_timeout = ${BUSY_MS}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  migrate(database);
  return database;
}

/** SQLite gives its log files the mode of the database. @throws when the folder is not ours. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

function migrate(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new TradingError(
      `journal: written by a newer Rotor (schema ${version}), this one knows schema ` +
        `${MIGRATIONS.length}; start the newer version, or restore a backup made before it`,
      'fix-config',
    );
  }
  database
    .transaction(() => {
      for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}
