/** Levers that make the broker behave unusually: set over HTTP, on the page or by a test. */
import { z } from 'zod';
import { type Qty, qty, qtyFromDecimal, type Ticker } from '#core/domain/units.ts';

const symbol = z.string().regex(/^[A-Z][A-Z0-9.]{0,9}$|^\*$/);
/** How long the proceeds of a sell stay hidden: for a number of reads, minutes, or until tomorrow. */
const lag = z.union([
  z.strictObject({ reads: z.int().positive() }),
  z.strictObject({ minutes: z.number().positive() }),
  z.literal('next-session'),
]);
const quote = z.strictObject({
  spreadBps: z.number().nonnegative().optional(),
  /** The other side is missing: 0, as Alpaca writes it. */
  only: z.enum(['bid', 'ask']).optional(),
  /** The bid is above the ask. */
  crossed: z.boolean().optional(),
  ageMinutes: z.number().nonnegative().optional(),
  none: z.boolean().optional(),
});
const trade = z.strictObject({
  ageMinutes: z.number().nonnegative().optional(),
  none: z.boolean().optional(),
});
const fields = z.record(z.string(), z.unknown());
const row = z.looseObject({ symbol: z.string() });
const perSymbol = z.record(z.string(), fields);

const schema = z.strictObject({
  requestsPerMinute: z.int().positive().default(200),
  cashLag: lag.optional(),
  buyingPowerLag: lag.optional(),
  /** By ticker; `*` for all others. */
  trades: z.record(symbol, trade).default({}),
  quotes: z.record(symbol, quote).default({}),
  /** Orders of the ticker stop at this status. */
  stuck: z.record(symbol, z.enum(['new', 'pending_cancel', 'held'])).default({}),
  /** Shares reserved by something outside of the order list, as decimals. */
  reserved: z.record(symbol, z.string().regex(/^\d+(\.\d{1,9})?$/)).default({}),
  account: z
    .strictObject({
      liquidationOnly: z.boolean().default(false),
      accountBlocked: z.boolean().default(false),
      tradingBlocked: z.boolean().default(false),
    })
    .prefault({}),
  assets: z
    .record(
      symbol,
      z.strictObject({ tradable: z.boolean().optional(), fractionable: z.boolean().optional() }),
    )
    .default({}),
  /** Foreign rows, returned as written here. */
  foreign: z
    .strictObject({
      positions: z.array(row).default([]),
      orders: z.array(row).default([]),
      activities: z.array(fields).default([]),
      assets: z.array(row).default([]),
    })
    .prefault({}),
  /** Fields that replace a row's own, by symbol; `(absent)` removes the field. */
  rows: z
    .strictObject({
      account: fields.default({}),
      positions: perSymbol.default({}),
      orders: perSymbol.default({}),
      activities: perSymbol.default({}),
      assets: perSymbol.default({}),
    })
    .prefault({}),
});

/** Settings of all levers. */
export type LeverSettings = z.output<typeof schema>;
type Json = Readonly<Record<string, unknown>>;

/** The levers of one account. Kept in memory: a restart resets them. */
export interface Levers {
  settings(): LeverSettings;
  /** Sets the given levers; null resets one. @throws ZodError naming the mistake */
  set(change: Readonly<Record<string, unknown>>): void;
  reset(): void;
  onChange(listener: () => void): void;
}

/** Creates the levers in their neutral position. */
export function createLevers(): Levers {
  let settings = schema.parse({});
  const listeners = new Set<() => void>();
  const become = (next: LeverSettings): void => {
    settings = next;
    for (const listener of listeners) listener();
  };
  return {
    settings: () => settings,
    set: (change) => {
      const named = Object.entries({ ...settings, ...change }).filter(
        ([, value]) => value !== null,
      );
      become(schema.parse(Object.fromEntries(named)));
    },
    reset: () => become(schema.parse({})),
    onChange: (listener) => void listeners.add(listener),
  };
}

/** The setting for the ticker, or for all. */
export function leverOf<T>(table: Readonly<Record<string, T>>, ticker: string): T | undefined {
  return table[ticker] ?? table['*'];
}

/** Shares reserved by the lever. */
export function reservedBy({ reserved }: LeverSettings, ticker: Ticker): Qty {
  const written = leverOf(reserved, ticker);
  return written === undefined ? qty(0) : qtyFromDecimal(written);
}

type Table = Exclude<keyof LeverSettings['rows'], 'account'>;

/** The broker's rows as changed by the levers, followed by foreign ones. */
export function shownRows(
  rows: readonly Json[],
  table: Table,
  { rows: odd, foreign }: LeverSettings,
): readonly Json[] {
  const changed = rows.map((each) => withFields(each, odd[table][String(each['symbol'])] ?? {}));
  return [...changed, ...foreign[table]];
}

/** The row with these fields replaced. */
export function withFields(whole: Json, odd: Json): Json {
  return Object.fromEntries(
    Object.entries({ ...whole, ...odd }).filter(([, value]) => value !== '(absent)'),
  );
}

/** Rows of the query's `asset_class`; all rows without that filter. */
export function ofClass(rows: readonly Json[], query: URLSearchParams): readonly Json[] {
  const wanted = query.getAll('asset_class').flatMap((text) => text.split(','));
  if (wanted.length === 0 || wanted.includes('all')) return rows;
  return rows.filter((each) =>
    wanted.includes(String(each['asset_class'] ?? each['class'] ?? 'us_equity')),
  );
}
