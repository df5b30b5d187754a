/**
 * The last check before an order is sent, on the broker's current answers: its terms, or why it is held
 * back. Pure.
 */

import type { Account, Asset, LatestPrice, MarketClock, Position } from '#core/domain/account.ts';
import type { ManagedOrder, TradingState } from '#core/domain/account-state.ts';
import type { PlanRules } from '#core/domain/decision.ts';
import { counted, usd } from '#core/domain/figures.ts';
import { freshness, freshPrice, staleReason } from '#core/domain/fresh-price.ts';
import type { EquityContradiction } from '#core/domain/managed-account.ts';
import {
  CLIENT_ORDER_PREFIX,
  isFinal,
  type Order,
  type OrderIntent,
  type SentTerms,
} from '#core/domain/order.ts';
import type { TradingLimits } from '#core/domain/trading-limits.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  qtyToDecimal,
  type Ticker,
  valueOf,
} from '#core/domain/units.ts';
import { tradableSession } from '#core/scheduler.ts';
import { contradictionWords } from '../account-check.ts';
import {
  type AccountFacts,
  type BuyRoom,
  buyFactsOf,
  buyRoom,
  managedEquity,
  roomWords,
} from './exposure.ts';
import { type OrderBlock, type OrderCheck, refuse, stateBlock, wait } from './order-block.ts';
import { affordable, limitPriceOf, sellable, stepOf } from './order-terms.ts';

/** The data an order is checked against, all just requested from the broker. */
export interface OrderContext extends AccountFacts {
  readonly now: EpochMs;
  /** When the request was sent and answered by our clock, to compute the skew. */
  readonly askedAt: EpochMs;
  readonly state: TradingState;
  readonly market: MarketClock;
  readonly account: Account;
  readonly positions: readonly Position[];
  /** Includes our own orders that may be open without being listed. */
  readonly openOrders: readonly Order[];
  /** Client order ids that a person set aside: they block nothing. */
  readonly setAside: ReadonlySet<string>;
  readonly asset: Asset | undefined;
  /** The latest price of each of Rotor's tickers and of each open order, whatever its age. */
  readonly prices: ReadonlyMap<Ticker, LatestPrice>;
  /** The close that the decision used, dollars a share. */
  readonly closeDecidedOn: number | undefined;
  /** Orders sent, or possibly sent, today, except the one being checked. */
  readonly today: readonly ManagedOrder[];
  readonly rules: Pick<PlanRules, 'fractional' | 'minOrder'>;
  /** Set where equity does not match its parts. */
  readonly contradiction?: EquityContradiction | undefined;
  /** Managed equity when the plan was made: cash that it raises is reserved once it is approved. */
  readonly planEquity: Cents;
  /** Cash in our own books: the broker's answer may lag behind it. */
  readonly bookCash: Cents;
  /**
   * A person is selling everything. Limits of size and number guard against runaway automation; selling
   * holdings at a person's request reduces the risk.
   */
  readonly flattening: boolean;
}

/** From this difference between the broker's clock and ours on no order leaves; milliseconds. */
export const MAX_SKEW_MS = 5_000;
const CENT = 1;

/**
 * The terms under which up to `intent.qty` may be sent now, or the first reason why nothing may. The size
 * may be smaller than requested: reserved shares, untradable fractions, and any quantity that would violate
 * the cash or exposure limits are left out.
 * @param fixed the terms of an earlier POST under the same id, which must not change.
 */
export function checkOrder(
  intent: OrderIntent,
  context: OrderContext,
  limits: TradingLimits,
  fixed?: SentTerms,
): OrderCheck {
  const block =
    marketBlock(context) ??
    stateBlock(intent, context) ??
    accountBlock(intent, context) ??
    priceBlock(intent, context, limits);
  if (block) return block;
  const terms = termsOf(intent, context, limits, fixed);
  if (terms.kind !== 'send') return terms;
  if (!isExempt(intent, context)) {
    const size = sizeBlock(intent, terms.terms, context, limits);
    if (size) return size;
  }
  return fixed ? keepTerms(intent, fixed, terms.terms) : terms;
}

/** Whether the latest price of the ticker may be traded on now. */
export function priceOf(
  ticker: Ticker,
  { prices, now }: Pick<OrderContext, 'prices' | 'now'>,
  { maxPriceAgeMs }: Pick<TradingLimits, 'maxPriceAgeMs'>,
): number | undefined {
  return freshPrice(prices.get(ticker), { now, maxAgeMs: maxPriceAgeMs })?.price;
}

