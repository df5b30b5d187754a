/** Account history: executions, and cash and share movements without a stock order. */
import { type Alpaca, trading } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { SetAsideRow } from '../domain/account.ts';
import type { Activity, ActivityKind } from '../domain/activity.ts';
import { type ActivityRule, activityRule } from '../domain/activity-types.ts';
import { newYorkDate, newYorkInstant } from '../domain/new-york.ts';
import type { Fill } from '../domain/order.ts';
import {
  cents,
  type EpochMs,
  type Qty,
  qty,
  type SessionDate,
  sessionDate,
  valueOf,
} from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { askJson } from './ask.ts';
import type { AssetClasses } from './asset-classes.ts';
import {
  instant,
  lenient,
  looseMoney,
  money,
  optional,
  price,
  shares,
  symbol,
  word,
} from './fields.ts';
import { multiplierOf } from './order-rows.ts';
import { type IsOurs, listOf, type Row, readRows } from './rows.ts';

const PAGE_SIZE = 100;
/** Far more than an account with monthly rebalances can have; an endless list is an error. */
const MAX_PAGES = 200;
const DAY_MS = 86_400_000;

/** Dependencies of the activity readers. */
export interface ActivityParts {
  readonly alpaca: Alpaca;
  readonly isOurs: IsOurs;
  readonly classes: AssetClasses;
}

/** Stock executions, and the cash moved by all other executions. */
export interface Executions {
  /** Oldest first, each once. */
  readonly fills: readonly Fill[];
  readonly unmanaged: readonly Activity[];
  readonly setAside: readonly SetAsideRow[];
}

/** Executions of the same millisecond arrive in any order; the cumulative quantity gives their sequence. */
interface FillInOrder {
  readonly fill: Fill;
  readonly cumulative: number;
}

const side = z.enum(['buy', 'sell', 'sell_short']);

const stockFill = z
  .object({
    id: word,
    order_id: word,
    symbol,
    side,
    qty: shares,
    cum_qty: lenient(shares),
    price,
    transaction_time: instant,
  })
  .transform((wire): FillInOrder => {
    const { id, order_id: orderId, symbol: ticker, price: paid, transaction_time: at } = wire;
    const bought = wire.side === 'buy' ? 'buy' : 'sell';
    const fill = { id, orderId, ticker, side: bought, qty: wire.qty, price: paid, at } as const;
    return { fill, cumulative: wire.cum_qty ?? wire.qty };
  });

/** Coins come by the million and in tiny fractions: only the cash counts here, exact to the cent. */
const otherFill = (assetClass: string) =>
  z
    .object({
      id: word,
      side,
      qty: z.coerce.number().positive('expected a quantity above 0'),
      price: z.coerce.number().positive('expected a price above 0'),
      transaction_time: instant,
    })
    .transform((wire, context): Activity => {
      const paid = wire.qty * wire.price * multiplierOf(assetClass);
      const moved = looseMoney.safeParse(wire.side === 'buy' ? -paid : paid);
      if (!moved.success)
        context.addIssue({ code: 'custom', message: 'expected an amount of money' });
      const cash = moved.data ?? cents(0);
      const kind = cash < 0 ? 'withdrawal' : 'deposit';
      return { id: wire.id, kind, ticker: undefined, qty: qty(0), cash, at: wire.transaction_time };
    });

/** Executions after `since`. An execution of a coin or an option only moves the account's cash. */
export async function readFills(parts: ActivityParts, since: EpochMs): Promise<Executions> {
  const what = 'Alpaca fills';
  const listed = await readPages(parts.alpaca, what, {
    activityTypes: [trading.ActivityType.Fill],
    after: new Date(since),
  });
  // Some API-compatible servers return every type, whatever was requested.
  const rows = listed.filter(({ activity_type: type }) => type === undefined || type === 'FILL');
  const classes = await parts.classes.ofFills(rows, since);
  const isStock = (row: Row): boolean => classes.get(row) === 'us_equity';
  const reading = { what, answer: 'fills', isOurs: parts.isOurs };
  const stocks = readRows(rows.filter(isStock), { ...reading, shape: () => stockFill });
  const others = readRows(
    rows.filter((row) => !isStock(row)),
    { ...reading, shape: (row) => otherFill(classes.get(row) ?? '') },
  );
  return {
    fills: stocks.rows
      .toSorted((a, b) => a.fill.at - b.fill.at || a.cumulative - b.cumulative)
      .map(({ fill }) => fill),
    unmanaged: others.rows,
    setAside: [...stocks.setAside, ...others.setAside],
  };
}

/** Shares are read only in rows that move a stock's shares; nothing else needs them. */
const nonTrade = (rule: ActivityRule, movesShares: boolean) => {
  const moved: z.ZodType<Qty | undefined> = movesShares
    ? optional(shares)
    : z
        .unknown()
        .optional()
        .transform(() => undefined);
  return z
    .object({
      id: word,
      activity_type: word,
      activity_sub_type: lenient(word),
      status: lenient(word),
      previous_id: lenient(word),
      date: z.iso.date('expected YYYY-MM-DD'),
      created_at: lenient(instant),
      net_amount: optional(money),
      symbol: lenient(symbol),
      qty: moved,
      price: lenient(price),
    })
    .transform((wire): Activity => {
      const cash = wire.net_amount ?? cents(0);
      const subType = wire.activity_sub_type;
      const moved = wire.qty ?? qty(0);
      const worth = wire.price === undefined ? undefined : valueOf(moved, wire.price);
      return {
        ...standingOf(wire),
        kind: kindOf(rule, wire.activity_type, cash),
        type: subType ? `${wire.activity_type}.${subType}` : wire.activity_type,
        ticker: wire.symbol,
        qty: moved,
        cash,
        ...(rule.meaning === 'shares' && worth !== undefined && { worth }),
        at: instantOf(wire),
      };
    });
};

