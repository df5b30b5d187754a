import type { Mode } from '../domain/account.ts';
import type { RebalanceResult } from '../domain/account-state.ts';
import {
  type AccountState,
  type ManagedOrder,
  managedOrdersOf,
  type Rebalance,
} from '../domain/account-state.ts';
import { isAsPlanned, isFinal, type Order, type Side } from '../domain/order.ts';
import { endingOf, sizedWords, standingOf } from '../domain/order-words.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type Ticker,
  valueOf,
} from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';
import { costsBetween, slippageOf } from './costs.ts';
import { attemptsAt, fraction } from './measure.ts';
import { type PlanView, planView } from './plan.ts';

/**
 * `waiting`: not sent yet; `open`: at the broker; `short`: final with less than planned; `not filled`:
 * final with nothing.
 */
export type OrderState =
  | 'waiting'
  | 'open'
  | 'filled'
  | 'short'
  | 'not filled'
  | 'refused'
  | 'not sent';

/** One order of a rebalance and its fills. */
export interface OrderRow {
  readonly ticker: Ticker;
  readonly side: Side;
  /** As decided. */
  readonly planned: Qty;
  /** Quantity of its orders: the last one plus earlier fills; undefined before the first. */
  readonly sent: Qty | undefined;
  readonly filled: Qty;
  /** Dollars a share over all fills; undefined while nothing is filled. */
  readonly averagePrice: number | undefined;
  readonly priceAtDecision: number;
  /** Value of our fills, each rounded to the cent, as booked in the ledger. */
  readonly value: Cents;
  /** Cost against the decision price; negative for a gain. Undefined without a fill. */
  readonly slippage: Cents | undefined;
  /** Basis points of the value at the decision price. */
  readonly slippageBps: number | undefined;
  readonly state: OrderState;
  /** The broker's reason, how the order ended, or what is unusual about it. */
  readonly reason: string | undefined;
}

/** One rebalance for display. */
export interface RebalanceView {
  readonly id: string;
  readonly at: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  readonly accountNumber: string | undefined;
  readonly plan: PlanView;
  readonly target: Weights;
  readonly orders: readonly OrderRow[];
  /** The expected cost of the plan's orders against decision prices. */
  readonly estimate: CostEstimate;
  readonly totals: Totals;
  readonly result: RebalanceResult | undefined;
  /** It started without an announcement because none could be delivered. */
  readonly unannounced: boolean;
  /** Who approved its plan, or confirmed its announcement. */
  readonly approvedBy: readonly string[];
}

/** The expected cost of a list of orders, in cents and in basis points of its value. */
export interface CostEstimate {
  readonly cost: Cents;
  readonly bps: number;
  /** Measured on our fills before that decision, or assumed while there are none. */
  readonly measured: boolean;
}

/** Totals of all fills of the rebalance's orders, as executed by the broker. */
export interface Totals {
  readonly fills: number;
  readonly bought: Cents;
  readonly sold: Cents;
  /** Cost against decision prices; negative for a gain. Undefined without a fill. */
  readonly slippage: Cents | undefined;
  readonly slippageBps: number | undefined;
  /** Half of the executed value over equity at decision time, a fraction. */
  readonly turnover: number | undefined;
}

/** The slippage that a backtest assumes by default. */
const ASSUMED_BPS = 5;

/** Undefined when the book has no such decision. */
export function rebalanceView(
  book: AccountState,
  id: string,
  mode: Mode,
): RebalanceView | undefined {
  const rebalance = book.rebalances.get(id);
  if (!rebalance) return undefined;
  const { decision, at, finishedAt, result } = rebalance;
  const managedOrders = managedOrdersOf(book, id);
  const orders = decision.plan.orders.map((planned) =>
    orderRow(planned, attemptsAt(managedOrders, planned.ticker, planned.side), rebalance),
  );
  return {
    id,
    at,
    finishedAt,
    accountNumber: book.account?.number,
    plan: planView(decision, mode, { lots: book.lots, at }),
    target: decision.verdict.weights,
    orders,
    estimate: estimateOf(book, rebalance),
    totals: totalsOf(orders, managedOrders, decision.holdings.equity),
    result,
    unannounced: book.unannounced.has(id),
    approvedBy: approversOf(book, id),
  };
}

function approversOf({ proposals, announcements }: AccountState, id: string): readonly string[] {
  const { approvals = [], answer, answeredBy } = proposals.get(id) ?? {};
  const change = announcements.get(id)?.change;
  return [
    ...approvals.map(({ by }) => by),
    ...(answer === 'approved' && answeredBy !== undefined ? [answeredBy] : []),
    ...(change?.choice === 'run' ? [change.by] : []),
  ];
}

type Planned = Pick<OrderRow, 'ticker' | 'side' | 'priceAtDecision'> & { readonly qty: Qty };

function orderRow(
  planned: Planned,
  attempts: readonly ManagedOrder[],
  rebalance: Rebalance,
): OrderRow {
  const filled = attempts.reduce((sum, managed) => sum + filledOf(managed), 0);
  const last = attempts.at(-1);
  const { ticker, side, priceAtDecision } = planned;
  const fills = attempts.flatMap((managed) => managed.fills);
  const atDecision = sum(fills.map((fill) => valueOf(fill.qty, priceAtDecision)));
  const slippage = sum(fills.map((fill) => slippageOf({ intent: planned, fill })));
  return {
    ticker,
    side,
    planned: planned.qty,
    sent: sentOf(attempts),
    filled: qty(filled),
    averagePrice: averagePrice(attempts),
    priceAtDecision,
    value: sum(fills.map((fill) => valueOf(fill.qty, fill.price))),
    slippage: fills.length > 0 ? slippage : undefined,
    slippageBps: bps(slippage, atDecision),
    state: stateOf(last, filled, planned.qty, rebalance),
    reason: reasonOf(attempts, filled, planned.qty),
  };
}

