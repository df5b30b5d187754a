import type { Decision, PlanLine } from '#core/domain/decision.ts';
import { clientOrderId, type OrderIntent, type Side } from '#core/domain/order.ts';
import {
  dollars,
  qty,
  sessionDate,
  ticker,
  toShares,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';

export const ACCOUNT_ID = 'a1b2c3d4-0000-4000-8000-000000000001';

/** An intent of whole shares for a decision. */
export function intent(
  decisionId: string,
  side: Side,
  symbol: string,
  shares: number,
  price = 100,
): OrderIntent {
  const key = { accountId: ACCOUNT_ID, decisionId, ticker: ticker(symbol), side, attempt: 1 };
  return {
    ...key,
    clientOrderId: clientOrderId(key),
    qty: wholeShares(shares),
    priceAtDecision: price,
    estimated: valueOf(wholeShares(shares), price),
  };
}

/** A decision with the given orders; everything else is plain. */
export function decision(
  overrides: Partial<Decision> & { readonly orders?: readonly OrderIntent[] } = {},
): Decision {
  const { orders = [], ...rest } = overrides;
  return {
    kind: 'decided',
    id: 'initial-2026-11-10',
    cause: 'initial',
    asOf: sessionDate('2026-11-09'),
    regime: { kind: 'bull', close: 600, mean200: 550, distance: 0.09, momentum126: 0.1 },
    rankings: [],
    votes: [],
    portfolio: { target: new Map(), grossBefore: 1, grossAfter: 1 },
    verdict: { kind: 'approved', weights: new Map(), breaches: [] },
    holdings: { equity: dollars(100_000), cash: dollars(100_000), positions: new Map() },
    closes: new Map(orders.map((order) => [order.ticker, order.priceAtDecision])),
    prices: new Map(orders.map((order) => [order.ticker, order.priceAtDecision])),
    plan: { lines: orders.map(lineOf), orders, turnover: 0.5, foreign: [] },
    ...rest,
  };
}

function lineOf(order: OrderIntent): PlanLine {
  const weight = (toShares(order.qty) * order.priceAtDecision) / 100_000;
  const [from, to] = order.side === 'sell' ? [order.qty, qty(0)] : [qty(0), order.qty];
  return {
    ticker: order.ticker,
    fromQty: from,
    toQty: to,
    fromWeight: order.side === 'sell' ? weight : 0,
    toWeight: order.side === 'sell' ? 0 : weight,
    price: order.priceAtDecision,
    action: order.side,
    why: undefined,
  };
}
