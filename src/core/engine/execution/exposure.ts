/** Current and possible holdings of the account, in cents, for the cash and exposure limits. Pure. */
import {
  type Account,
  type LatestPrice,
  owedForShorts,
  type Position,
  type UnmanagedHolding,
} from '#core/domain/account.ts';
import { usd } from '#core/domain/figures.ts';
import { freshPrice } from '#core/domain/fresh-price.ts';
import { managedAccount } from '#core/domain/managed-account.ts';
import type { Order } from '#core/domain/order.ts';
import type { TradingLimits } from '#core/domain/trading-limits.ts';
import { type Cents, cents, type EpochMs, qty, type Ticker, valueOf } from '#core/domain/units.ts';

/** The account, its positions and its open orders at one instant. */
export interface AccountFacts {
  readonly now: EpochMs;
  readonly account: Account;
  readonly positions: readonly Position[];
  /** Coins, options and similar. */
  readonly unmanaged?: readonly UnmanagedHolding[];
  /** Every order that may still fill, regardless of who sent it. */
  readonly openOrders: readonly Order[];
  /** Possible cost of open orders in other assets (coins, options). */
  readonly otherBuys: Cents;
  /** The latest price of each ticker, whatever its age. */
  readonly prices: ReadonlyMap<Ticker, LatestPrice>;
  /** Tickers that Rotor may trade. */
  readonly own: ReadonlySet<Ticker>;
  /** Not subject to the weight cap. */
  readonly defensive: Ticker;
}

/** Maximum cost of one more buy, and the limit that sets it. */
export interface BuyRoom {
  readonly room: Cents;
  readonly law: 'cash' | 'buying power' | 'MAX_GROSS' | 'MAX_WEIGHT';
}

/** All amounts in cents, as of right before a POST. */
export interface BuyFacts {
  /** Less the cost of buying back short positions. */
  readonly cash: Cents;
  /** The broker's current buying power, already net of its open orders. */
  readonly buyingPower: Cents;
  /** Buys that may still fill, each at its limit, regardless of who sent them. */
  readonly openBuys: Cents;
  /** Never spent: `RESERVE_USD`. */
  readonly reserve: Cents;
  /** The equity that targets and limits are based on. */
  readonly managedEquity: Cents;
  /** Rotor's own positions at fresh prices, and its own open buys at their limits. */
  readonly exposure: Cents;
  /** The same for the one ticker; undefined for the defensive asset, which has no cap. */
  readonly tickerExposure: Cents | undefined;
  /** Sum of positions over managed equity, 1.0 to 1.5. */
  readonly maxGross: number;
  /** One sector over managed equity, including the allowance for price moves. */
  readonly maxWeight: number;
}

/** Prices move between plan and order; a weight may exceed its cap by this much. */
const WEIGHT_ROOM = 0.02;

/** The data that a buy of the ticker is checked against. */
export function buyFactsOf(facts: AccountFacts, limits: TradingLimits, ticker: Ticker): BuyFacts {
  const { account, openOrders, own, defensive, otherBuys } = facts;
  const buys = openOrders.filter(({ side }) => side === 'buy');
  const held = ownValue(facts, limits);
  const owed = owedOf(facts);
  const managed = managedAccount({ cash: account.cash, ownValue: held, owed }, limits);
  const ours = buys.filter((order) => own.has(order.ticker));
  const exposureOf = (only: Ticker): number =>
    valueOfPosition(facts, limits, only) +
    total(
      ours.filter((order) => order.ticker === only),
      facts,
    );
  return {
    cash: cents(account.cash - owed),
    buyingPower: account.buyingPower,
    openBuys: cents(total(buys, facts) + otherBuys),
    reserve: limits.reserve,
    managedEquity: managed.equity,
    exposure: cents(held + total(ours, facts)),
    tickerExposure: ticker === defensive ? undefined : cents(exposureOf(ticker)),
    maxGross: limits.maxGross,
    maxWeight: limits.maxWeight + WEIGHT_ROOM,
  };
}

/**
 * Maximum cost of one more buy. Two limits are checked at each POST, and no fill within the order limits
 * can violate them: cash less open buys less the reserve stays at 0 or above (with `maxGross` above 1,
 * above the borrowing limit), and positions with open buys stay within `maxGross` of the managed equity.
 * The smallest room counts; it may be negative.
 */
