/** What may happen to a file of bars, one kind each. */
import { type Bar, barHistory } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { day, XLK } from '../histories.ts';
import type { Chance } from './chance.ts';
import { type Original, rowsOf, walk } from './originals.ts';
import { type Column, DOUBLES, fileOf, type LooseBar, type Shape } from './writer.ts';

/** The last session that is over, and the day on which the files are read. */
export const THROUGH = day('2024-11-04');
export const LATEST = day('2024-11-05');

type Mutate = (original: Original, chance: Chance) => Uint8Array | Promise<Uint8Array>;

function bytesChanged(change: (bytes: Uint8Array, chance: Chance) => Uint8Array): Mutate {
  return ({ bytes }, chance) => change(Uint8Array.from(bytes), chance);
}

function flip(bytes: Uint8Array, at: number, mask: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ mask;
}

/** Where the schema, the row groups and their statistics are. */
function footerStart(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length - 8 - view.getUint32(bytes.length - 8, true);
}

const DAMAGES = {
  'one bit flipped': bytesChanged((bytes, chance) => {
    flip(bytes, chance.below(bytes.length), 1 << chance.below(8));
    return bytes;
  }),
  'bytes flipped': bytesChanged((bytes, chance) => {
    for (let count = 1 + chance.below(32); count > 0; count--) {
      flip(bytes, chance.below(bytes.length), 1 + chance.below(255));
    }
    return bytes;
  }),
  'footer flipped': bytesChanged((bytes, chance) => {
    const start = footerStart(bytes);
    flip(bytes, start + chance.below(bytes.length - start), 1 + chance.below(255));
    return bytes;
  }),
  'page header flipped': bytesChanged((bytes, chance) => {
    flip(bytes, 4 + chance.below(40), 1 + chance.below(255));
    return bytes;
  }),
  'block zeroed': bytesChanged((bytes, chance) => {
    const start = chance.below(bytes.length);
    return bytes.fill(0, start, start + 2 ** chance.below(13));
  }),
  'block of noise': bytesChanged((bytes, chance) => {
    const start = chance.below(bytes.length);
    const end = Math.min(bytes.length, start + 2 ** chance.below(11));
    for (let at = start; at < end; at++) bytes[at] = chance.below(256);
    return bytes;
  }),
  'cut at the end': bytesChanged((bytes, chance) => bytes.slice(0, chance.below(bytes.length))),
  'cut in the middle': bytesChanged((bytes, chance) => {
    const start = chance.below(bytes.length);
    return joined(bytes.slice(0, start), bytes.slice(start + 1 + chance.below(512)));
  }),
  'block twice': bytesChanged((bytes, chance) => {
    const start = chance.below(bytes.length);
    const end = start + 1 + chance.below(512);
    return joined(bytes.slice(0, end), bytes.slice(start));
  }),
  'bytes behind the end': bytesChanged((bytes, chance) =>
    joined(
      bytes,
      Uint8Array.from({ length: 1 + chance.below(64) }, () => chance.below(256)),
    ),
  ),
  'noise between the marks': bytesChanged((bytes, chance) => {
    for (let at = 4; at < bytes.length - 8; at++) bytes[at] = chance.below(256);
    return bytes;
  }),
  nothing: bytesChanged((bytes) => bytes),
} satisfies Record<string, Mutate>;

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

function rowsChanged(
  change: (rows: readonly Bar[], chance: Chance) => readonly LooseBar[],
): Mutate {
  return ({ history }, chance) => {
    const rows = change(rowsOf(history), chance);
    return rows.every(isWhole) ? parquetBytes(barHistory(XLK, rows)) : fileOf(rows, DOUBLES);
  };
}

/** Rotor's own writer, the quicker one, also writes NaN; only for absent numbers it has no place. */
function isWhole(row: LooseBar): row is Bar {
  return Object.values(row).every((value) => value !== undefined);
}

function columnsChanged(change: (shape: Shape, chance: Chance) => Shape): Mutate {
  return ({ history }, chance) => fileOf(rowsOf(history), change(DOUBLES, chance));
}

/** One number of one row, or of a few. */
function numberSet(value: (old: number) => number | undefined): Mutate {
  return rowsChanged((rows, chance) => {
    const name = chance.pick(NUMBERS);
    const from = chance.below(rows.length);
    const to = from + 1 + chance.below(3);
    return rows.map((row, at) =>
      at >= from && at < to ? { ...row, [name]: value(row[name]) } : row,
    );
  });
}

const renamed = (shape: Shape, column: Column, name: string): Shape => ({
  ...shape,
  columns: shape.columns.map((each) => (each.of === column ? { ...each, name } : each)),
});

const ANY: readonly [Column, ...Column[]] = ['timestamp', ...NUMBERS];
const PRICES = ['open', 'high', 'low', 'close'] as const;

