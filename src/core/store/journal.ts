import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '../domain/account-state.ts';
import type { Entry, Recorded } from '../domain/entry.ts';
import { applyEntry, entryKey, isExact, KINDS } from '../domain/journal-events/table.ts';
import { epochMs } from '../domain/units.ts';
import { sentence, TradingError } from '../errors.ts';
import type { Clock, Journal } from '../ports.ts';
import { decodeEntry, encodeEntry, kindOf, storedKind } from './codec.ts';
import type { HighWater, Mark } from './high-water.ts';

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

/** Dependencies of createJournal. */
export interface JournalParts {
  readonly database: Database.Database;
  readonly clock: Clock;
  readonly highWater: HighWater;
  /** Called inside every transaction; throws when this process may no longer write. */
  readonly guard: () => void;
}

/**
 * The journal in SQLite. Each row has a hash over itself and the previous row, so that a changed, lost or
 * inserted row is detected when the journal is opened. Such a journal still opens, to report the fault: its
 * book ends before the damage, `doubt` describes it, and the high-water mark stays unchanged.
 */
export function createJournal(parts: JournalParts): Journal {
  const { database, clock, highWater, guard } = parts;
  const select = database.prepare<[number, number], Row>(
    'SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const byKey = database.prepare<[string, string], Row>(
    'SELECT * FROM entries WHERE kind = ? AND key = ?',
  );
  const backwards = database.prepare<[string, number, number], Row>(
    'SELECT * FROM entries WHERE kind IN (SELECT value FROM json_each(?)) AND seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const insert = database.prepare(
    'INSERT INTO entries (seq, at, kind, key, body, hash) VALUES (@seq, @at, @kind, @key, @body, @hash)',
  );
  const listeners = new Set<(recorded: readonly Recorded[]) => void>();
  const chain = followChain(select.iterate(0, -1), highWater);
  const doubt = chain.fault;
  let { book, last } = chain;
  const tail = createTail();

  const write = database.transaction((entries: readonly Entry[]) => {
    guard();
    let state = { book, last };
    const added: Recorded[] = [];
    for (const entry of entries) {
      if (isKnown(entry, (kind, key) => byKey.get(kind, key))) continue;
      const row = nextRow(state.last, entry, clock.now());
      insert.run(row);
      const recorded: Recorded = { seq: row.seq, at: epochMs(row.at), entry };
      added.push(recorded);
      state = { book: applyEntry(state.book, recorded), last: row };
    }
    return { added, state };
  });

  return {
    append(...entries) {
      if (entries.length === 0) return [];
      const { added, state } = write.immediate(entries);
      if (added.length === 0) return added;
      ({ book, last } = state);
      tail.add(added);
      if (doubt === undefined) highWater.write({ seq: last.seq, hash: last.hash });
      for (const listener of listeners) listener(added);
      return added;
    },
    book: () => book,
    doubt: () => doubt,
    since: (seq, limit) => tail.since(seq, limit) ?? select.all(seq, limit).map(recordedOf),
    latest: (kinds, limit, before = Number.MAX_SAFE_INTEGER) =>
      backwards.all(JSON.stringify(kinds.map(storedKind)), before, limit).map(recordedOf),
    verify: () => verifyChain(database, highWater),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const TAIL = 100;

/** Keeps the last entries of this process, so that reading them needs no disk. */
function createTail(): {
  add(added: readonly Recorded[]): void;
  /** Undefined where older entries are asked for. */
  since(seq: number, limit: number): readonly Recorded[] | undefined;
} {
  let kept: readonly Recorded[] = [];
  return {
    add(added) {
      kept = [...kept, ...added].slice(-TAIL);
    },
    since(seq, limit) {
      const skipped = seq + 1 - (kept[0]?.seq ?? Number.POSITIVE_INFINITY);
      return skipped < 0 ? undefined : kept.slice(skipped, skipped + limit);
    },
  };
}

/** The result of `rotor journal verify`: the entries that verify, and the first fault. */
export function verifyChain(
  database: Database.Database,
  highWater: HighWater,
): { readonly entries: number; readonly fault: string | undefined } {
  const rows = database.prepare<[], Row>('SELECT * FROM entries ORDER BY seq').iterate();
  const { entries, fault } = followChain(rows, highWater);
  return { entries, fault };
}

/** The last entry in the form of the high-water mark. */
export function lastMark(database: Database.Database): Mark {
  const row = database.prepare<[], Row>('SELECT * FROM entries ORDER BY seq DESC LIMIT 1').get();
  return row ? { seq: row.seq, hash: row.hash } : { seq: 0, hash: GENESIS };
}

function isKnown(entry: Entry, find: (kind: string, key: string) => Row | undefined): boolean {
  const key = entryKey(entry);
  if (key === undefined) return false;
  const known = find(storedKind(entry.kind), key);
  if (!known) return false;
  if (isExact(entry.kind) && known.body !== encodeEntry(entry)) {
    throw new TradingError(
      `journal: ${entry.kind} ${key} is recorded already, with other content`,
      'halt',
    );
  }
  return true;
}

function nextRow(last: Mark, entry: Entry, at: number): Row {
  const unsealed = {
    seq: last.seq + 1,
    at: Math.round(at),
    kind: storedKind(entry.kind),
    key: entryKey(entry) ?? null,
    body: encodeEntry(entry),
  };
  return { ...unsealed, hash: seal(last.hash, unsealed) };
}

function seal(before: string, row: Omit<Row, 'hash'>): string {
  const text = JSON.stringify([before, row.seq, row.at, row.kind, row.key, row.body]);
  return hash('sha256', text);
}

interface Chain {
  /** Ends before the damage. */
  readonly book: AccountState;
  /** The last row, damaged or not. */
  readonly last: Mark;
  readonly entries: number;
  readonly fault: string | undefined;
}

/**
 * Applies rows as long as each is chained to the previous one. One row at a time: years of rows exceed the
 * available memory.
 */
function followChain(rows: Iterable<Row>, highWater: HighWater): Chain {
  const mark = highWater.read();
  let book = EMPTY_ACCOUNT_STATE;
  let last: Mark = { seq: 0, hash: GENESIS };
  let [entries, marked]: [number, string | undefined] = [0, undefined];
  let fault: string | undefined;
  let unreadable: string | undefined;
  for (const row of rows) {
    const isSealed = row.seq === book.seq + 1 && seal(last.hash, row) === row.hash;
    if (fault === undefined && isSealed) [book, unreadable] = withRow(book, row, unreadable);
    else fault ??= breakAt(row, book);
    last = { seq: row.seq, hash: row.hash };
    entries += 1;
    if (entries === mark?.seq) marked = row.hash;
  }
  fault ??= unreadable ?? highWater.fault(entries) ?? markFault(mark, marked, entries);
  return { book, last, entries, fault };
}

/**
 * The state after a row, and the first row that could not be read. A row of a kind known only to a newer
 * version is skipped: everything else stays readable, and nothing trades.
 */
function withRow(
  book: AccountState,
  row: Row,
  unreadable: string | undefined,
): [AccountState, string | undefined] {
  const skipped = { ...book, seq: row.seq };
  if (!KINDS.has(kindOf(row.kind))) {
    const why =
      `journal: entry ${row.seq} was written by a newer Rotor: this one does not know entries of ` +
      `kind ${row.kind}; start the newer version again`;
    return [skipped, unreadable ?? why];
  }
  try {
    return [applyEntry(book, recordedOf(row)), unreadable];
  } catch (error) {
    return [skipped, unreadable ?? `journal: entry ${row.seq} cannot be read: ${sentence(error)}`];
  }
}

function breakAt({ seq }: Row, book: AccountState): string {
  return (
    `journal: the chain breaks at entry ${seq}: expected entry ${book.seq + 1}, sealed ` +
    'over the one before it'
  );
}

/** Entries that were committed but are gone, or were replaced. */
function markFault(
  mark: Mark | undefined,
  marked: string | undefined,
  entries: number,
): string | undefined {
  if (!mark || mark.seq === 0) return undefined;
  if (marked === undefined) {
    return `journal: entries are lost: ${mark.seq} were written, ${entries} are here`;
  }
  return marked === mark.hash
    ? undefined
    : `journal: entry ${mark.seq} is not the one that was written`;
}

function recordedOf(row: Row): Recorded {
  return { seq: row.seq, at: epochMs(row.at), entry: decodeEntry(row.body) };
}
