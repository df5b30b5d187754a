import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { applyEntry, type Book, EMPTY_BOOK } from '../domain/book.ts';
import { type Entry, entryKey, type Recorded } from '../domain/entry.ts';
import { epochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import type { Clock, Journal } from '../ports.ts';
import { decodeEntry, encode } from './codec.ts';

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly key: string | null;
  readonly body: string;
  readonly hash: string;
}

/** The hash before the first entry. */
const GENESIS = '0'.repeat(64);

/** Kinds whose key may come back only with the very same body. */
const EXACT: ReadonlySet<Entry['kind']> = new Set(['account', 'decision', 'intent', 'fill']);

/**
 * The journal over SQLite. Each row carries a hash over itself and the row before, so that a row
 * changed, lost or put in between is seen when the journal is opened.
 * @throws TradingError with remedy `halt` when the chain is broken.
 */
export function createJournal(database: Database.Database, clock: Clock): Journal {
  const select = database.prepare<[number, number], Row>(
    'SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const byKey = database.prepare<[string, string], Row>(
    'SELECT * FROM entries WHERE kind = ? AND key = ?',
  );
  const insert = database.prepare(
    'INSERT INTO entries (seq, at, kind, key, body, hash) VALUES (@seq, @at, @kind, @key, @body, @hash)',
  );
  const listeners = new Set<(recorded: readonly Recorded[]) => void>();
  let { book, head } = fold(select.all(0, -1));

  const write = database.transaction((entries: readonly Entry[]) => {
    let state = { book, head };
    const added: Recorded[] = [];
    for (const entry of entries) {
      if (isKnown(entry, (kind, key) => byKey.get(kind, key))) continue;
      const row = nextRow(state, entry, clock.now());
      insert.run(row);
      const recorded: Recorded = { seq: row.seq, at: epochMs(row.at), entry };
      added.push(recorded);
      state = { book: applyEntry(state.book, recorded), head: row.hash };
    }
    return { added, state };
  });

  return {
    append(...entries) {
      const { added, state } = write.immediate(entries);
      ({ book, head } = state);
      if (added.length > 0) for (const listener of listeners) listener(added);
      return added;
    },
    book: () => book,
    since: (seq, limit) => select.all(seq, limit).map(recordedOf),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isKnown(entry: Entry, find: (kind: string, key: string) => Row | undefined): boolean {
  const key = entryKey(entry);
  const known = key === undefined ? undefined : find(entry.kind, key);
  if (!known) return false;
  if (EXACT.has(entry.kind) && known.body !== encode(entry)) {
    throw new TradingError(
      `journal: ${entry.kind} ${key} is recorded already, with other content`,
      'halt',
    );
  }
  return true;
}

function nextRow(state: { book: Book; head: string }, entry: Entry, at: number): Row {
  const unsealed = {
    seq: state.book.seq + 1,
    at: Math.round(at),
    kind: entry.kind,
    key: entryKey(entry) ?? null,
    body: encode(entry),
  };
  return { ...unsealed, hash: seal(state.head, unsealed) };
}

function seal(before: string, row: Omit<Row, 'hash'>): string {
  const text = JSON.stringify([before, row.seq, row.at, row.kind, row.key, row.body]);
  return createHash('sha256').update(text).digest('hex');
}

function fold(rows: readonly Row[]): { book: Book; head: string } {
  let book = EMPTY_BOOK;
  let head = GENESIS;
  for (const row of rows) {
    if (row.seq !== book.seq + 1 || seal(head, row) !== row.hash) {
      throw new TradingError(
        `journal: the chain breaks at entry ${row.seq}: expected entry ${book.seq + 1} sealed over ` +
          'the one before; restore a backup, or ask the broker what is true',
        'halt',
      );
    }
    book = applyEntry(book, recordedOf(row));
    head = row.hash;
  }
  return { book, head };
}

function recordedOf(row: Row): Recorded {
  return { seq: row.seq, at: epochMs(row.at), entry: decodeEntry(row.body) };
}