export function buyRoom(facts: BuyFacts): BuyRoom {
  const credit = Math.floor(Math.max(0, facts.maxGross - 1) * facts.managedEquity);
  const gross = Math.floor(facts.maxGross * facts.managedEquity) - facts.exposure;
  const rooms: BuyRoom[] = [
    { law: 'cash', room: cents(facts.cash + credit - facts.openBuys - facts.reserve) },
    { law: 'buying power', room: cents(facts.buyingPower - facts.reserve) },
    { law: 'MAX_GROSS', room: cents(gross) },
  ];
  if (facts.tickerExposure !== undefined) {
    const cap = Math.floor(facts.maxWeight * facts.managedEquity);
    rooms.push({ law: 'MAX_WEIGHT', room: cents(cap - facts.tickerExposure) });
  }
  return rooms.reduce((least, each) => (each.room < least.room ? each : least));
}

/**
 * Why a buy of that size does not fit, for display: `$5,025 is needed, $200 of cash is left`, with what is
 * held back of the cash.
 */
export function roomWords(
  wanted: Cents,
  { law, room }: BuyRoom,
  { openBuys, reserve }: Pick<BuyFacts, 'openBuys' | 'reserve'>,
): string {
  const left = usd(cents(Math.max(0, room)));
  const isMoney = law === 'cash' || law === 'buying power';
  const words = `${usd(wanted)} is needed, ${isMoney ? `${left} of ${law} is left` : `${law} leaves ${left}`}`;
  const heldBack = [
    ...(openBuys > 0 ? [`open buys of ${usd(openBuys)}`] : []),
    ...(reserve > 0 ? [`RESERVE_USD of ${usd(reserve)}`] : []),
  ];
  return law === 'cash' && heldBack.length > 0 ? `${words} after ${heldBack.join(' and ')}` : words;
}

/** The equity that targets and limits are based on, in cents. */
export function managedEquity(facts: AccountFacts, limits: TradingLimits): Cents {
  const { cash } = facts.account;
  const whole = { cash, ownValue: ownValue(facts, limits), owed: owedOf(facts) };
  return managedAccount(whole, limits).equity;
}

function owedOf({ positions, unmanaged }: AccountFacts): Cents {
  return owedForShorts(positions, unmanaged);
}

/** Rotor's own positions at fresh prices, else at the broker's value. */
export function ownValue(facts: AccountFacts, limits: Pick<TradingLimits, 'maxPriceAgeMs'>): Cents {
  const tickers = facts.positions.filter(({ ticker }) => facts.own.has(ticker));
  return cents(
    tickers.reduce((sum, { ticker }) => sum + valueOfPosition(facts, limits, ticker), 0),
  );
}

function valueOfPosition(
  { positions, prices, now }: AccountFacts,
  { maxPriceAgeMs }: Pick<TradingLimits, 'maxPriceAgeMs'>,
  ticker: Ticker,
): number {
  const position = positions.find((each) => each.ticker === ticker);
  // A short position is a liability; it makes no room for more.
  if (!position || position.qty < 0) return 0;
  const fresh = freshPrice(prices.get(ticker), { now, maxAgeMs: maxPriceAgeMs })?.price;
  if (fresh !== undefined) return valueOf(position.qty, fresh);
  const { marketValue, currentPrice, averagePrice } = position;
  return marketValue ?? valueOf(position.qty, currentPrice ?? averagePrice);
}

function total(orders: readonly Order[], facts: AccountFacts): number {
  return orders.reduce((sum, order) => sum + openCostOf(order, facts), 0);
}

/**
 * Possible cost of the rest of an open buy: at its limit, its notional, or the latest known price. An
 * external one without any of these is included in the buying power, which is checked too.
 */
export function openCostOf(order: Order, { prices }: Pick<AccountFacts, 'prices'>): number {
  const { limitPrice, stopPrice, notional, averagePrice } = order;
  if (notional !== undefined && order.qty === order.filledQty) return notional;
  const price = limitPrice ?? stopPrice ?? prices.get(order.ticker)?.price ?? averagePrice;
  if (price === undefined) return notional ?? 0;
  return valueOf(qty(Math.max(0, order.qty - order.filledQty)), price);
}
