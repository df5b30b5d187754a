/**
 * Finds the columns with the bars in a parquet file, by name in any case and by type. The rules:
 * - One column each for open, high, low, close and volume; others are ignored.
 * - `Adj Close` next to `Close` takes precedence: the other prices are adjusted by the same factor. A
 * column of unknown name that may be another close rejects the file.
 * - Two-level names, as pandas writes them (`('Close', 'XLK')`, `Close_XLK`), count for their own
 * ticker only, and so does the number of `1. open`.
 * - A column `symbol` or `ticker` must contain the file's own ticker in every row; `name` and similar may
 * not contain another ticker.
 * - Several columns of days (`date` and `timestamp`) must all give the same days.
 */
import type { SchemaElement, SchemaTree } from 'hyparquet';
import {
  type ColumnName,
  columnName,
  isAdjustedClose,
  isAdjustedPrice,
  isSameName,
  mayBeAdjustedClose,
  NUMBERS,
  type NumberColumn,
  STAMP_NAMES,
} from './column-names.ts';

/** The kind of timestamp; see trading-day.ts. */
export type StampKind = 'instant' | 'wall-time' | 'date' | 'text' | 'number';

/** The columns of the bars, by the file's own names. */
export interface BarColumns {
  readonly names: Readonly<Record<NumberColumn, string>>;
  /** The adjusted close, where the file has it in addition to the plain one. */
  readonly adjusted: string | undefined;
  /** Columns with the row's ticker, where there are any; an uncertain one may contain other text. */
  readonly symbols: readonly { readonly name: string; readonly isSure: boolean }[];
  /** At least one; all must give the same days. */
  readonly stamps: readonly { readonly name: string; readonly kind: StampKind }[];
}

/** Numbers are dates only under these names: `index` may as well count rows. */
const NUMBERED_NAMES = ['timestamp', 'date', 'datetime', 'time'];
/** Columns with the ticker of each row. */
const SYMBOL_NAMES = ['symbol', 'ticker', 'tic', 'act_symbol'];
/** Columns with the ticker or something else. */
const OTHER_SYMBOL_NAMES = ['name', 'stock', 'code', 'security', 'instrument'];
const NO_NUMBER =
  "is not a number; where it is text, pandas.read_csv(…, thousands=',') or (…, sep=';', decimal=',') reads numbers";
const EXPECTED = 'expected timestamp or date, open, high, low, close and volume';

/**
 * @param ticker whose columns count where names have two levels; of any ticker if omitted.
 * @throws RangeError when a column is absent, ambiguous or not numeric.
 */
export function barColumns(root: SchemaTree, ticker?: string): BarColumns {
  const leaves = root.children.filter(({ children }) => children.length === 0);
  const columns = leaves.map(({ element }) => ({ element, ...columnName(element.name, ticker) }));
  const mine = columns.filter(({ of }) => of === undefined || isSameName(of, ticker ?? of));
  const others = [...new Set(columns.flatMap(({ of }) => of ?? []))];
  if (ticker !== undefined && others.length > 0 && mine.every(({ of }) => of === undefined)) {
    throw new RangeError(`holds columns of ${others.join(', ')}, expected ${ticker}`);
  }
  const found = NUMBERS.map((name) => [name, numberColumn(name, mine)] as const);
  return {
    names: Object.fromEntries(found) as BarColumns['names'],
    adjusted: adjustedColumn(mine),
    symbols: symbolColumns(mine),
    stamps: stampColumns(mine),
  };
}

interface Column extends ColumnName {
  readonly element: SchemaElement;
}

function numberColumn(name: NumberColumn, columns: readonly Column[]): string {
  const found = columns.filter(({ word }) => word === name);
  if (name === 'close' && found.length === 0 && columns.some(({ word }) => isAdjustedClose(word))) {
    throw new RangeError('has an adjusted close and no plain one, so open, high and low are raw');
  }
  const { element } = only(name, found, columns);
  if (isFraction(element) || (name === 'volume' && isWhole(element))) return element.name;
  // Prices in whole dollars were rounded by someone, and pass most rules for bars.
  const what = isWhole(element) ? 'holds whole numbers, expected prices' : NO_NUMBER;
  throw new RangeError(`column ${element.name} ${what}`);
}