const EDITS = {
  'column renamed': columnsChanged((shape, chance) => {
    const column = chance.pick(ANY);
    return renamed(shape, column, chance.pick([`${column}_1`, 'adj close', 'x', `${column}s`]));
  }),
  'column in another case': columnsChanged((shape, chance) => {
    const column = chance.pick(ANY);
    return renamed(shape, column, chance.pick([column.toUpperCase(), ` ${column} `]));
  }),
  'column missing': columnsChanged((shape, chance) => {
    const column = chance.pick(ANY);
    return { ...shape, columns: shape.columns.filter(({ of }) => of !== column) };
  }),
  'column twice': columnsChanged((shape, chance) => {
    const column = chance.pick(ANY);
    const other = { name: column.toUpperCase(), of: chance.pick(ANY), type: 'DOUBLE' } as const;
    return { ...shape, columns: [...shape.columns, other] };
  }),
  'prices as text or whole numbers': columnsChanged((shape, chance) => {
    const [column, type] = [chance.pick(PRICES), chance.pick(['UTF8', 'INT64', 'INT32'])];
    return {
      ...shape,
      columns: shape.columns.map((each) => (each.of === column ? { ...each, type } : each)),
    };
  }),
  'days as numbers': columnsChanged((shape, chance) => {
    const type = chance.pick(['INT64', 'DOUBLE']);
    return {
      ...shape,
      columns: shape.columns.map((each) => (each.of === 'timestamp' ? { ...each, type } : each)),
    };
  }),
  'high and low swapped': columnsChanged((shape) =>
    renamed(renamed(shape, 'high', 'low'), 'low', 'high'),
  ),
  'price and volume swapped': columnsChanged((shape, chance) => {
    const price = chance.pick(PRICES);
    return renamed(renamed(shape, price, 'volume'), 'volume', price);
  }),
  'rows repeated': rowsChanged((rows, chance) => {
    const from = chance.below(rows.length);
    return [...rows, ...rows.slice(from, from + 1 + chance.below(20))];
  }),
  'row repeated with other numbers': rowsChanged((rows, chance) => {
    const at = chance.below(rows.length);
    return rows.flatMap((row, index) => {
      return index === at ? [row, { ...row, close: (row.close + row.low) / 2 + 1e-9 }] : [row];
    });
  }),
  shuffled: rowsChanged((rows, chance) =>
    rows
      .map((row) => ({ row, order: chance.fraction() }))
      .toSorted((a, b) => a.order - b.order)
      .map(({ row }) => row),
  ),
  NaN: numberSet(() => Number.NaN),
  infinite: numberSet(() => Number.POSITIVE_INFINITY),
  absent: numberSet(() => undefined),
  'zero price': rowsChanged((rows, chance) => {
    const [name, at] = [chance.pick(PRICES), chance.below(rows.length)];
    return rows.map((row, index) => (index === at ? { ...row, [name]: 0 } : row));
  }),
  negative: numberSet((old) => -old - 1),
  'low above high': rowsChanged((rows, chance) => {
    const at = chance.below(rows.length);
    return rows.map((row, index) => (index === at ? { ...row, low: row.high * 1.01 } : row));
  }),
  'no row': rowsChanged(() => []),
  stale: rowsChanged((rows, chance) => rows.slice(0, 1 + chance.below(rows.length - 1))),
  'rows missing': rowsChanged((rows, chance) => {
    const from = 1 + chance.below(rows.length - 2);
    return rows.toSpliced(from, 1 + chance.below(Math.min(20, rows.length - from - 1)));
  }),
  future: rowsChanged((rows, chance) => [
    ...rows,
    { ...(rows.at(-1) ?? NO_BAR), date: sessionOffset(LATEST, 1 + chance.below(200)).date },
  ]),
  'unfinished bar of today': rowsChanged((rows) => [
    ...rows,
    { ...(rows.at(-1) ?? NO_BAR), date: LATEST },
  ]),
  'a closed day': rowsChanged((rows) =>
    rows.map((row, at) => (at === rows.length - 1 ? { ...row, date: day('2024-07-04') } : row)),
  ),
} satisfies Record<string, Mutate>;

const NO_BAR: Bar = {
  ...{ date: LATEST, open: 1, high: 1, low: 1, close: 1, volume: 0 },
};

/**
 * Files that obey every law of bars and hold other numbers all the same: only a hash, or the source,
 * can tell.
 */
const FORGERIES = {
  'rounded to floats': columnsChanged((shape) => ({
    ...shape,
    columns: shape.columns.map((each) =>
      each.type === 'DOUBLE' ? { ...each, type: 'FLOAT' as const } : each,
    ),
  })),
  'open and close swapped': columnsChanged((shape) =>
    renamed(renamed(shape, 'open', 'close'), 'close', 'open'),
  ),
  "another ticker's file": rowsChanged((rows, chance) =>
    walk(rows[0]?.date ?? LATEST, rows.at(-1)?.date ?? LATEST, 3 + chance.below(1_000)),
  ),
} satisfies Record<string, Mutate>;

export type Kind = keyof typeof DAMAGES | keyof typeof EDITS | keyof typeof FORGERIES;

export const MUTATIONS: Readonly<Record<Kind, Mutate>> = { ...DAMAGES, ...EDITS, ...FORGERIES };

// The keys of an object literal are its own type's.
export const KINDS = Object.keys(MUTATIONS) as Kind[];

export const FORGED: ReadonlySet<string> = new Set(Object.keys(FORGERIES));

/** Kinds whose numbers no check of rows can tell from good ones. */
export const UNDETECTABLE: ReadonlySet<string> = new Set([...FORGED, ...Object.keys(DAMAGES)]);
