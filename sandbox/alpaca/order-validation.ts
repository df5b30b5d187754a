/** Whether the account may place this order now. Pure: books, market and an instant. */
import { sessionAt } from '#core/domain/calendar.ts';
import {
  type Cents,
  cents,
  centsToDecimal,
  type EpochMs,
  qty,
  qtyToDecimal,
  valueOf,
} from '#core/domain/units.ts';
import { accountMetrics, multiplierOf, reservedShares, usd } from './account-metrics.ts';
import { type Answer, forbidden, invalid, unprocessable } from './answers.ts';
import type { Book } from './book.ts';
import { type Levers, leverOf, reservedBy } from './levers.ts';
import type { Market } from './market.ts';
import { isFractional, type OrderRequest, type Reading, unknownAsset } from './order-request.ts';
import type { OrderRecord } from './records.ts';
import type { Withheld } from './withheld.ts';

/** Dependencies of validateOrder. */
export interface ValidationParts {
  readonly book: Book;
  readonly market: Market;
  readonly levers: Levers;
  readonly withheld: Withheld;
}

interface Case {
  readonly request: OrderRequest;
  readonly venue: ValidationParts;
  readonly book: Book;
  readonly market: Market;
  readonly now: EpochMs;
  /** Cost of a buy: at the far side of the quote, or at the last trade while closed. */
  readonly cost: Cents;
  readonly opposite: OrderRecord | undefined;
}

const MIN_NOTIONAL = cents(100);

/** In the order of the broker's own checks. */
const RULES: readonly ((order: Case) => Answer | undefined)[] = [
  unknown,
  repeated,
  suspended,
  untradable,
  ({ request, book }) =>
    isFractional(request) && !book.settings().fractionalTrading
      ? forbidden('fractional trading is disabled for this account')
      : undefined,
  ({ request, cost }) =>
    cost < MIN_NOTIONAL && (request.side === 'buy' || request.notional !== undefined)
      ? forbidden('cost basis must be >= minimal amount of order 1')
      : undefined,
  washed,
  uncovered,
  unaffordable,
];

/** Buying power to reserve, or the rejection. */
export function validateOrder(
  request: OrderRequest,
  venue: ValidationParts,
  now: EpochMs,
): Reading<Cents> {
  const { book, market } = venue;
  const cost = costOf(request, market, now);
  const opposite = book.openOrders(request.ticker).find((open) => meets(request, open));
  for (const rule of RULES) {
    const answer = rule({ request, venue, book, market, now, cost, opposite });
    if (answer) return { kind: 'refused', answer };
  }
  return { kind: 'read', value: request.side === 'buy' ? cost : cents(0) };
}

function costOf(request: OrderRequest, market: Market, now: EpochMs): Cents {
  if (request.notional !== undefined) return request.notional;
  const quote = market.quote(request.ticker, now);
  if (!quote || request.qty === undefined) return cents(0);
  const touch = sessionAt(now) ? (request.side === 'buy' ? quote.ask : quote.bid) : quote.last;
  return valueOf(request.qty, usd(request.limit ?? touch));
}

function unknown({ request, market, now }: Case): Answer | undefined {
  return market.quote(request.ticker, now) ? undefined : unknownAsset(request.ticker);
}

/** An id can be used only once, even if its order was cancelled. */
function repeated({ request, book }: Case): Answer | undefined {
  const known = request.clientOrderId !== undefined && book.orderByClientId(request.clientOrderId);
  return known ? invalid('client_order_id must be unique') : undefined;
}

function suspended({ book, venue, request }: Case): Answer | undefined {
  const { suspendTrade, blocked } = book.settings();
  const { liquidationOnly, accountBlocked, tradingBlocked } = venue.levers.settings().account;
  if (liquidationOnly && request.side === 'buy') {
    return forbidden('account is restricted to liquidation only');
  }
  if (blocked || accountBlocked || tradingBlocked)
    return forbidden('account is not authorized to trade');
  return suspendTrade ? forbidden('new orders are rejected by user request') : undefined;
}

function untradable({ request, venue }: Case): Answer | undefined {
  const asset = leverOf(venue.levers.settings().assets, request.ticker);
  if (asset?.tradable === false) {
    return unprocessable(`asset "${request.ticker}" is not tradable`);
  }
  return asset?.fractionable === false && isFractional(request)
    ? forbidden(`asset "${request.ticker}" is not fractionable`)
    : undefined;
}

/** Two orders of one account that could trade with each other. */
function meets(request: OrderRequest, open: OrderRecord): boolean {
  if (open.side === request.side) return false;
  if (request.limit === undefined || open.limit === undefined) return true;
  return request.side === 'buy' ? request.limit >= open.limit : open.limit >= request.limit;
}

function washed({ opposite }: Case): Answer | undefined {
  if (!opposite) return undefined;
  const kind = opposite.type === 'market' ? 'market/stop' : 'limit';
  return forbidden('potential wash trade detected. use complex orders', {
    existing_order_id: opposite.id,
    reject_reason: `opposite side ${kind} order exists`,
  });
}

function coveredValue(notional: Cents, value: Cents) {
  return { asked: centsToDecimal(notional), isCovered: notional <= value };
}

function uncovered({ request, venue, book, market, now }: Case): Answer | undefined {
  if (request.side === 'buy') return undefined;
  const open = book.openOrders(request.ticker);
  const byNotional =
    request.notional !== undefined || open.some((order) => order.qty === undefined);
  if (byNotional && open.length > 0) {
    return forbidden(
      'unable to open new notional orders while having open closing position orders',
    );
  }
  const holding = book.holdings().shares.get(request.ticker);
  if (!holding) return shorting(request, book);
  const bid = market.quote(request.ticker, now)?.bid ?? cents(0);
  const held = qty(reservedShares(open) + reservedBy(venue.levers.settings(), request.ticker));
  const available = holding.qty - held;
  const { asked, isCovered } =
    request.qty === undefined
      ? coveredValue(request.notional ?? cents(0), valueOf(holding.qty, usd(bid)))
      : { asked: qtyToDecimal(request.qty), isCovered: request.qty <= available };
  if (isCovered) return undefined;
  const free = qtyToDecimal(available as typeof held);
  return forbidden(
    `insufficient qty available for order (requested: ${asked}, available: ${free})`,
    {
      available: free,
      existing_qty: qtyToDecimal(holding.qty),
      held_for_orders: qtyToDecimal(held),
      related_orders: open.map((order) => order.id),
      symbol: request.ticker,
    },
  );
}

/** The sandbox lends no shares; the text says which of the two reasons applies. */
function shorting(request: OrderRequest, book: Book): Answer {
  if (isFractional(request)) return forbidden('fractional orders cannot be sold short');
  const { noShorting } = book.settings();
  return noShorting || multiplierOf(book.settings()) === 1
    ? forbidden('account is not allowed to short')
    : forbidden(`asset "${request.ticker}" cannot be sold short`);
}

function unaffordable({ request, venue, book, market, now, cost }: Case): Answer | undefined {
  if (request.side === 'sell') return undefined;
  const { buyingPower } = accountMetrics(book, market, now, venue.withheld);
  if (cost <= buyingPower) return undefined;
  return forbidden('insufficient buying power', {
    buying_power: centsToDecimal(buyingPower),
    cost_basis: centsToDecimal(cost),
  });
}
