/**
 * Persistent records of the sandbox: orders, activities and settings. Everything else is derived from them.
 */
import type { Side } from '#core/domain/order.ts';
import type { Cents, EpochMs, Qty, SessionDate, Ticker } from '#core/domain/units.ts';

/** Alpaca's statuses, as far as the sandbox supports them. */
export type BrokerStatus =
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'pending_cancel'
  | 'held'
  | 'replaced'
  | 'canceled'
  | 'expired'
  | 'rejected';

/** One fill of an order. */
export interface Execution {
  readonly id: string;
  readonly qty: Qty;
  readonly price: Cents;
  readonly at: EpochMs;
}

/** An order as stored. */
export interface OrderRecord {
  readonly id: string;
  /** 1 for the account's first order. */
  readonly seq: number;
  readonly clientOrderId: string;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly timeInForce: 'day' | 'gtc';
  readonly extendedHours: boolean;
  /** Undefined for an order by notional until its first fill. */
  readonly qty: Qty | undefined;
  readonly notional: Cents | undefined;
  readonly limit: Cents | undefined;
  readonly status: BrokerStatus;
  /** Buying power reserved for the whole order when it was accepted; 0 for a sell. */
  readonly reserve: Cents;
  readonly executions: readonly Execution[];
  /** Sizes of the executions to come; the last takes the remainder. */
  readonly planned: readonly Qty[];
  /** The session in which it is active; it expires at that close. */
  readonly session: SessionDate;
  readonly submittedAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** When the venue acknowledges it; undefined afterwards. */
  readonly newAt: EpochMs | undefined;
  /** Time of the next execution; undefined when none is scheduled. */
  readonly fillAt: EpochMs | undefined;
  readonly cancelAt: EpochMs | undefined;
  readonly expiresAt: EpochMs;
  /** When it reached its final status. */
  readonly endedAt: EpochMs | undefined;
  /** The order that replaced it, and the one that it replaced. */
  readonly replacedBy?: string;
  readonly replaces?: string;
}

interface ActivityBase {
  readonly id: string;
  readonly seq: number;
  readonly at: EpochMs;
  /** Change in cash. */
  readonly amount: Cents;
}

/** A fill as booked. */
export interface FillActivity extends ActivityBase {
  readonly kind: 'fill';
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  readonly price: Cents;
  readonly orderId: string;
  readonly leaves: Qty;
  readonly cumulative: Qty;
}

interface CashActivity extends ActivityBase {
  readonly kind: 'cash';
}

interface FeeActivity extends ActivityBase {
  readonly kind: 'fee';
}

interface DividendActivity extends ActivityBase {
  readonly kind: 'dividend';
  readonly ticker: Ticker;
  /** The shares that earned it; their number does not change. */
  readonly qty: Qty;
}

/** Shares that moved without a trade. */
interface SharesActivity extends ActivityBase {
  readonly kind: 'split' | 'transfer';
  readonly ticker: Ticker;
  /** Shares received; negative when removed. */
  readonly qty: Qty;
  /** For a transfer: value per share. */
  readonly price?: Cents | undefined;
}

/** Anything that changed cash or shares. */
export type Activity =
  | FillActivity
  | CashActivity
  | FeeActivity
  | DividendActivity
  | SharesActivity;

/** The account's settings and state. */
export interface Settings {
  readonly accountId: string;
  readonly accountNumber: string;
  readonly openingCash: Cents;
  readonly createdAt: EpochMs;
  readonly multiplier: number;
  readonly maxMarginMultiplier: number;
  readonly noShorting: boolean;
  readonly suspendTrade: boolean;
  readonly fractionalTrading: boolean;
  readonly blocked: boolean;
  readonly halted: readonly Ticker[];
  /** Start of each halt; missing in a store of an older version. */
  readonly haltedAt?: Readonly<Record<string, EpochMs>>;
}

const FINAL: ReadonlySet<BrokerStatus> = new Set([
  'filled',
  'canceled',
  'expired',
  'rejected',
  'replaced',
]);

/** Whether the order can still change. */
export function isOpen(order: OrderRecord): boolean {
  return !FINAL.has(order.status);
}

/** Shares filled so far. */
export function filledQty(order: OrderRecord): Qty {
  return order.executions.reduce((sum, part) => (sum + part.qty) as Qty, 0 as Qty);
}
