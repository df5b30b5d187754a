/**
 * Rows of the broker's lists, each read separately: an unreadable row is set aside by name and does not
 * hide the others. A row about one of Rotor's tickers is different: without it the account would be wrong,
 * so the whole answer counts as unreadable.
 */
import type { z } from 'zod';
import type { SetAsideRow } from '../domain/account.ts';
import { CLIENT_ORDER_PREFIX } from '../domain/order.ts';
import type { Cents, Ticker } from '../domain/units.ts';
import { UnreadableAnswer } from '../errors.ts';
import { faultOf } from './ask.ts';

/** A row as received, fields unparsed. */
export type Row = Readonly<Record<string, unknown>>;

/** Whether a row is about a ticker that Rotor trades, or about an order of Rotor's. */
export type IsOurs = (row: Row) => boolean;

/** Recognises Rotor's rows by ticker, or by the client order id. */
export function rowsOf(tickers: Iterable<Ticker>): IsOurs {
  const own = new Set<string>(tickers);
  return ({ symbol, client_order_id: id }) =>
    (typeof symbol === 'string' && own.has(symbol.trim().toUpperCase())) ||
    (typeof id === 'string' && id.startsWith(CLIENT_ORDER_PREFIX));
}

/**
 * @throws UnreadableAnswer when the answer is not a list. Items that are not objects become rows without
 * fields.
 */
export function listOf(what: string, body: unknown): readonly Row[] {
  if (!Array.isArray(body)) throw new UnreadableAnswer(`${what}: ${unreadable}: expected a list`);
  return body.map((row): Row => (isObject(row) ? row : {}));
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every readable row, and the names of the others. */
export interface ReadRows<T> {
  readonly rows: readonly T[];
  readonly setAside: readonly SetAsideRow[];
}

/** How to read a list. */
export interface RowReading<T extends z.ZodType> {
  /** The request, for errors: `Alpaca positions`. */
  readonly what: string;
  /** The kind of answer, for display: `positions`. */
  readonly answer: string;
  readonly shape: (row: Row) => T;
  readonly isOurs: IsOurs;
  /** Worth of an unreadable row, where it states one. */
  readonly worth?: (row: Row) => Cents | undefined;
}

/**
 * Reads each row separately.
 * @throws UnreadableAnswer for a row about a ticker or an order of Rotor's, with its name and field.
 */
export function readRows<T extends z.ZodType>(
  list: readonly Row[],
  { what, answer, shape, isOurs, worth }: RowReading<T>,
): ReadRows<z.output<T>> {
  const rows: z.output<T>[] = [];
  const setAside: SetAsideRow[] = [];
  for (const [index, row] of list.entries()) {
    const result = shape(row).safeParse(row);
    if (result.success) {
      rows.push(result.data);
      continue;
    }
    const value = worth?.(row);
    const left = {
      ...{ answer, name: nameOf(row, index), reason: faultOf(result.error) },
      ...(value !== undefined && { worth: value }),
    };
    if (isOurs(row))
      throw new UnreadableAnswer(`${what}: ${unreadable}: ${left.name}: ${left.reason}`);
    setAside.push(left);
  }
  return { rows, setAside };
}

const unreadable = 'the answer could not be read';
const MAX_NAME_LENGTH = 40;

function nameOf(row: Row, index: number): string {
  const names = [row['symbol'], row['id']].filter(
    (each): each is string => typeof each === 'string' && each.trim() !== '',
  );
  return names[0]?.trim().slice(0, MAX_NAME_LENGTH) ?? `row ${index + 1}`;
}

/** Remembers the rows left out of the newest answer of each kind. */
export interface SetAside {
  note(answer: string, rows: readonly SetAsideRow[]): void;
  all(): readonly SetAsideRow[];
}

/** Several answers can contain the same row; it is listed once. */
export function createSetAside(): SetAside {
  const byAnswer = new Map<string, readonly SetAsideRow[]>();
  return {
    note: (answer, rows) => void byAnswer.set(answer, rows),
    all: () => {
      const rows = [...byAnswer.values()].flat();
      return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
    },
  };
}
