/** Quantity and limit price of an order. Pure. */
import type { Side } from '#core/domain/order.ts';
import { type Cents, cents, type Qty, qty, toDollars, valueOf } from '#core/domain/units.ts';

/** A price under a dollar has four decimals at the exchange, any other has two. */
const FINE_BELOW_USD = 1;
const NANOS = 1_000_000_000;

/** The smallest order in billionths of a share. */
export function stepOf(fractional: boolean): number {
  return fractional ? 1 : NANOS;
}

/**
 * The limit of a day order: `limitBps` basis points beyond the fresh price, in the direction that fills.
 * Rounded to the exchange's tick, buys down and sells up, so that rounding never lets an order pay more, or
 * receive less, than allowed.
 * @param fresh dollars a share, above 0.
 * @param limitBps basis points, 0 to 50.
 */
export function limitPriceOf(side: Side, fresh: number, limitBps: number): number {
  const beyond = side === 'buy' ? 1 + limitBps / 10_000 : 1 - limitBps / 10_000;
  const steps = fresh < FINE_BELOW_USD ? 10_000 : 100;
  // Allowance for rounding of the product, or 100 × 1.005 would be a cent too low.
  const exact = fresh * beyond * steps;
  const whole = side === 'buy' ? Math.floor(exact + 1e-6) : Math.ceil(exact - 1e-6);
  return whole / steps;
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

/** Why a buy of that size does not fit, for display: `$5,025 is needed, $200 of cash is left`. */
export function roomWords(wanted: Cents, { law, room }: BuyRoom): string {
  const left = usd(cents(Math.max(0, room)));
  const isMoney = law === 'cash' || law === 'buying power';
  return `${usd(wanted)} is needed, ${isMoney ? `${left} of ${law} is left` : `${law} leaves ${left}`}`;
}

function usd(value: Cents): string {
  return `$${Math.round(toDollars(value)).toLocaleString('en-US')}`;
}

/**
 * The maximum number of shares, up to `wanted`, that cost at most `room` at the limit price.
 * @param step the smallest order in billionths of a share: 1, or a whole share.
 */
export function affordable(wanted: Qty, limitPrice: number, room: Cents, step: number): Qty {
  const whole = Math.floor(wanted / step) * step;
  if (valueOf(qty(whole), limitPrice) <= room) return qty(whole);
  return qty(Math.floor(((Math.max(0, room) / 100 / limitPrice) * NANOS) / step) * step);
}

/**
 * The shares of a sell: the wanted quantity, as far as the broker holds it unreserved by other orders.
 * Whole shares only where fractions may not be traded.
 * @param step the smallest order in billionths of a share.
 */
export function sellable(wanted: Qty, available: Qty, step: number): Qty {
  return qty(Math.floor(Math.max(0, Math.min(wanted, available)) / step) * step);
}
