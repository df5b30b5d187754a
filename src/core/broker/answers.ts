/** The broker's JSON as our own nouns. Parsed here once, trusted everywhere else. */
import { z } from 'zod';
import type { Account, Asset, LatestPrice, MarketClock, Position } from '../domain/account.ts';
import { newYorkInstant } from '../domain/new-york.ts';
import type { Order, OrderStatus } from '../domain/order.ts';
import { qty, sessionDate, type Ticker } from '../domain/units.ts';
import type { BrokerSession } from '../ports.ts';
import { cost, instant, money, optional, price, shares, stocks, symbol, word } from './fields.ts';

/** `GET /v2/account`; money in cents. Blocked by any of the three flags counts as blocked. */
export const account = z
  .object({
    id: word,
    account_number: word,
    status: word,
    equity: money,
    cash: money,
    buying_power: money,
    account_blocked: z.boolean(),
    trading_blocked: z.boolean(),
    trade_suspended_by_user: z.boolean(),
  })
  .transform(
    (wire): Account => ({
      id: wire.id,
      number: wire.account_number,
      status: wire.status,
      equity: wire.equity,
      cash: wire.cash,
      buyingPower: wire.buying_power,
      blocked: wire.account_blocked || wire.trading_blocked || wire.trade_suspended_by_user,
    }),
  );

const position = z
  .object({
    symbol,
    side: z.enum(['long', 'short']),
    qty: shares,
    qty_available: optional(shares),
    avg_entry_price: cost,
    current_price: optional(price),
    market_value: optional(money),
    unrealized_pl: optional(money),
  })
  .transform((wire): Position => {
    const held = signed(wire.qty, wire.side);
    return {
      ticker: wire.symbol,
      qty: held,
      available: signed(wire.qty_available ?? wire.qty, wire.side),
      averagePrice: wire.avg_entry_price,
      currentPrice: wire.current_price,
      marketValue: wire.market_value,
      unrealised: wire.unrealized_pl,
    };
  });

/** `GET /v2/positions`: the stocks of them; a short position has a negative quantity. */
export const positions = stocks(position);

/** `GET /v2/clock`; instants in milliseconds. */
export const marketClock = z
  .object({ timestamp: instant, is_open: z.boolean(), next_open: instant, next_close: instant })
  .transform(
    (wire): MarketClock => ({
      at: wire.timestamp,
      open: wire.is_open,
      nextOpen: wire.next_open,
      nextClose: wire.next_close,
    }),
  );

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM');

/** `GET /v2/calendar`: sessions, their New York wall times as instants. */
export const calendar = z.array(
  z
    .object({ date: z.iso.date('expected YYYY-MM-DD'), open: wallTime, close: wallTime })
    .transform((wire): BrokerSession => {
      const date = sessionDate(wire.date);
      return {
        date,
        open: newYorkInstant(date, minutesOf(wire.open)),
        close: newYorkInstant(date, minutesOf(wire.close)),
      };
    }),
);

/** `GET /v2/assets/{symbol}`: whether it may be traded, and in fractions of a share. */
export const asset = z
  .object({ symbol, status: word, tradable: z.boolean(), fractionable: z.boolean() })
  .transform(
    (wire): Asset => ({
      ticker: wire.symbol,
      tradable: wire.tradable && wire.status === 'active',
      fractionable: wire.fractionable,
    }),
  );

/** `GET /v2/stocks/trades/latest`: the latest trade of each ticker, in dollars a share. */
export const latestTrades = z
  .object({ trades: z.record(z.string(), z.object({ t: instant, p: price })) })
  .transform(({ trades }): ReadonlyMap<Ticker, LatestPrice> => {
    const prices = Object.entries(trades).map(([text, { t, p }]): LatestPrice => {
      return { ticker: symbol.parse(text), price: p, at: t };
    });
    return new Map(prices.map((each) => [each.ticker, each]));
  });

/** One order; quantities in billionths of a share, every status of the broker as one of ours. */
export const order = z
  .object({
    id: word,
    client_order_id: word,
    symbol,
    side: z.enum(['buy', 'sell']),
    qty: optional(shares),
    filled_qty: shares,
    filled_avg_price: optional(price),
    status: word,
    created_at: instant,
    submitted_at: optional(instant),
    updated_at: optional(instant),
  })
  .transform(
    (wire): Order => ({
      id: wire.id,
      clientOrderId: wire.client_order_id,
      ticker: wire.symbol,
      side: wire.side,
      // An order for an amount of money, which is never ours, has no quantity but what is filled.
      qty: wire.qty ?? wire.filled_qty,
      filledQty: wire.filled_qty,
      averagePrice: wire.filled_avg_price,
      status: statusOf(wire.status),
      brokerStatus: wire.status,
      submittedAt: wire.submitted_at ?? wire.created_at,
      updatedAt: wire.updated_at ?? wire.submitted_at ?? wire.created_at,
    }),
  );

/** A list of orders; those for options, crypto pairs and several legs are left out. */
export const orders = stocks(order);

const FINAL: ReadonlySet<string> = new Set([
  'filled',
  'canceled',
  'expired',
  'rejected',
  'replaced',
] satisfies OrderStatus[]);

/** A word that we do not know means that it may still fill; `done_for_day` is not final either. */
function statusOf(text: string): OrderStatus {
  return FINAL.has(text) ? (text as OrderStatus) : 'open';
}

function signed(held: number, side: 'long' | 'short') {
  return qty(side === 'short' ? -Math.abs(held) : held);
}

function minutesOf(wall: string): number {
  const [hours = 0, minutes = 0] = wall.split(':').map(Number);
  return hours * 60 + minutes;
}