function sentOf(attempts: readonly ManagedOrder[]): Qty | undefined {
  const sent = attempts.filter(({ order, tries }) => order !== undefined || tries > 0);
  const last = sent.at(-1);
  if (!last) return undefined;
  const before = sent.slice(0, -1).reduce((sum, managed) => sum + filledOf(managed), 0);
  return qty(before + (last.order?.qty ?? last.sent?.qty ?? last.intent.qty));
}

function totalsOf(
  orders: readonly OrderRow[],
  managedOrders: readonly ManagedOrder[],
  equity: Cents,
): Totals {
  const traded = (side: Side): Cents =>
    sum(orders.filter((order) => order.side === side).map(({ value }) => value));
  const [bought, sold] = [traded('buy'), traded('sell')];
  const own = managedOrders.flatMap((managed) =>
    managed.fills.map((fill) => ({ intent: managed.intent, fill })),
  );
  const slippage = sum(own.map(slippageOf));
  const atDecision = sum(own.map(({ intent, fill }) => valueOf(fill.qty, intent.priceAtDecision)));
  return {
    fills: own.length,
    bought,
    sold,
    slippage: own.length > 0 ? slippage : undefined,
    slippageBps: bps(slippage, atDecision),
    turnover: fraction((bought + sold) / 2, equity),
  };
}

/** The expected cost of the decision's orders, at the rate of our earlier fills. */
export function estimateOf(
  book: AccountState,
  { decision, at }: Pick<Rebalance, 'decision' | 'at'>,
): CostEstimate {
  const before = costsBetween(book, Number.NEGATIVE_INFINITY, at - 1).slippageBps;
  const rate = before ?? ASSUMED_BPS;
  const planned = sum(
    decision.plan.orders.map((order) => valueOf(order.qty, order.priceAtDecision)),
  );
  return {
    cost: cents(Math.round((planned * rate) / 10_000)),
    bps: rate,
    measured: before !== undefined,
  };
}

function bps(slippage: Cents, atDecision: Cents): number | undefined {
  return atDecision > 0 ? (slippage / atDecision) * 10_000 : undefined;
}

function sum(values: readonly Cents[]): Cents {
  return cents(values.reduce<number>((total, value) => total + value, 0));
}

/** The broker's report may be ahead of our booked fills, and our fills ahead of the report. */
function filledOf(managed: ManagedOrder): number {
  const booked = managed.fills.reduce((sum, fill) => sum + fill.qty, 0);
  return Math.max(booked, managed.order?.filledQty ?? 0);
}

function stateOf(
  last: ManagedOrder | undefined,
  filled: number,
  planned: number,
  { finishedAt }: Rebalance,
): OrderState {
  if (filled >= planned) return 'filled';
  if (last?.state === 'refused') return filled > 0 ? 'short' : 'refused';
  if (last?.order) return placedState(last.order, filled, planned);
  if (last?.state === 'sending') return 'open';
  return finishedAt === undefined ? 'waiting' : 'not sent';
}

function placedState(order: Order, filled: number, planned: number): OrderState {
  if (!isFinal(order)) return 'open';
  if (order.status === 'filled' && isAsPlanned(filled, planned)) return 'filled';
  return filled > 0 ? 'short' : 'not filled';
}

function reasonOf(
  attempts: readonly ManagedOrder[],
  filled: number,
  planned: number,
): string | undefined {
  const last = attempts.at(-1);
  if (!last || filled >= planned) return undefined;
  const { order } = last;
  return (
    wordOf(last) ?? (order && isFinal(order) ? endingOf(order) : openReason(attempts, planned))
  );
}

/** A person's action on an order, or why it was rejected. */
function wordOf({ refusal, setAsideBy, cancelRequestedBy }: ManagedOrder): string | undefined {
  if (refusal !== undefined) return refusal;
  if (setAsideBy !== undefined) return `set aside by ${setAsideBy}`;
  return cancelRequestedBy === undefined ? undefined : `cancelled by ${cancelRequestedBy}`;
}

/** Unusual facts about a line that is not over, and why it is for less than planned. */
function openReason(attempts: readonly ManagedOrder[], planned: number): string | undefined {
  const last = attempts.at(-1);
  const sent = sentOf(attempts);
  const isSized = sent !== undefined && !isAsPlanned(sent, planned);
  const words = [last?.order && standingOf(last.order), isSized && last && sizedWords(last.intent)];
  return words.filter((each) => typeof each === 'string').join('; ') || undefined;
}

/** Weighted by shares over every attempt that has a price. */
function averagePrice(attempts: readonly ManagedOrder[]): number | undefined {
  let shares = 0;
  let paid = 0;
  for (const { order } of attempts) {
    if (order?.averagePrice === undefined) continue;
    shares += order.filledQty;
    paid += order.filledQty * order.averagePrice;
  }
  return shares > 0 ? paid / shares : undefined;
}
