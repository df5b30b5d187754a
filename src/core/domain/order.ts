import type { Cents, EpochMs, Qty, Ticker } from './units.ts';

/** Whether an order buys or sells. */
export type Side = 'buy' | 'sell';

/** An order that Rotor has recorded and intends to send; the broker may not know it yet. */
export interface OrderIntent {
  readonly clientOrderId: string;
  readonly decisionId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  /** 1 for the first attempt; a remainder is sent under the next number. */
  readonly attempt: number;
  /** Dollars a share at decision time; slippage is measured against it. */
  readonly priceAtDecision: number;
  readonly estimated: Cents;
  /** Dollars a share as decimal text, sent as a day limit order; absent: at market. */
  readonly limitPrice?: string | undefined;
}

/** The terms sent under a client order id; every POST of that id repeats them. */
export interface SentTerms {
  /** At most the intent's quantity. */
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
  /** Cumulative quantity. */
  readonly filledQty: Qty;
  /** Dollars a share over all its fills; undefined while there are none. */
  readonly averagePrice: number | undefined;
  readonly status: OrderStatus;
  /** The broker's own status, for display and for unknown states. */
  readonly brokerStatus: string;
  readonly submittedAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** Dollars a share, for an order with a limit. */
  readonly limitPrice?: number | undefined;
  /** The trigger price of a stop order, dollars a share. */
  readonly stopPrice?: number | undefined;
  /** For an order by amount: the amount; its `qty` is then the quantity filled. */
  readonly notional?: Cents | undefined;
  /** The broker's order class if it is not a simple order, such as `bracket`. */
  readonly orderClass?: string | undefined;
  /** The broker's id of the order that replaced this one. */
  readonly replacedBy?: string | undefined;
  /** The broker's id of the order that this one replaced. */
  readonly replaces?: string | undefined;
}

/** An open order for an asset that is not a stock. Rotor never sends these; they may use cash. */
export interface UnmanagedOrder {
  /** The broker's id. */
  readonly id: string;
  /** The broker's name of the asset, such as `BTC/USD`; `several` for a multi-leg order. */
  readonly name: string;
  readonly assetClass: string;
  readonly side: Side;
  /** Cash that the remainder may cost or bring: at its limit, else its notional; undefined: not stated. */
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

/** The result of posting an order. `unknown` can only be resolved by looking the id up. */
export type Submission =
  | { readonly kind: 'accepted'; readonly order: Order }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Whether nothing more can happen to the order. */
export function isFinal(order: Order): boolean {
  return order.status !== 'open';
}

/**
 * Whether `next` is newer than the known state: cumulative fills never shrink and a final state never
 * changes, in whatever order messages arrive.
 */
export function advances(known: Order | undefined, next: Order): boolean {
  if (!known) return true;
  if (next.filledQty !== known.filledQty) return next.filledQty > known.filledQty;
  if (isFinal(known)) return false;
  return isFinal(next) || next.brokerStatus !== known.brokerStatus;
}

/** The parts of a client order id. Equal parts give an equal id, so no order is sent twice. */
export interface ClientOrderKey {
  readonly accountId: string;
  readonly decisionId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly attempt: number;
}

/** Prefix of every order of Rotor's; other orders in the account are external. */
export const CLIENT_ORDER_PREFIX = 'rotor-';

/** The broker's limit on a client order id, in characters. */
export const CLIENT_ORDER_ID_MAX = 128;

/**
 * A pure function of its five parts, so that a restart or a second copy of the bot makes the same id and
 * the broker rejects the second order.
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

/** A market buy may fill above the latest price; this fraction of the cash is reserved for it. */
export const BUY_RESERVE = 0.005;

/** In billionths. */
export const WHOLE_SHARE = 1_000_000_000;

/** Whether less is left than twice the reserve for moving prices. Both in billionths of a share. */
export function isNearlyAll(filled: number, planned: number): boolean {
  return filled >= planned - planned * 2 * BUY_RESERVE;
}

/**
 * Whether an order of that size, filled in full, completes a planned one: it may be smaller by twice the
 * reserve for moving prices, by one share for a plan of whole shares, or for a buy by the fraction that is
 * not traded of this ticker. Both in billionths of a share.
 */
export function isAsPlanned(filled: number, planned: number, side: Side = 'buy'): boolean {
  if (isNearlyAll(filled, planned)) return true;
  if (planned % WHOLE_SHARE === 0) return filled >= planned - WHOLE_SHARE;
  const isRoundedDown = filled > 0 && filled % WHOLE_SHARE === 0;
  return side === 'buy' && isRoundedDown && planned - filled < WHOLE_SHARE;
}
