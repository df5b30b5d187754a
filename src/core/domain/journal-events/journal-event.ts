/** The row of one kind in the table of journal events. */
import type { AccountState } from '#core/domain/account-state.ts';
import { grouped } from '#core/domain/figures.ts';
import type { EpochMs, SessionDate } from '#core/domain/units.ts';

/** A Discord message that an event changes, as a code; the bot has the texts. */
export type MessageChange =
  /** A rebalance's message and the steps in its thread. */
  | { readonly message: 'rebalance'; readonly id: string; readonly part: 'decision' | 'result' }
  /**
   * The announcement of a rebalance, later replaced by the rebalance's own message; new: it notifies again.
   */
  | { readonly message: 'announcement'; readonly id: string; readonly isNew: boolean }
  /** The order's step in the message of its rebalance. */
  | { readonly message: 'order'; readonly clientOrderId: string }
  /** The reports of the periods that end with that session. */
  | { readonly message: 'reports'; readonly session: SessionDate }
  /** The line of that deposit, with its buttons. */
  | { readonly message: 'deposit'; readonly activityId: string }
  | { readonly message: 'plan'; readonly id: string };

/**
 * A row of exported tables; docs/export.md lists the columns. Lots and gains are derived from many entries
 * together, so no kind names them.
 */
export type ExportTable = 'decisions' | 'orders' | 'fills' | 'equity';

/** Everything that differs between kinds of entry. */
export interface JournalEvent<E> {
  /**
   * The key that makes an entry unique within its kind: recording the same key again is a no-op, which
   * makes every step of a cycle safe to repeat. Undefined: every recording is new.
   */
  readonly key: (entry: E) => string | undefined;
  /** Set where a key may recur only with identical content; different content halts trading. */
  readonly exact?: true;
  /** Returns the parts of the account's state that the entry changes. Pure. */
  readonly reduce: (state: AccountState, entry: E, at: EpochMs) => Partial<AccountState>;
  /** Returns a plain sentence for the terminal; undefined when the entry is not worth a line. */
  readonly log: (entry: E) => string | undefined;
  /**
   * The Discord messages that the entry changes. `line`: a short message of its own. `alert`: the
   * message of its alert.
   */
  readonly message: 'none' | 'line' | 'alert' | ((entry: E) => readonly MessageChange[]);
  /** Its role in the audit trail, if any: an attempt to use something, or its outcome. */
  readonly audit?: 'attempt' | 'outcome';
  /** The exported tables that include the entry. */
  readonly exports: readonly ExportTable[];
}

/** One row for each kind of `E`; omitting one does not compile. */
export type JournalEvents<E extends { readonly kind: string }> = {
  readonly [K in E['kind']]: JournalEvent<Extract<E, { readonly kind: K }>>;
};

/** For kinds of which every recording is new. */
export const noKey = (): undefined => undefined;

/** For kinds that do not change the account state. */
export const noChange = (): Partial<AccountState> => ({});

/** For kinds not shown in the terminal. */
export const noLine = (): undefined => undefined;

/** Returns the map with that value set under that key. */
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** Returns the set with that item added. */
export function withItem<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return new Set(set).add(item);
}

/** `$1,234.50`, `-$12.30` */
export function money(usd: number): string {
  return `${usd < 0 ? '-' : ''}$${grouped(Math.abs(usd), 2)}`;
}
