/** The account's activities: executions, and cash or shares that moved without an order. */
import { type Alpaca, trading } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { Activity } from '../domain/activity.ts';
import { newYorkDate, newYorkInstant } from '../domain/new-york.ts';
import type { Fill } from '../domain/order.ts';
import { cents, type EpochMs, qty, sessionDate } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { askJson, parse } from './ask.ts';
import { instant, money, optional, price, shares, stocks, symbol, word } from './fields.ts';

const A_PAGE = 100;
/** Far beyond what a desk of monthly rebalances can have; a list without end is a fault. */
const MOST_PAGES = 200;
const DAY_MS = 86_400_000;

/** Executions of one millisecond come in any order; the cumulative quantity tells which was first. */
interface FillInOrder {
  readonly fill: Fill;
  readonly cumulative: number;
}

const fills = stocks(
  z
    .object({
      id: word,
      order_id: word,
      symbol,
      side: z.enum(['buy', 'sell', 'sell_short']),
      qty: shares,
      cum_qty: optional(shares),
      price,
      transaction_time: instant,
    })
    .transform((wire): FillInOrder => {
      const side = wire.side === 'buy' ? 'buy' : 'sell';
      const { id, order_id: orderId, price: paid, transaction_time: at } = wire;
      const fill = {
        id,
        orderId,
        ticker: wire.symbol,
        side,
        qty: wire.qty,
        price: paid,
        at,
      } as const;
      return { fill, cumulative: wire.cum_qty ?? wire.qty };
    }),
);

/** Executions after `since`, oldest first, each once. */
export async function readFills(alpaca: Alpaca, since: EpochMs): Promise<readonly Fill[]> {
  const rows = await readPages(alpaca, 'Alpaca fills', {
    activityTypes: [trading.ActivityType.Fill],
    after: new Date(since),
  });
  return parse('Alpaca fills', rows, fills)
    .toSorted((a, b) => a.fill.at - b.fill.at || a.cumulative - b.cumulative)
    .map(({ fill }) => fill);
}

const nonTrades = z.array(
  z
    .object({
      id: word,
      activity_type: word,
      date: z.iso.date('expected YYYY-MM-DD'),
      created_at: optional(instant),
      net_amount: optional(money),
      symbol: optional(z.string()),
      qty: optional(shares),
    })
    .transform((wire): Activity => {
      const cash = wire.net_amount ?? cents(0);
      const kind = kindOf(wire.activity_type, cash);
      const ticker = symbol.safeParse(wire.symbol);
      return {
        id: wire.id,
        kind,
        ticker: ticker.success ? ticker.data : undefined,
        // A dividend names the shares that earned it; they did not move.
        qty: kind === 'split' || kind === 'other' ? (wire.qty ?? qty(0)) : qty(0),
        cash,
        at: wire.created_at ?? newYorkInstant(sessionDate(wire.date), 0),
      };
    }),
);

/** Cash and shares that moved without an order, from the New York day of `since` on; oldest first, each once. */
export async function readActivities(alpaca: Alpaca, since: EpochMs): Promise<readonly Activity[]> {
  const what = 'Alpaca activities';
  const first = newYorkDate(since);
  const rows = await readPages(alpaca, what, {
    category: 'non_trade_activity',
    // These have a day and no time; a day earlier leaves no doubt about which midnight is meant.
    after: new Date(Date.parse(`${first}T00:00:00Z`) - DAY_MS),
  });
  const settled = rows.filter(
    ({ activity_type, status }) => activity_type !== 'FILL' && status !== 'canceled',
  );
  return parse(what, settled, nonTrades)
    .filter(({ at }) => newYorkDate(at) >= first)
    .toSorted((a, b) => a.at - b.at);
}

function kindOf(type: string, cash: number): Activity['kind'] {
  if (type.startsWith('DIV')) return 'dividend';
  if (type.startsWith('INT')) return 'interest';
  if (type === 'FEE' || type === 'CFEE' || type === 'PTC') return 'fee';
  if (type === 'SPLIT' || type === 'SSP') return 'split';
  // Cash that came or went: deposits, withdrawals, journals and transfers between brokers.
  if (['TRANS', 'CSD', 'CSW', 'JNLC', 'ACATC'].includes(type)) {
    return cash < 0 ? 'withdrawal' : 'deposit';
  }
  return 'other';
}

const row = z.looseObject({ id: word, activity_type: word, status: z.unknown().optional() });

type Query = Pick<trading.GetAccountActivitiesRequest, 'activityTypes' | 'category' | 'after'>;

/** Every row of every page, each once: pages go on after the id of the row before. */
async function readPages(
  alpaca: Alpaca,
  what: string,
  query: Query,
): Promise<readonly z.output<typeof row>[]> {
  const found = new Map<string, z.output<typeof row>>();
  let next: { readonly pageToken?: string } = {};
  for (let page = 0; page < MOST_PAGES; page++) {
    const request = { ...query, ...next, direction: 'asc', pageSize: A_PAGE } as const;
    const body = await askJson(what, () =>
      alpaca.trading.accountActivities.getAccountActivitiesRaw(request),
    );
    const rows = parse(what, body, z.array(row));
    for (const each of rows) found.set(each.id, each);
    const last = rows.at(-1);
    if (!last || rows.length < A_PAGE) return [...found.values()];
    next = { pageToken: last.id };
  }
  throw new TradingError(`${what}: the list does not end`, 'retry');
}
