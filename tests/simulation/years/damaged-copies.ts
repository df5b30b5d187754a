/** Copies of a database that are no longer what was written, as SQLite itself opens them from a disk. */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Clock } from '#core/ports.ts';
import { restore } from '#core/store/backup.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater, type Mark } from '#core/store/high-water.ts';
import { journalFiles } from '#core/store/journal-files.ts';

/** Opens the copy, as often as asked for. @throws where SQLite does not. */
export type Opened = () => Database.Database;

/** Where a copy is made of the present database and a backup; `pick` says which byte, from 0 to below 1. */
type MakeCopy = (now: Database.Database, backup: Buffer, pick: number) => Opened;

/** The backup in its place. */
export const restoredCopy: MakeCopy = (_, backup) =>
  inFolder((file) => {
    writeFileSync(file, backup);
    return file;
  });

/** One bit of one byte of the present one is another. */
export const alteredCopy: MakeCopy = (now, _, pick) =>
  inFolder((file) => {
    const bytes = now.serialize();
    const place = Math.floor(pick * bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 4;
    writeFileSync(file, bytes);
    return file;
  });

/** All since the backup is in the log, and of the log a part is gone, at any byte. */
export const cutCopy: MakeCopy = (now, backup, pick) =>
  inFolder((file) => {
    writeFileSync(file, backup);
    const written = openDatabase(file);
    written.pragma('wal_autocheckpoint = 0');
    const last = written.prepare('SELECT max(seq) AS seq FROM entries').pluck().get() ?? 0;
    const insert = written.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)');
    const later = now.prepare('SELECT * FROM entries WHERE seq > ? ORDER BY seq').raw().all(last);
    for (const row of later) insert.run(row);
    const cut = `${file}.cut`;
    copyFileSync(file, cut);
    copyFileSync(`${file}-wal`, `${cut}-wal`);
    written.close();
    truncateSync(`${cut}-wal`, Math.floor(pick * readFileSync(`${cut}-wal`).length));
    return cut;
  });

/** What Rotor's own restore makes of a backup, where the journal of that mark is gone. */
export async function restoredFor(
  backup: Buffer,
  mark: Mark | undefined,
  clock: Clock,
): Promise<{ readonly database: Database.Database; readonly mark: Mark | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-years-'));
  try {
    const from = join(folder, 'backup.sqlite');
    writeFileSync(from, backup);
    const files = journalFiles(folder);
    if (mark) fileHighWater(files.mark).write(mark);
    await restore(files, from, 'before', clock);
    const database = openDatabase(files.database);
    database.pragma('synchronous = OFF');
    database.prepare('SELECT * FROM entries ORDER BY seq').all();
    return { database, mark: fileHighWater(files.mark).read() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opened once, from a folder that does not stay. */
function inFolder(make: (file: string) => string): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-years-'));
  try {
    const database = openDatabase(make(join(folder, 'journal.sqlite')));
    // Nothing of this machine's disk is proved here: no write waits for it.
    database.pragma('synchronous = OFF');
    // Read whole while the file is there: what cannot be read is known now.
    database.prepare('SELECT * FROM entries ORDER BY seq').all();
    return () => database;
  } catch (error) {
    return () => {
      throw error;
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
