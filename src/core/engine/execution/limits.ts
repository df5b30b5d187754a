/** The last check before an order leaves, on what the broker says right now. Pure. */
import type { Account, Asset, LatestPrice, MarketClock, Position } from '#core/domain/account.ts';
import type { ManagedOrder, TradingState } from '#core/domain/account-state.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { isFinal, type Order, type OrderIntent } from '#core/domain/order.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Ticker,
  toDollars,
  valueOf,
} from '#core/domain/units.ts';
import { tradableSession } from '#core/scheduler.ts';
import type { LimitName } from './limit-hints.ts';

export interface TradingLimits {
  /** Sum of positions and open orders over equity. */
  readonly maxGross: number;
  /** One sector's share of equity, before prices moved it; checked with a little room. */
  readonly maxWeight: number;
  readonly maxOrder: Cents;
  readonly maxOrdersPerDay: number;
  /** Sum of order values in a day over equity. */
  readonly maxTurnoverPerDay: number;
  /** How far the latest trade may be from the close that was decided on, as a fraction. */
  readonly priceCollar: number;
  /** From the peak, as a fraction; beyond it nothing adds exposure. */
  readonly maxDrawdown: number;
}

export interface Situation {
  readonly now: EpochMs;
  /** When the question was asked and answered on our clock, for the skew. */
  readonly askedAt: EpochMs;
  readonly state: TradingState;
  readonly market: MarketClock;
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly openOrders: readonly Order[];
  readonly asset: Asset | undefined;
  readonly latest: LatestPrice | undefined;
  /** Latest trades of the ticker and of every open order, dollars a share. */
  readonly prices: ReadonlyMap<Ticker, number>;
  /** The close that the decision used, dollars a share. */
  readonly closeDecidedOn: number | undefined;
  /** Legs written today, this one included. */
  readonly today: readonly ManagedOrder[];
  readonly defensive: Ticker;
  /**
   * A person has everything sold. Limits of size and number guard against a machine that runs away;
   * a sell of what is held, typed by a person, is the brake and not the danger.
   */
  readonly flattening?: boolean;
}

export type OrderBlock =
  /** Not now; it may be right later. */
  | { readonly kind: 'wait'; readonly limit: LimitName; readonly reason: string }
  /** Not this order. */
  | { readonly kind: 'refuse'; readonly limit: LimitName; readonly reason: string };

/** The broker's clock and ours may be this far apart. */
const MAX_SKEW_MS = 5_000;
/** Prices move between plan and order; a weight may end this much over its cap. */
const WEIGHT_ROOM = 0.02;
const GROSS_ROOM = 0.01;
/** Stands for the price of an open order that nobody knows. */
const MOST_USD = 1_000_000;

/** The first reason why the order may not leave, or undefined. */
export function orderBlock(
  intent: OrderIntent,
  situation: Situation,
  limits: TradingLimits,
): OrderBlock | undefined {
  return (
    marketBlock(situation) ??
    stateBlock(intent, situation) ??
    accountBlock(intent, situation) ??
    priceBlock(intent, situation, limits) ??
    (situation.flattening && intent.side === 'sell'
      ? undefined
      : sizeBlock(intent, situation, limits)) ??
    (intent.side === 'buy' ? exposureBlock(intent, situation, limits) : undefined)
  );
}

function wait(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'wait', limit, reason };
}

function refuse(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'refuse', limit, reason };
}

function marketBlock({ now, askedAt, market }: Situation): OrderBlock | undefined {
  if (!tradableSession(now)) {
    return wait(
      'trading window',
      'orders leave from 09:35 New York to 15 minutes before the close',
    );
  }
  if (!market.open) return wait('market', 'the broker says that the market is closed');
  const skew = Math.max(askedAt - market.at, market.at - now, 0);
  if (skew >= MAX_SKEW_MS) {
    return wait('clock', `the broker's clock and ours are ${Math.round(skew / 1000)} s apart`);
  }
  return undefined;
}

/** Asked once more in the same breath as the POST: it may have changed while the others answered. */
export function stateBlock(
  intent: Pick<OrderIntent, 'side'>,
  { state }: Pick<Situation, 'state'>,
): OrderBlock | undefined {
  if (state === 'HALT') return wait('trading state', 'trading is halted');
  if (state === 'REDUCE' && intent.side === 'buy')
    return wait('trading state', 'buying is stopped');
  return undefined;
}

function accountBlock(intent: OrderIntent, situation: Situation): OrderBlock | undefined {
  const { account, asset, openOrders, positions } = situation;
  if (account.blocked) return wait('account', `the account is ${account.status} and blocked`);
  if (!asset?.tradable) return refuse('asset', `${intent.ticker} cannot be traded at the broker`);
  const crossing = openOrders.find(
    (order) => order.ticker === intent.ticker && order.side !== intent.side,
  );
  if (crossing)
    return wait('crossing order', `a ${crossing.side} of ${intent.ticker} is still open`);
  const held = positions.find(({ ticker }) => ticker === intent.ticker);
  if (intent.side === 'sell' && (held?.available ?? 0) < intent.qty) {
    return refuse('short sale', `${intent.ticker}: fewer shares are there than would be sold`);
  }
  return undefined;
}

