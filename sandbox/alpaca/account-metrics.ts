/** Account value and free cash. Pure: books, market and an instant. */
import { lastClosedSession, sessionAt } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type Ticker,
  valueOf,
} from '#core/domain/units.ts';
import type { Book } from './book.ts';
import type { Holding, Holdings } from './holdings.ts';
import type { Market } from './market.ts';
import { isOpen, type OrderRecord, type Settings } from './records.ts';
import { leaves } from './timetable.ts';
import type { Withheld } from './withheld.ts';

/** Amounts of the account, in cents. */
export interface AccountMetrics {
  readonly cash: Cents;
  readonly longValue: Cents;
  readonly equity: Cents;
  readonly lastEquity: Cents;
  readonly buyingPower: Cents;
}

/** A position, its prices and gains, in cents. */
export interface PositionMetrics {
  readonly holding: Holding;
  readonly available: Qty;
  readonly price: Cents;
  readonly lastDayPrice: Cents;
  readonly value: Cents;
  /** Relative to the cost of the shares. */
  readonly unrealised: Cents;
  /** Since the last close; today's buys relative to their cost. */
  readonly today: Cents;
}

/** A price in dollars, for `valueOf`. */
export function usd(price: Cents): number {
  return price / 100;
}

function sharesValue(held: Holdings, market: Market, now: EpochMs): Cents {
  let sum = 0;
  for (const { ticker, qty: shares } of held.shares.values()) {
    sum += valueOf(shares, usd(market.quote(ticker, now)?.last ?? cents(0)));
  }
  return cents(sum);
}

/** @param withheld proceeds of sells that are not shown yet */
export function accountMetrics(
  book: Book,
  market: Market,
  now: EpochMs,
  withheld: Withheld,
): AccountMetrics {
  const held = book.holdings();
  const longValue = sharesValue(held, market, now);
  const equity = cents(held.cash + longValue);
  const free = multiplierOf(book.settings()) * equity - longValue - reservedCash(book.openOrders());
  return {
    cash: cents(held.cash - withheld.cash(now)),
    longValue,
    equity,
    lastEquity: equityAt(book, market, previousClose(now)),
    buyingPower: cents(Math.max(0, free - withheld.buyingPower(now))),
  };
}

/** Equity at a past instant. */
export function equityAt(book: Book, market: Market, instant: EpochMs): Cents {
  const held = book.holdingsAt(instant);
  return cents(held.cash + sharesValue(held, market, instant));
}

/** Returns undefined for a ticker that is not held. */
export function positionMetrics(
  book: Book,
  market: Market,
  ticker: Ticker,
  now: EpochMs,
): PositionMetrics | undefined {
  const holding = book.holdings().shares.get(ticker);
  if (!holding) return undefined;
  const price = market.quote(ticker, now)?.last ?? cents(0);
  const before = previousClose(now);
  const lastDayPrice = market.quote(ticker, before)?.last ?? price;
  const heldBefore = book.holdingsAt(before).shares.get(ticker)?.qty ?? qty(0);
  const value = valueOf(holding.qty, usd(price));
  return {
    holding,
    price,
    lastDayPrice,
    value,
    available: qty(holding.qty - reservedShares(book.openOrders(ticker))),
    unrealised: cents(value - holding.cost),
    today: cents(value - valueOf(heldBefore, usd(lastDayPrice)) + spentSince(book, ticker, before)),
  };
}

/** The close of the last session before the New York day of the instant. */
function previousClose(now: EpochMs): EpochMs {
  const today = sessionAt(now)?.date ?? newYorkDate(now);
  const last = lastClosedSession(now);
  return last.date === today ? lastClosedSession((last.open - 1) as EpochMs).close : last.close;
}

/** The broker's multiplier, limited by the account's own setting. */
export function multiplierOf(settings: Settings): number {
  return Math.min(settings.multiplier, settings.maxMarginMultiplier);
}

/** Buying power reserved by open buys; a partly filled order reserves the rest. */
export function reservedCash(open: readonly OrderRecord[]): Cents {
  let sum = 0;
  for (const order of open.filter(isOpen)) {
    const share = order.qty === undefined ? 1 : leaves(order) / order.qty;
    sum += Math.ceil(order.reserve * share);
  }
  return cents(sum);
}

/** Shares reserved by open sells; orders by notional reserve none, as their size is unknown. */
export function reservedShares(open: readonly OrderRecord[]): Qty {
  const sells = open.filter((order) => order.side === 'sell');
  return qty(sells.reduce((sum, order) => sum + leaves(order), 0));
}

function spentSince(book: Book, ticker: Ticker, instant: EpochMs): Cents {
  const all = book.activities();
  let sum = 0;
  for (let index = all.length - 1; (all[index]?.at ?? instant) > instant; index--) {
    const activity = all[index];
    if (activity?.kind === 'fill' && activity.ticker === ticker) sum += activity.amount;
  }
  return cents(sum);
}
