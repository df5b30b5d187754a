/** Whether the account may have this order now. Pure: books, market and an instant. */
import { sessionAt } from '#core/domain/calendar.ts';
import {
  type Cents,
  cents,
  centsToDecimal,
  type EpochMs,
  qtyToDecimal,
  valueOf,
} from '#core/domain/units.ts';
import { type Answer, forbidden, invalid } from './answers.ts';
import type { Book } from './book.ts';
import { accountFigures, multiplierOf, reservedShares, usd } from './figures.ts';
import type { Market } from './market.ts';
import type { OrderRecord } from './records.ts';
import { isFractional, type Reading, type Ticket, unknownAsset } from './ticket.ts';

interface Case {
  readonly ticket: Ticket;
  readonly book: Book;
  readonly market: Market;
  readonly now: EpochMs;
  /** What a buy would take: at the far side of the quote, or at the last trade while closed. */
  readonly cost: Cents;
  readonly opposite: OrderRecord | undefined;
}

const LEAST = cents(100);

/** In the order in which the broker complains. */
const RULES: readonly ((order: Case) => Answer | undefined)[] = [
  unknown,
  repeated,
  suspended,
  ({ ticket, book }) =>
    isFractional(ticket) && !book.settings().fractionalTrading
      ? forbidden('fractional trading is disabled for this account')
      : undefined,
  ({ ticket, cost }) =>
    cost < LEAST && (ticket.side === 'buy' || ticket.notional !== undefined)
      ? forbidden('cost basis must be >= minimal amount of order 1')
      : undefined,
  washed,
  uncovered,
  unaffordable,
];

/** The cost that is kept from the buying power, or the refusal. */
export function admit(ticket: Ticket, book: Book, market: Market, now: EpochMs): Reading<Cents> {
  const cost = costOf(ticket, market, now);
  const opposite = book.openOrders(ticket.ticker).find((open) => meets(ticket, open));
  for (const rule of RULES) {
    const answer = rule({ ticket, book, market, now, cost, opposite });
    if (answer) return { kind: 'refused', answer };
  }
  return { kind: 'read', value: ticket.side === 'buy' ? cost : cents(0) };
}

function costOf(ticket: Ticket, market: Market, now: EpochMs): Cents {
  if (ticket.notional !== undefined) return ticket.notional;
  const quote = market.quote(ticket.ticker, now);
  if (!quote || ticket.qty === undefined) return cents(0);
  const touch = sessionAt(now) ? (ticket.side === 'buy' ? quote.ask : quote.bid) : quote.last;
  return valueOf(ticket.qty, usd(ticket.limit ?? touch));
}

function unknown({ ticket, market, now }: Case): Answer | undefined {
  return market.quote(ticket.ticker, now) ? undefined : unknownAsset(ticket.ticker);
}

/** An id is burnt for ever, also by an order that was cancelled. */
function repeated({ ticket, book }: Case): Answer | undefined {
  const known = ticket.clientOrderId !== undefined && book.orderByClientId(ticket.clientOrderId);
  return known ? invalid('client_order_id must be unique') : undefined;
}

function suspended({ book }: Case): Answer | undefined {
  const { suspendTrade, blocked } = book.settings();
  if (blocked) return forbidden('account is not authorized to trade');
  return suspendTrade ? forbidden('new orders are rejected by user request') : undefined;
}

/** Two orders of one account that could trade with each other. */
function meets(ticket: Ticket, open: OrderRecord): boolean {
  if (open.side === ticket.side) return false;
  if (ticket.limit === undefined || open.limit === undefined) return true;
  return ticket.side === 'buy' ? ticket.limit >= open.limit : open.limit >= ticket.limit;
}

function washed({ opposite }: Case): Answer | undefined {
  if (!opposite) return undefined;
  const kind = opposite.type === 'market' ? 'market/stop' : 'limit';
  return forbidden('potential wash trade detected. use complex orders', {
    existing_order_id: opposite.id,
    reject_reason: `opposite side ${kind} order exists`,
  });
}

function uncovered({ ticket, book, market, now }: Case): Answer | undefined {
  if (ticket.side === 'buy') return undefined;
  const open = book.openOrders(ticket.ticker);
  const byNotional = ticket.notional !== undefined || open.some((order) => order.qty === undefined);
  if (byNotional && open.length > 0) {
    return forbidden(
      'unable to open new notional orders while having open closing position orders',
    );
  }
  const holding = book.holdings().shares.get(ticket.ticker);
  if (!holding) return shorting(ticket, book);
  const bid = market.quote(ticket.ticker, now)?.bid ?? cents(0);
  const held = reservedShares(open);
  const available = holding.qty - held;
  const enough =
    ticket.qty === undefined
      ? (ticket.notional ?? 0) <= valueOf(holding.qty, usd(bid))
      : ticket.qty <= available;
  if (enough) return undefined;
  const asked =
    ticket.qty === undefined
      ? centsToDecimal(ticket.notional ?? cents(0))
      : qtyToDecimal(ticket.qty);
  const free = qtyToDecimal(available as typeof held);
  return forbidden(
    `insufficient qty available for order (requested: ${asked}, available: ${free})`,
    {
      available: free,
      existing_qty: qtyToDecimal(holding.qty),
      held_for_orders: qtyToDecimal(held),
      related_orders: open.map((order) => order.id),
      symbol: ticket.ticker,
    },
  );
}

/** The sandbox lends no shares; the text says which of the two reasons holds. */
function shorting(ticket: Ticket, book: Book): Answer {
  if (isFractional(ticket)) return forbidden('fractional orders cannot be sold short');
  const { noShorting } = book.settings();
  return noShorting || multiplierOf(book.settings()) === 1
    ? forbidden('account is not allowed to short')
    : forbidden(`asset "${ticket.ticker}" cannot be sold short`);
}

function unaffordable({ ticket, book, market, now, cost }: Case): Answer | undefined {
  if (ticket.side === 'sell') return undefined;
  const { buyingPower } = accountFigures(book, market, now);
  if (cost <= buyingPower) return undefined;
  return forbidden('insufficient buying power', {
    buying_power: centsToDecimal(buyingPower),
    cost_basis: centsToDecimal(cost),
  });
}
