/** The sandbox's storage: one SQLite file, so that the channel survives a kill. */
import Database from 'better-sqlite3';
import type { StoredMessage } from './records.ts';

interface Page {
  readonly before?: string;
  readonly after?: string;
  readonly limit: number;
  /** Includes messages that only one person sees. */
  readonly withPrivate?: boolean;
}

/** Records by kind, messages by channel, files by message. */
export interface Store {
  get<T>(kind: string, id: string): T | undefined;
  all<T>(kind: string): readonly T[];
  put(kind: string, id: string, value: unknown): void;
  drop(kind: string, id: string): void;
  message(id: string): StoredMessage | undefined;
  /** Newest first. */
  messagesOf(channelId: string, page: Page): readonly StoredMessage[];
  /** Most recently pinned first. */
  pinnedIn(channelId: string): readonly StoredMessage[];
  putMessage(message: StoredMessage): void;
  removeMessage(id: string): void;
  removeMessagesOf(channelId: string): void;
  putFile(id: string, messageId: string, bytes: Uint8Array): void;
  file(id: string): Uint8Array | undefined;
  /** The largest id used. */
  lastId(): string | undefined;
  close(): void;
}

/** A manually started sandbox runs for months; its page shows even fewer. */
const MAX_PER_CHANNEL = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS things (
    kind TEXT, id TEXT, json TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, channel TEXT NOT NULL, private INTEGER NOT NULL,
    pinned TEXT, json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS by_channel ON messages (channel, length(id), id);
  CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY, message TEXT NOT NULL, bytes BLOB NOT NULL
  );
`;

/** Ids are compared as numbers: a shorter one is smaller. */
const OLDER = '(length(id), id) < (length(@before), @before)';
const NEWER = '(length(id), id) > (length(@after), @after)';

/**
 * @param file undefined keeps everything in memory.
 * @param kept number of latest messages kept per channel, in addition to pinned ones
 */
export function openStore(file: string | undefined, kept: number = MAX_PER_CHANNEL): Store {
  const db = new Database(file ?? ':memory:');
  db.pragma('journal_mode = WAL');
  db.exec(SCHEMA);
  // Discord discards these with the session that received them.
  db.exec('DELETE FROM messages WHERE private = 1');
  sweepFiles(db);
  return { ...thingsOf(db), ...messagesOf(db, kept), ...filesOf(db), close: () => void db.close() };
}

type Row = { readonly json: string };

function thingsOf(db: Database.Database): Pick<Store, 'get' | 'all' | 'put' | 'drop'> {
  const get = db.prepare<[string, string], Row>(
    'SELECT json FROM things WHERE kind = ? AND id = ?',
  );
  const all = db.prepare<[string], Row>(
    'SELECT json FROM things WHERE kind = ? ORDER BY length(id), id',
  );
  const put = db.prepare('INSERT OR REPLACE INTO things VALUES (?, ?, ?)');
  const drop = db.prepare('DELETE FROM things WHERE kind = ? AND id = ?');
  return {
    get: <T>(kind: string, id: string) => {
      const row = get.get(kind, id);
      return row && (JSON.parse(row.json) as T);
    },
    all: <T>(kind: string) => all.all(kind).map((row) => JSON.parse(row.json) as T),
    put: (kind, id, value) => void put.run(kind, id, JSON.stringify(value)),
    drop: (kind, id) => void drop.run(kind, id),
  };
}

type Messages = Pick<
  Store,
  | 'message'
  | 'messagesOf'
  | 'pinnedIn'
  | 'putMessage'
  | 'removeMessage'
  | 'removeMessagesOf'
  | 'lastId'
>;

function messagesOf(db: Database.Database, kept: number): Messages {
  const one = db.prepare<[string], Row>('SELECT json FROM messages WHERE id = ?');
  const pinned = db.prepare<[string], Row>(
    `SELECT json FROM messages WHERE channel = ? AND pinned IS NOT NULL
     ORDER BY pinned DESC, length(id) DESC, id DESC`,
  );
  const put = db.prepare('INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  const clear = db.prepare('DELETE FROM messages WHERE channel = ?');
  const excess = db.prepare(
    `DELETE FROM messages WHERE id IN (
       SELECT id FROM messages WHERE channel = ? AND pinned IS NULL
       ORDER BY length(id) DESC, id DESC LIMIT -1 OFFSET ${kept})`,
  );
  const newest = db.prepare<[], { readonly id: string }>(
    'SELECT id FROM messages ORDER BY length(id) DESC, id DESC LIMIT 1',
  );
  return {
    message: (id) => parsed(one.get(id)),
    messagesOf: (channelId, page) => pageOf(db, channelId, page),
    pinnedIn: (channelId) => pinned.all(channelId).flatMap((row) => parsed(row) ?? []),
    putMessage: (message) => {
      const isPrivate = message.visibleTo === undefined ? 0 : 1;
      const pinnedAt = message.pinnedTimestamp ?? null;
      put.run(message.id, message.channelId, isPrivate, pinnedAt, JSON.stringify(message));
      if (excess.run(message.channelId).changes > 0) sweepFiles(db);
    },
    removeMessage: (id) => {
      remove.run(id);
      sweepFiles(db);
    },
    removeMessagesOf: (channelId) => {
      clear.run(channelId);
      sweepFiles(db);
    },
    lastId: () => newest.get()?.id,
  };
}

function pageOf(db: Database.Database, channelId: string, page: Page): readonly StoredMessage[] {
  const { before, after, limit, withPrivate } = page;
  const order = after === undefined ? 'DESC' : 'ASC';
  const where = [
    'channel = @channelId',
    ...(withPrivate ? [] : ['private = 0']),
    ...(before === undefined ? [] : [OLDER]),
    ...(after === undefined ? [] : [NEWER]),
  ].join(' AND ');
  const rows = db
    .prepare<[object], Row>(
      `SELECT json FROM messages WHERE ${where}
       ORDER BY length(id) ${order}, id ${order} LIMIT @limit`,
    )
    .all({ channelId, before: before ?? '', after: after ?? '', limit });
  const found = rows.flatMap((row) => parsed(row) ?? []);
  return after === undefined ? found : found.reverse();
}

function parsed(row: Row | undefined): StoredMessage | undefined {
  return row && (JSON.parse(row.json) as StoredMessage);
}

function filesOf(db: Database.Database): Pick<Store, 'putFile' | 'file'> {
  const put = db.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?)');
  const get = db.prepare<[string], { readonly bytes: Uint8Array }>(
    'SELECT bytes FROM files WHERE id = ?',
  );
  return {
    putFile: (id, messageId, bytes) => void put.run(id, messageId, bytes),
    file: (id) => get.get(id)?.bytes,
  };
}

function sweepFiles(db: Database.Database): void {
  db.exec('DELETE FROM files WHERE message NOT IN (SELECT id FROM messages)');
}
