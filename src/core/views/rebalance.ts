import type { Mode } from '../domain/account.ts';
import { type Book, type Leg, legsOf, type Rebalance } from '../domain/book.ts';
import type { RebalanceResult } from '../domain/entry.ts';
import { isFinal, type Side } from '../domain/order.ts';
import { type EpochMs, type Qty, qty, type Ticker } from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';
import { attemptsAt } from './measure.ts';
import { type PlanView, planView } from './plan.ts';

/** `waiting`: not sent yet; `open`: the broker has it; `short`: final, with less than planned. */
export type OrderState = 'waiting' | 'open' | 'filled' | 'short' | 'refused' | 'not sent';

export interface OrderRow {
  readonly ticker: Ticker;
  readonly side: Side;
  /** As decided. */
  readonly planned: Qty;
  readonly filled: Qty;
  /** Dollars a share over all fills; undefined while nothing is filled. */
  readonly averagePrice: number | undefined;
  readonly priceAtDecision: number;
  readonly state: OrderState;
  /** The broker's reason, or its word for how the order ended. */
  readonly reason: string | undefined;
}

/** One rebalance, as told to people. */
export interface RebalanceView {
  readonly id: string;
  readonly at: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  readonly accountNumber: string | undefined;
  readonly plan: PlanView;
  readonly target: Weights;
  readonly orders: readonly OrderRow[];
  readonly result: RebalanceResult | undefined;
}

/** Undefined when the book knows no such decision. */
export function rebalanceView(book: Book, id: string, mode: Mode): RebalanceView | undefined {
  const rebalance = book.rebalances.get(id);
  if (!rebalance) return undefined;
  const { decision, at, finishedAt, result } = rebalance;
  const legs = legsOf(book, id);
  return {
    id,
    at,
    finishedAt,
    accountNumber: book.account?.number,
    plan: planView(decision, mode),
    target: decision.verdict.weights,
    orders: decision.plan.orders.map((planned) =>
      orderRow(planned, attemptsAt(legs, planned.ticker, planned.side), rebalance),
    ),
    result,
  };
}

type Planned = Pick<OrderRow, 'ticker' | 'side' | 'priceAtDecision'> & { readonly qty: Qty };

function orderRow(planned: Planned, attempts: readonly Leg[], rebalance: Rebalance): OrderRow {
  const filled = attempts.reduce((sum, leg) => sum + filledOf(leg), 0);
  const last = attempts.at(-1);
  const { ticker, side, priceAtDecision } = planned;
  const state = stateOf(last, filled, rebalance);
  return {
    ticker,
    side,
    planned: planned.qty,
    filled: qty(filled),
    averagePrice: averagePrice(attempts),
    priceAtDecision,
    state: state === 'filled' && filled < planned.qty ? 'short' : state,
    reason: reasonOf(last, filled, planned.qty),
  };
}

/** What the broker reports may run ahead of the fills we booked, and the fills of the report. */
function filledOf(leg: Leg): number {
  const booked = leg.fills.reduce((sum, fill) => sum + fill.qty, 0);
  return Math.max(booked, leg.order?.filledQty ?? 0);
}

function stateOf(last: Leg | undefined, filled: number, rebalance: Rebalance): OrderState {
  const over = rebalance.finishedAt !== undefined;
  if (!last) return over ? 'not sent' : 'waiting';
  if (last.state === 'refused') return filled > 0 ? 'short' : 'refused';
  if (!last.order) return last.state === 'planned' ? 'waiting' : 'open';
  if (!isFinal(last.order)) return 'open';
  return last.order.status === 'filled' ? 'filled' : 'short';
}

function reasonOf(last: Leg | undefined, filled: number, planned: number): string | undefined {
  if (last?.refusal !== undefined) return last.refusal;
  const order = last?.order;
  if (!order || !isFinal(order) || filled >= planned) return undefined;
  return order.status === 'filled' ? 'sized to the cash that was there' : order.brokerStatus;
}

/** Weighted by shares over every attempt that has a price. */
function averagePrice(attempts: readonly Leg[]): number | undefined {
  let shares = 0;
  let paid = 0;
  for (const { order } of attempts) {
    if (order?.averagePrice === undefined) continue;
    shares += order.filledQty;
    paid += order.filledQty * order.averagePrice;
  }
  return shares > 0 ? paid / shares : undefined;
}
