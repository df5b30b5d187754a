/** Every one of our orders, attempt by attempt, newest first. */
import type { Mode } from '../domain/account.ts';
import type { AccountState, ManagedOrder } from '../domain/account-state.ts';
import type { Observation } from '../domain/observation.ts';
import { isFinal, type Side } from '../domain/order.ts';
import { endingOf, standingOf } from '../domain/order-words.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type Ticker,
  valueOf,
} from '../domain/units.ts';
import { slippageOf } from './costs.ts';

/** `waiting`: not sent yet; `sending`: the broker has not answered; the others are the broker's. */
export type AttemptState =
  | 'waiting'
  | 'sending'
  | 'open'
  | 'filled'
  | 'short'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced'
  | 'refused'
  | 'not sent';

/** One attempt at an order: as recorded, and as the broker reports it. */
export interface AttemptRow {
  readonly clientOrderId: string;
  readonly decisionId: string;
  readonly attempt: number;
  readonly ticker: Ticker;
  readonly side: Side;
  /** When it was recorded. */
  readonly at: EpochMs;
  /** As sent, which may be less than recorded. */
  readonly qty: Qty;
  /** As decided; for a later attempt, the remainder. */
  readonly planned: Qty;
  readonly filled: Qty;
  /** Dollars a share; undefined while nothing is filled. */
  readonly averagePrice: number | undefined;
  readonly state: AttemptState;
  /** May still fill. */
  readonly open: boolean;
  /** Cost against the decision price; negative for a gain. Undefined without a booked fill. */
  readonly slippage: Cents | undefined;
  /** Basis points of the value at that price. */
  readonly slippageBps: number | undefined;
  /** Why it did not fill as planned, in the broker's words or with the person's name. */
  readonly reason: string | undefined;
}

/** The choices of orders to show: all, or those that may still fill. */
export const ORDER_FILTERS = ['all', 'open'] as const;
/** One of {@link ORDER_FILTERS}. */
export type OrderFilter = (typeof ORDER_FILTERS)[number];

/** The orders that pass a filter. */
export interface OrdersView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  readonly filter: OrderFilter;
  /** Newest first. */
  readonly rows: readonly AttemptRow[];
}

/** Orders that may still fill, or that will still be sent. */
export function openAttempts(book: AccountState): readonly AttemptRow[] {
  return [...book.managedOrders.values()]
    .map((managed) => rowOf(managed, book))
    .filter(({ open }) => open);
}

/** Orders that are, or may be, at the broker: they can fill while Rotor is not running. */
export function atBroker(managedOrders: AccountState['managedOrders']): readonly ManagedOrder[] {
  return [...managedOrders.values()].filter(({ order, state }) =>
    order ? !isFinal(order) : state === 'sending',
  );
}

/** The view of all orders that pass the filter, newest first. */
export function ordersView(book: AccountState, seen: Observation, filter: OrderFilter): OrdersView {
  const rows = [...book.managedOrders.values()].reverse().map((managed) => rowOf(managed, book));
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    filter,
    rows: filter === 'open' ? rows.filter(({ open }) => open) : rows,
  };
}

function rowOf(managed: ManagedOrder, book: AccountState): AttemptRow {
  const { intent, at, order, sent, fills } = managed;
  const { clientOrderId, decisionId, attempt, ticker, side } = intent;
  const booked = fills.reduce((sum, fill) => sum + fill.qty, 0);
  const state = stateOf(managed, book);
  return {
    clientOrderId,
    decisionId,
    attempt,
    ticker,
    side,
    at,
    qty: order?.qty ?? sent?.qty ?? intent.qty,
    planned: plannedOf(managed, book),
    // The broker's report may be ahead of the booked fills.
    filled: qty(Math.max(booked, order?.filledQty ?? 0)),
    averagePrice: order?.averagePrice,
    state,
    open: state === 'waiting' || state === 'sending' || state === 'open',
    ...costOf(managed),
    reason: reasonOf(managed, state),
  };
}

/** The first order of a line is recorded with the affordable size; the plan may have wanted more. */
function plannedOf({ intent }: ManagedOrder, { rebalances }: AccountState): Qty {
  const { decisionId, ticker, side, attempt } = intent;
  const plan = attempt === 1 ? rebalances.get(decisionId)?.decision.plan.orders : undefined;
  const order = plan?.find((each) => each.ticker === ticker && each.side === side);
  return order?.qty ?? intent.qty;
}

function stateOf(
  { intent, state, order, cancelRequestedBy }: ManagedOrder,
  book: AccountState,
): AttemptState {
  if (order) return placedState(order.status, order.filledQty > 0);
  if (state === 'refused') return 'refused';
  if (state !== 'planned') return 'sending';
  const over = book.rebalances.get(intent.decisionId)?.finishedAt !== undefined;
  return over || cancelRequestedBy !== undefined ? 'not sent' : 'waiting';
}

function placedState(
  status: NonNullable<ManagedOrder['order']>['status'],
  some: boolean,
): AttemptState {
  if (status === 'open' || status === 'filled') return status;
  return some ? 'short' : status;
}

function costOf({ intent, fills }: ManagedOrder): Pick<AttemptRow, 'slippage' | 'slippageBps'> {
  if (fills.length === 0) return { slippage: undefined, slippageBps: undefined };
  const slippage = cents(fills.reduce((sum, fill) => sum + slippageOf({ intent, fill }), 0));
  const planned = fills.reduce((sum, fill) => sum + valueOf(fill.qty, intent.priceAtDecision), 0);
  return { slippage, slippageBps: planned > 0 ? (slippage / planned) * 10_000 : undefined };
}

function reasonOf(
  { refusal, cancelRequestedBy, order }: ManagedOrder,
  state: AttemptState,
): string | undefined {
  if (state === 'refused') return refusal;
  if (state === 'filled' || state === 'waiting' || state === 'sending') return undefined;
  if (cancelRequestedBy !== undefined) return `cancelled by ${cancelRequestedBy}`;
  if (!order) return undefined;
  return isFinal(order) ? endingOf(order) : standingOf(order);
}