function isExempt(intent: Pick<OrderIntent, 'side'>, { flattening }: OrderContext): boolean {
  return flattening && intent.side === 'sell';
}

function marketBlock({ now, askedAt, market }: OrderContext): OrderBlock | undefined {
  if (!tradableSession(now)) {
    return wait(
      'trading window',
      'orders leave from 09:35 New York to 15 minutes before the close',
    );
  }
  if (!market.open)
    return wait(
      'market',
      'the broker says that the market is closed, though the calendar has a session',
    );
  const skew = Math.max(askedAt - market.at, market.at - now);
  if (skew >= MAX_SKEW_MS) {
    return wait('clock', `the broker's clock and ours are ${Math.round(skew / 1000)} s apart`);
  }
  return undefined;
}

function accountBlock(intent: OrderIntent, context: OrderContext): OrderBlock | undefined {
  const { account, asset, contradiction } = context;
  if (account.blocked) return wait('account', `the account is ${account.status} and blocked`);
  if (contradiction && !isExempt(intent, context)) {
    return wait('equity', contradictionWords(contradiction));
  }
  if (account.liquidationOnly && intent.side === 'buy') {
    return wait('account', 'the broker takes only sells from this account');
  }
  if (!asset?.tradable) {
    return wait('asset', `${intent.ticker} cannot be traded at the broker`);
  }
  return crossingBlock(intent, context);
}

/** Both would be a wash trade. A flatten waits only for our own orders; the broker decides about others. */
function crossingBlock(intent: OrderIntent, context: OrderContext): OrderBlock | undefined {
  const crossing = context.openOrders.find(
    ({ ticker, side, clientOrderId }) =>
      ticker === intent.ticker &&
      side !== intent.side &&
      !context.setAside.has(clientOrderId) &&
      (!isExempt(intent, context) || clientOrderId.startsWith(CLIENT_ORDER_PREFIX)),
  );
  return crossing && wait('crossing order', `a ${crossing.side} of ${intent.ticker} is still open`);
}

/** Requires a fresh price that agrees with an independent one, the close that the decision used. */
function priceBlock(
  intent: OrderIntent,
  context: OrderContext,
  { priceCollar, maxPriceAgeMs }: TradingLimits,
): OrderBlock | undefined {
  // In a flatten, holdings are sold at market if their price is unknown, and after any fall.
  if (isExempt(intent, context)) return undefined;
  const { closeDecidedOn, now, prices } = context;
  const found = freshness(prices.get(intent.ticker), { now, maxAgeMs: maxPriceAgeMs });
  if (found.kind !== 'fresh') return wait('price', staleReason(intent.ticker, found) ?? '');
  if (closeDecidedOn === undefined) return refuse('price', `${intent.ticker} has no last close`);
  const { price } = found.price;
  const gap = Math.abs(price / closeDecidedOn - 1);
  if (gap <= priceCollar) return undefined;
  return wait(
    'price collar',
    `${intent.ticker}: latest price ${price}, last close ${closeDecidedOn}`,
  );
}

function termsOf(
  intent: OrderIntent,
  context: OrderContext,
  limits: TradingLimits,
  fixed: SentTerms | undefined,
): OrderCheck {
  const fresh = priceOf(intent.ticker, context, limits);
  const limit = fresh === undefined ? undefined : limitPriceOf(intent.side, fresh, limits.limitBps);
  if (intent.side === 'sell') return sellTerms(intent, context, limit);
  // An order that may be at the broker already costs its own limit, not the current one.
  const own = fixed?.limitPrice === undefined ? limit : Number(fixed.limitPrice);
  return buyTerms(intent, context, limits, own ?? intent.priceAtDecision);
}

function send(size: Qty, limit: number | undefined): OrderCheck {
  return { kind: 'send', terms: { qty: size, limitPrice: limit?.toString() } };
}