/** A row counts on its own day, however much later the broker recorded it. */
function instantOf(wire: {
  readonly date: string;
  readonly created_at?: EpochMs | undefined;
}): EpochMs {
  const { date, created_at: created } = wire;
  const isThatDay = created !== undefined && newYorkDate(created) === date;
  return isThatDay ? created : newYorkInstant(sessionDate(date), 0);
}

/**
 * A row that the broker cancelled reverses itself, or the row that it references; any other row that
 * references an earlier one replaces it.
 */
function standingOf({
  id,
  status,
  previous_id: earlier,
}: {
  readonly id: string;
  readonly status?: string | undefined;
  readonly previous_id?: string | undefined;
}): Pick<Activity, 'id' | 'cancels' | 'corrects'> {
  if (status !== 'canceled') return earlier === undefined ? { id } : { id, corrects: earlier };
  return earlier === undefined ? { id: `${id} canceled`, cancels: id } : { id, cancels: earlier };
}

/** Movements without an order. */
export interface Movements {
  /** Dated or recorded on or after the requested New York day; oldest first, each once. */
  readonly activities: readonly Activity[];
  readonly setAside: readonly SetAsideRow[];
}

/** Movements without an order, on the New York day of `since` or later. */
export async function readMovements(
  { alpaca, isOurs, classes }: ActivityParts,
  since: EpochMs,
): Promise<Movements> {
  const what = 'Alpaca activities';
  const first = newYorkDate(since);
  const rows = await readPages(alpaca, what, {
    category: 'non_trade_activity',
    // These have a date but no time; one day earlier avoids any doubt about the midnight meant.
    after: new Date(Date.parse(`${first}T00:00:00Z`) - DAY_MS),
  });
  const settled = rows.filter((row) => row['activity_type'] !== 'FILL' && wasToldSince(first, row));
  const stocks = new Set<Row>();
  for (const row of settled) {
    const isMoved = mayMoveShares(row) && (await classes.ofSymbol(row)) === 'us_equity';
    if (isMoved) stocks.add(row);
  }
  const shape = (row: Row) => nonTrade(ruleOf(row), stocks.has(row));
  const read = readRows(settled, { what, answer: 'activities', shape, isOurs });
  return {
    activities: read.rows.toSorted((a, b) => a.at - b.at),
    setAside: read.setAside,
  };
}

/**
 * A row that the broker recorded late is older than its recording. A row without a date is left to its
 * reader.
 */
function wasToldSince(first: SessionDate, { date, created_at: created }: Row): boolean {
  if (typeof date !== 'string' || date >= first) return true;
  const told = instant.safeParse(created);
  return told.success && newYorkDate(told.data) >= first;
}

/** A cash dividend states the shares that earned it; they did not move. */
function mayMoveShares(row: Row): boolean {
  return ruleOf(row).movesShares && row['qty'] !== undefined && row['qty'] !== null;
}

function ruleOf(row: Row) {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return activityRule(text(row['activity_type']), text(row['activity_sub_type']), paysCash(row));
}

const HALF_A_CENT = 0.005;

/**
 * A cash dividend that is rounded to nothing, or whose sum is still missing, has an amount a share. A stock
 * dividend has shares instead.
 */
function paysCash({ net_amount: amount, per_share_amount: perShare, qty: held }: Row): boolean {
  if (Number(amount ?? 0) !== 0) return true;
  const earned = Number(perShare ?? 0) * Number(held ?? 0);
  return earned > 0 && (earned < HALF_A_CENT || (amount ?? undefined) === undefined);
}

/** The journal's kind for the row's rule. */
function kindOf({ meaning }: ActivityRule, type: string, cash: number): ActivityKind {
  switch (meaning) {
    case 'money':
      return cash < 0 ? 'withdrawal' : 'deposit';
    case 'shares':
      return 'transfer';
    case 'income':
      return type.startsWith('DIV') ? 'dividend' : 'interest';
    case 'return-of-capital':
      return 'dividend';
    case 'cost':
      return type.startsWith('DIV') ? 'dividend' : type.startsWith('INT') ? 'interest' : 'fee';
    case 'corporate-action':
      return 'split';
    case 'trade':
    case 'unknown':
      return 'other';
    default:
      return meaning satisfies never;
  }
}

type Query = Pick<trading.GetAccountActivitiesRequest, 'activityTypes' | 'category' | 'after'>;

/** Every row of every page, each once: a page starts after the last row's id. */
async function readPages(alpaca: Alpaca, what: string, query: Query): Promise<readonly Row[]> {
  const found = new Map<unknown, Row>();
  let next: { readonly pageToken?: string } = {};
  for (let page = 0; page < MAX_PAGES; page++) {
    const request = { ...query, ...next, direction: 'asc', pageSize: PAGE_SIZE } as const;
    const rows = listOf(
      what,
      await askJson(what, () => alpaca.trading.accountActivities.getAccountActivitiesRaw(request)),
    );
    // Rows without an id are keyed by identity; they cannot be booked.
    for (const each of rows) found.set(idOf(each) ?? each, each);
    const last = rows.map(idOf).findLast((id) => id !== undefined);
    if (rows.length < PAGE_SIZE || last === undefined) return [...found.values()];
    next = { pageToken: last };
  }
  throw new TradingError(`${what}: the list does not end`, 'retry');
}

function idOf({ id }: Row): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}