/** Two independent prices must agree: the latest trade and the close that was decided on. */
function priceBlock(
  intent: OrderIntent,
  { latest, closeDecidedOn }: Situation,
  { priceCollar }: TradingLimits,
): OrderBlock | undefined {
  if (!latest) return wait('price', `${intent.ticker} has no latest trade`);
  if (closeDecidedOn === undefined) return refuse('price', `${intent.ticker} has no last close`);
  const gap = Math.abs(latest.price / closeDecidedOn - 1);
  if (Number.isFinite(gap) && gap <= priceCollar) return undefined;
  return wait(
    'price collar',
    `${intent.ticker}: latest trade ${latest.price}, last close ${closeDecidedOn}`,
  );
}

function sizeBlock(
  intent: OrderIntent,
  { account, latest, today }: Situation,
  limits: TradingLimits,
): OrderBlock | undefined {
  const value = valueOf(intent.qty, latest?.price ?? intent.priceAtDecision);
  if (value > limits.maxOrder) {
    return refuse(
      'MAX_ORDER_USD',
      `${intent.ticker}: ${usd(value)} is over ${usd(limits.maxOrder)}`,
    );
  }
  if (today.length > limits.maxOrdersPerDay) {
    return wait('MAX_ORDERS_PER_DAY', `${today.length - 1} orders were written today`);
  }
  const turned = today.reduce((sum, managed) => sum + turnoverOf(managed), 0);
  if (turned > limits.maxTurnoverPerDay * account.equity) {
    return wait('MAX_TURNOVER_PER_DAY', `${usd(cents(turned))} would be turned over today`);
  }
  return undefined;
}

/** In cents: what was filled of an order that is over, and all of any other. */
function turnoverOf({ intent, order, state }: ManagedOrder): number {
  if (state === 'refused') return 0;
  if (!order || !isFinal(order)) return intent.estimated;
  const { filledQty, averagePrice } = order;
  if (filledQty === 0) return 0;
  return averagePrice === undefined ? intent.estimated : valueOf(filledQty, averagePrice);
}

/** What the account would hold with every open order filled, and this one. */
function exposureBlock(
  intent: OrderIntent,
  { account, positions, openOrders, prices, latest, defensive }: Situation,
  limits: TradingLimits,
): OrderBlock | undefined {
  const price = latest?.price ?? intent.priceAtDecision;
  const value = valueOf(intent.qty, price);
  const held = (only?: Ticker): number =>
    positions
      .filter(({ ticker }) => only === undefined || ticker === only)
      .reduce((sum, each) => sum + (each.marketValue ?? bookValue(each)), 0);
  const pending = (only?: Ticker): number =>
    openOrders
      .filter(({ side, ticker }) => side === 'buy' && (only === undefined || ticker === only))
      .reduce((sum, each) => sum + valueOf(each.qty, worthOf(each, prices)), 0);
  const gross = (held() + pending() + value) / account.equity;
  if (gross > limits.maxGross + GROSS_ROOM) {
    return refuse('MAX_GROSS', `exposure would be ${share(gross)} of equity`);
  }
  const weight = (held(intent.ticker) + pending(intent.ticker) + value) / account.equity;
  if (intent.ticker !== defensive && weight > limits.maxWeight + WEIGHT_ROOM) {
    return refuse('MAX_WEIGHT', `${intent.ticker} would be ${share(weight)} of equity`);
  }
  const credit = Math.max(0, limits.maxGross - 1) * account.equity;
  if (value + pending() > account.cash + credit) {
    return refuse('cash', `${usd(value)} is more than the ${usd(account.cash)} that is there`);
  }
  return undefined;
}

/** The broker leaves the market value out now and then. */
function bookValue({ qty, currentPrice, averagePrice }: Position): Cents {
  return valueOf(qty, currentPrice ?? averagePrice);
}

/** Each open order at its own ticker's price. An order that cannot be valued is worth everything. */
function worthOf(order: Order, prices: ReadonlyMap<Ticker, number>): number {
  return prices.get(order.ticker) ?? order.averagePrice ?? MOST_USD;
}

/** How far equity is below its peak, as a fraction; 0 at or above it. */
export function drawdown(equity: Cents, peak: Cents): number {
  return peak <= 0 || equity >= peak ? 0 : 1 - equity / peak;
}

/** Legs that were written on the New York day of the instant. */
export function managedOrdersOfDay(
  managedOrders: Iterable<ManagedOrder>,
  now: EpochMs,
): readonly ManagedOrder[] {
  const today = newYorkDate(now);
  return [...managedOrders].filter((managed) => newYorkDate(managed.at) === today);
}

function usd(value: Cents): string {
  return `$${Math.round(toDollars(value)).toLocaleString('en-US')}`;
}

function share(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}
