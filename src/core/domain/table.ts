/** A table for other programs: typed columns of equal length. */
import type { EpochMs, SessionDate } from './units.ts';

/** The kinds of column, each with the type of its values. */
export interface Cells {
  readonly text: string;
  /** A New York date. */
  readonly day: SessionDate;
  /** An instant, written in UTC. */
  readonly instant: EpochMs;
  readonly double: number;
  /** A whole number, at most 2^53. */
  readonly whole: number;
}
/** The name of a column type. */
export type CellType = keyof Cells;

/** One column; its values have the type that `type` names. */
export interface TableColumn {
  readonly name: string;
  readonly type: CellType;
  /** Whether a value may be absent. */
  readonly nullable: boolean;
  readonly values: readonly (string | number | undefined)[];
}

/** A named table whose columns all have `rows` values. */
export interface DataTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

/** Column definitions for one kind of row. */
export type ColumnsOf<Row> = Readonly<Record<string, ColumnOf<Row>>>;

interface ColumnOf<Row> {
  readonly type: CellType;
  readonly nullable: boolean;
  of(row: Row): string | number | undefined;
}

/** A column with a value in every row. */
export function always<T extends CellType, Row>(
  type: T,
  of: (row: Row) => Cells[T],
): ColumnOf<Row> {
  return { type, nullable: false, of };
}

/** A column whose value may be absent. */
export function maybe<T extends CellType, Row>(
  type: T,
  of: (row: Row) => Cells[T] | undefined,
): ColumnOf<Row> {
  return { type, nullable: true, of };
}

/** A table with one row for each of `rows`, its columns in the order of `columns`. */
export function tableOf<Row>(
  name: string,
  columns: ColumnsOf<Row>,
  rows: readonly Row[],
): DataTable {
  return {
    name,
    rows: rows.length,
    columns: Object.entries(columns).map(([column, { type, nullable, of }]) => ({
      ...{ name: column, type, nullable },
      values: rows.map((row) => of(row)),
    })),
  };
}
