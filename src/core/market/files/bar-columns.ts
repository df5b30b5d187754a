/** Which columns of a parquet file hold the bars, found by name in any case and by type. */
import type { SchemaElement, SchemaTree } from 'hyparquet';

/** The columns of a bar that are numbers, in the order of `Bar`. */
export const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;
export type NumberColumn = (typeof NUMBERS)[number];

/** How a stamp is to be understood; see trading-day.ts. */
export type StampKind = 'instant' | 'wall-time' | 'date' | 'text';

export interface BarColumns {
  /** The file's own names. */
  readonly names: Readonly<Record<NumberColumn | 'stamp', string>>;
  readonly stamp: StampKind;
}

/** What people and pandas call the column of days; the last is the name of an index without one. */
const STAMP_NAMES = ['timestamp', 'date', 'datetime', 'time', 'index', '__index_level_0__'];

/** Extra columns are ignored. @throws RangeError when a column is absent, ambiguous or no number. */
export function barColumns(root: SchemaTree): BarColumns {
  const columns = root.children.filter(({ children }) => children.length === 0);
  const elements = columns.map(({ element }) => element);
  const number = (name: NumberColumn): string => {
    const element = only(name, elements.filter(named(name)), elements);
    if (isFraction(element) || (name === 'volume' && isWhole(element))) return element.name;
    // Prices in whole dollars are somebody's rounding, and pass most laws of bars.
    const found = isWhole(element) ? 'holds whole numbers, expected prices' : 'is not a number';
    throw new RangeError(`column ${element.name} ${found}`);
  };
  const stamps = elements.filter((element) => STAMP_NAMES.some((name) => named(name)(element)));
  const [odd] = stamps;
  if (odd && !stamps.some(stampKind)) {
    throw new RangeError(`column ${odd.name} is neither a date nor a time with a unit`);
  }
  const stamp = only('timestamp or date', stamps.filter(stampKind), elements);
  return {
    names: {
      stamp: stamp.name,
      open: number('open'),
      high: number('high'),
      low: number('low'),
      close: number('close'),
      volume: number('volume'),
    },
    stamp: stampKind(stamp) ?? 'instant',
  };
}

function named(name: string): (element: SchemaElement) => boolean {
  return (element) => element.name.trim().toLowerCase() === name;
}

function only(
  what: string,
  found: readonly SchemaElement[],
  all: readonly SchemaElement[],
): SchemaElement {
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  const list = (elements: readonly SchemaElement[]): string =>
    elements.map(({ name }) => name).join(', ');
  throw new RangeError(
    first
      ? `more than one column could be ${what}: ${list(found)}`
      : `no column ${what} among ${list(all)}`,
  );
}

function stampKind(element: SchemaElement): StampKind | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'TIMESTAMP') return logical.isAdjustedToUTC ? 'instant' : 'wall-time';
  if (converted?.startsWith('TIMESTAMP') || type === 'INT96') return 'instant';
  if (converted === 'DATE' || logical?.type === 'DATE') return 'date';
  if (isText(element)) return 'text';
  return undefined;
}

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'UTF8' || logical?.type === 'STRING';
}

function isFraction({ type, converted_type: converted }: SchemaElement): boolean {
  return converted === 'DECIMAL' || type === 'DOUBLE' || type === 'FLOAT';
}

function isWhole(element: SchemaElement): boolean {
  return stampKind(element) === undefined && ['INT32', 'INT64'].includes(element.type ?? '');
}
