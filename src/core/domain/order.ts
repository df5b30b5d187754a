import type { Cents, EpochMs, Qty, Ticker } from './units.ts';

/** Whether an order buys or sells. */
export type Side = 'buy' | 'sell';

/** An order that Rotor has written down and means to send; the broker may not know of it yet. */
export interface OrderIntent {
  readonly clientOrderId: string;
  readonly decisionId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  /** 1 for the first order of an order; a remainder is sent under the next number. */
  readonly attempt: number;
  /** Dollars a share when it was decided; slippage is measured against it. */
  readonly priceAtDecision: number;
  readonly estimated: Cents;
  /** Dollars a share as decimal text: it leaves as a limit order for the day; absent: at market. */
  readonly limitPrice?: string | undefined;
}

/** What leaves under a client order id; every POST of that id says the same. */
export interface SentTerms {
  /** At most what the intent says. */
  readonly qty: Qty;
  /** Dollars a share as decimal text; undefined: at market. */
  readonly limitPrice: string | undefined;
}

/** `open` may still fill; the others are final. */
export type OrderStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'replaced';

/** The broker's report of an order. */
export interface Order {
  /** The broker's id. */
  readonly id: string;
  readonly clientOrderId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  /** Cumulative. */
  readonly filledQty: Qty;
  /** Dollars a share over all its fills; undefined while nothing is filled. */
  readonly averagePrice: number | undefined;
  readonly status: OrderStatus;
  /** The broker's own word, for people and for unknown states. */
  readonly brokerStatus: string;
  readonly submittedAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** Dollars a share, of an order that has a limit. */
  readonly limitPrice?: number | undefined;
  /** Dollars a share at which a stop order becomes one that may fill. */
  readonly stopPrice?: number | undefined;
  /** Of an order for an amount of money: the amount; its `qty` is then what is filled. */
  readonly notional?: Cents | undefined;
  /** The broker's word where it is more than a simple order, such as `bracket`. */
  readonly orderClass?: string | undefined;
  /** The broker's id of the order that took this one's place. */
  readonly replacedBy?: string | undefined;
  /** The broker's id of the order whose place this one took. */
  readonly replaces?: string | undefined;
}

/** An open order for something that is no stock. Nobody here sends such; it may cost cash. */
export interface UnmanagedOrder {
  /** The broker's id. */
  readonly id: string;
  /** The broker's name of what is traded, such as `BTC/USD`; `several` for an order of many legs. */
  readonly name: string;
  readonly assetClass: string;
  readonly side: Side;
  /** What the rest of it may cost or bring: at its limit, else its notional; undefined: not stated. */
  readonly worth: Cents | undefined;
}

/** One execution. */
export interface Fill {
  /** The broker's id of the execution; booking it twice changes nothing. */
  readonly id: string;
  readonly orderId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  /** Dollars a share. */
  readonly price: number;
  readonly at: EpochMs;
}

/** The result of posting an order. `unknown` is resolved only by looking the id up. */
export type Submission =
  | { readonly kind: 'accepted'; readonly order: Order }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Whether nothing more can happen to the order. */
export function isFinal(order: Order): boolean {
  return order.status !== 'open';
}

/**
 * Whether `next` is news about the order we know as `known`: cumulative fills never shrink and a
 * final state is never left, whatever order messages arrive in.
 */
export function advances(known: Order | undefined, next: Order): boolean {
  if (!known) return true;
  if (next.filledQty !== known.filledQty) return next.filledQty > known.filledQty;
  if (isFinal(known)) return false;
  return isFinal(next) || next.brokerStatus !== known.brokerStatus;
}

/** The parts of a client order id. Equal parts give an equal id, so that no order is sent twice. */
export interface ClientOrderKey {
  readonly accountId: string;
  readonly decisionId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly attempt: number;
}

/** Every order of Rotor's begins with it; others in the account are somebody else's. */
export const CLIENT_ORDER_PREFIX = 'rotor-';

/** The broker's limit on a client order id, in characters. */
export const CLIENT_ORDER_ID_MAX = 128;

/**
 * A pure function of its five parts and of nothing else, so that a restart or a second copy of the
 * bot makes the same id and the broker refuses the second order.
 * @throws RangeError when the id would be longer than 128 characters.
 */
export function clientOrderId(key: ClientOrderKey): string {
  const account = key.accountId.replaceAll('-', '').slice(0, 12);
  const side = key.side === 'buy' ? 'b' : 's';
  const id = `${CLIENT_ORDER_PREFIX}${account}-${key.decisionId}-${key.ticker}-${side}-${key.attempt}`;
  if (id.length > CLIENT_ORDER_ID_MAX) {
    throw new RangeError(
      `client order id: at most ${CLIENT_ORDER_ID_MAX} characters, found ${id.length}`,
    );
  }
  return id;
}

/** A market buy may fill above the latest price; so much of the cash is kept back for it. */
export const BUY_RESERVE = 0.005;

/** In billionths. */
export const WHOLE_SHARE = 1_000_000_000;

/**
 * Whether an order of that size, filled in full, carries a planned one out: sized down by twice the
 * reserve for moving prices, or a plan of whole shares by one of them, it does. Both in billionths of a
 * share.
 */
export function isAsPlanned(filled: number, planned: number): boolean {
  const step = planned % WHOLE_SHARE === 0 ? WHOLE_SHARE : 0;
  return filled >= planned - Math.max(planned * 2 * BUY_RESERVE, step);
}