function symbolColumns(columns: readonly Column[]): BarColumns['symbols'] {
  return columns.flatMap(({ word, element }) => {
    const isSure = SYMBOL_NAMES.includes(word);
    const isOne = (isSure || OTHER_SYMBOL_NAMES.includes(word)) && isText(element);
    return isOne ? [{ name: element.name, isSure }] : [];
  });
}

function adjustedColumn(columns: readonly Column[]): string | undefined {
  const found = columns.filter(({ word }) => isAdjustedClose(word));
  const odd = columns.find(({ word }) => mayBeAdjustedClose(word));
  if (odd) {
    const name = odd.element.name;
    throw new RangeError(`column ${name} may be the adjusted close: name it Adj Close, or drop it`);
  }
  const half = columns.find(({ word }) => isAdjustedPrice(word));
  if (found.length === 0 && half) {
    throw new RangeError(
      `column ${half.element.name} is adjusted and no close is: add an Adj Close, or drop it`,
    );
  }
  if (found.length === 0) return undefined;
  const { element } = only('the adjusted close', found, columns);
  if (!isFraction(element)) throw new RangeError(`column ${element.name} is not a number`);
  return element.name;
}

function stampColumns(columns: readonly Column[]): BarColumns['stamps'] {
  const named = columns.filter(({ word }) => STAMP_NAMES.includes(word));
  const hasDate = named.some(({ word }) => word === 'date');
  const found = named.filter((column) => !hasDate || !isTimeOfDay(column));
  const stamps = found.flatMap(({ element, word }) => {
    const kind = stampKind(element, word);
    return kind ? [{ name: element.name, kind }] : [];
  });
  const [odd] = found;
  if (odd && stamps.length === 0) {
    throw new RangeError(`column ${odd.element.name} is neither a date nor a time with a unit`);
  }
  if (stamps.length === 0)
    throw new RangeError(`no column timestamp or date${among(columns)}; ${EXPECTED}`);
  return stamps;
}

/** `time` next to `date`, without a date of its own. */
function isTimeOfDay({ word, element }: Column): boolean {
  return word === 'time' && ['text', 'number', undefined].includes(stampKind(element, word));
}

function only(what: string, found: readonly Column[], all: readonly Column[]): Column {
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  const names = found.map(({ element }) => element.name).join(', ');
  throw new RangeError(
    first
      ? `more than one column could be ${what}: ${names}`
      : `no column ${what}${among(all)}; ${EXPECTED}`,
  );
}

function among(columns: readonly Column[]): string {
  return ` among ${columns.map(({ element }) => element.name).join(', ')}`;
}

function stampKind(element: SchemaElement, word: string): StampKind | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'TIMESTAMP') return logical.isAdjustedToUTC ? 'instant' : 'wall-time';
  if (converted?.startsWith('TIMESTAMP') || type === 'INT96') return 'instant';
  if (converted === 'DATE' || logical?.type === 'DATE') return 'date';
  if (isText(element)) return 'text';
  return isNumber(element) && NUMBERED_NAMES.includes(word) ? 'number' : undefined;
}

function isNumber({ type, converted_type: converted }: SchemaElement): boolean {
  return ['INT32', 'INT64', 'DOUBLE'].includes(type ?? '') && converted !== 'DECIMAL';
}

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'UTF8' || logical?.type === 'STRING';
}

function isFraction({ type, converted_type: converted }: SchemaElement): boolean {
  return converted === 'DECIMAL' || type === 'DOUBLE' || type === 'FLOAT';
}

function isWhole(element: SchemaElement): boolean {
  const { type, converted_type: converted, logical_type: logical } = element;
  const isTime = logical?.type === 'TIMESTAMP' || logical?.type === 'DATE';
  return !isTime && !/TIME|DATE/.test(converted ?? '') && ['INT32', 'INT64'].includes(type ?? '');
}