function sellTerms(
  intent: OrderIntent,
  { positions, asset, rules }: OrderContext,
  limit: number | undefined,
): OrderCheck {
  const { ticker } = intent;
  const position = positions.find((each) => each.ticker === ticker);
  const held = Math.max(0, position?.qty ?? 0);
  const step = stepOf(rules.fractional && (asset?.fractionable ?? false));
  const wanted = qty(Math.min(intent.qty, held));
  const size = sellable(wanted, position?.available ?? qty(0), step);
  if (size > 0) return send(size, limit);
  if (held === 0)
    return refuse('short sale', `${ticker} is not held any more, so there is nothing to sell`);
  if (wanted < step) {
    return refuse('fraction', `${qtyToDecimal(wanted)} of a share of ${ticker} cannot be traded`);
  }
  return wait('reserved shares', `another open order reserves the shares of ${ticker}`);
}

function buyTerms(
  intent: OrderIntent,
  context: OrderContext,
  limits: TradingLimits,
  limit: number,
): OrderCheck {
  const { asset, positions, rules } = context;
  const short = positions.find(({ ticker, qty: held }) => ticker === intent.ticker && held < 0);
  if (short) {
    const reason = `somebody holds ${intent.ticker} short, and a buy would close that`;
    return wait('short sale', reason);
  }
  const step = stepOf(rules.fractional && (asset?.fractionable ?? false));
  const facts = buyFactsOf(context, limits, intent.ticker);
  const room = buyRoom(facts);
  const size = affordable(intent.qty, limit, room.room, step);
  if (size > 0 && valueOf(size, limit) >= rules.minOrder) return send(size, limit);
  const words = roomWords(valueOf(intent.qty, limit), room, facts);
  return blockOf(room, context, `${intent.ticker}: ${words}`);
}

/** Blocks on the limit without room; one that may lift by itself is waited for. */
export function blockOf(
  { law }: Pick<BuyRoom, 'law'>,
  context: Pick<OrderContext, 'account' | 'bookCash'>,
  reason: string,
): OrderBlock {
  return mayLift(law, context) ? wait(law, reason) : refuse(law, reason);
}

/** Buying power rises when sells settle, and an answer may lag behind the cash in our own books. */
export function mayLift(
  law: BuyRoom['law'],
  { account, bookCash }: Pick<OrderContext, 'account' | 'bookCash'>,
): boolean {
  return law === 'buying power' || (law === 'cash' && account.cash < bookCash - CENT);
}

/** An id that may be at the broker already is sent again only with unchanged terms. */
function keepTerms(intent: OrderIntent, fixed: SentTerms, now: SentTerms): OrderCheck {
  if (fixed.qty <= now.qty) return { kind: 'send', terms: fixed };
  return wait('cash', `${intent.ticker}: less may be traded now than was sent before`);
}

function sizeBlock(
  { ticker, priceAtDecision }: OrderIntent,
  { qty: size, limitPrice }: SentTerms,
  context: OrderContext,
  limits: TradingLimits,
): OrderBlock | undefined {
  const { today } = context;
  const value = valueOf(size, limitPrice === undefined ? priceAtDecision : Number(limitPrice));
  if (value > limits.maxOrder) {
    return refuse('MAX_ORDER_USD', `${ticker}: ${usd(value)} is over ${usd(limits.maxOrder)}`);
  }
  if (today.length >= limits.maxOrdersPerDay) {
    return wait('MAX_ORDERS_PER_DAY', `${counted(today.length, 'order')} sent today`);
  }
  const turned = today.reduce<number>((sum, managed) => sum + turnoverOf(managed), value);
  const base = Math.max(context.planEquity, managedEquity(context, limits));
  const most = cents(Math.floor(limits.maxTurnoverPerDay * base));
  // On no day would it be less.
  if (value > most) {
    return refuse('MAX_TURNOVER_PER_DAY', `${ticker}: ${usd(value)} is over ${usd(most)} a day`);
  }
  if (turned > most) {
    return wait('MAX_TURNOVER_PER_DAY', `${usd(cents(turned))} would be turned over today`);
  }
  return undefined;
}

/** In cents: the filled part of an order that is over, and all of any other that was sent. */
export function turnoverOf({ intent, order, sent, state }: ManagedOrder): number {
  if (state === 'refused') return 0;
  if (!order || !isFinal(order)) {
    return valueOf(sent?.qty ?? intent.qty, Number(sent?.limitPrice ?? intent.priceAtDecision));
  }
  const { filledQty, averagePrice } = order;
  if (filledQty === 0) return 0;
  return averagePrice === undefined ? intent.estimated : valueOf(filledQty, averagePrice);
}
