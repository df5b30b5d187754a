/** The plan that raises cash: it sells what exceeds the target, and buys nothing. Pure. */
import type { Holdings, Plan, PlanLine, PlanRules } from '../domain/decision.ts';
import { clientOrderId, WHOLE_SHARE } from '../domain/order.ts';
import { type Cents, type Qty, qty, type Ticker, valueOf } from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';
import { weightOf } from '../rules/changes.ts';

/** Holdings, target weights and the cash to raise. */
export interface RaiseInput {
  readonly accountId: string;
  readonly decisionId: string;
  /** Above 0, at most the equity. */
  readonly amount: Cents;
  /** The current target, as fractions of equity. */
  readonly weights: Weights;
  /** Equity and cash of the managed part of the account; positions of tradable tickers. */
  readonly holdings: Holdings;
  /** Dollars a share for each position. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly rules: PlanRules;
  /** Basis points below the price at which an order may fill; that much more is sold. */
  readonly limitBps: number;
}

interface Surplus {
  readonly ticker: Ticker;
  readonly held: Qty;
  readonly price: number;
  /** Value in cents above the target of the remaining equity. */
  readonly surplus: number;
}

/**
 * Cash in excess of the target is used first. The rest comes from every holding above its share of the
 * equity less the amount, all sold by the same factor, rounded up to whole shares.
 */
export function raisePlan(input: RaiseInput): Plan {
  const surpluses = surplusesOf(input);
  const total = surpluses.reduce((sum, { surplus }) => sum + surplus, 0);
  const factor = Math.min(1, missingOf(input) / Math.max(1, total));
  const sold = surpluses.map((surplus) => ({
    ...surplus,
    size: sizeOf(surplus, factor, input.rules),
  }));
  const orders = sold
    .filter(({ size, held, price }) => {
      return size > 0 && (size === held || valueOf(size, price) >= input.rules.minOrder);
    })
    .map(({ ticker, price, size }) => {
      const key = { ...input, ticker, side: 'sell' as const, attempt: 1 };
      const { decisionId, side, attempt } = key;
      const estimated = valueOf(size, price);
      const id = clientOrderId(key);
      return {
        ...{ clientOrderId: id, decisionId, ticker, side, attempt },
        ...{ qty: size, priceAtDecision: price, estimated },
      };
    });
  const left = new Map(orders.map((order) => [order.ticker, order.qty]));
  const traded = orders.reduce((sum, { estimated }) => sum + estimated, 0);
  const { equity } = input.holdings;
  return {
    lines: surpluses.map((surplus) => lineOf(surplus, left.get(surplus.ticker) ?? qty(0), equity)),
    orders,
    turnover: traded / equity / 2,
    foreign: [],
  };
}

/** Cents that sells must raise: the amount, less the cash that the remaining target does not need. */
function missingOf({ amount, weights, holdings, limitBps }: RaiseInput): number {
  const invested = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const kept = Math.max(0, 1 - invested) * (holdings.equity - amount);
  const free = Math.max(0, holdings.cash - kept);
  return Math.max(0, amount - free) * (1 + limitBps / 10_000);
}

function surplusesOf({ amount, weights, holdings, prices }: RaiseInput): readonly Surplus[] {
  const equity = holdings.equity - amount;
  return [...holdings.positions].map(([ticker, held]) => {
    const price = prices.get(ticker) ?? 0;
    const wanted = equity * (weights.get(ticker) ?? 0);
    return { ticker, held, price, surplus: Math.max(0, valueOf(held, price) - wanted) };
  });
}

function sizeOf({ held, price, surplus }: Surplus, factor: number, { fractional }: PlanRules): Qty {
  if (price <= 0) return qty(0);
  const step = fractional ? 1 : WHOLE_SHARE;
  const exact = (surplus * factor * WHOLE_SHARE) / (price * 100);
  // A floating-point excess over a whole share does not add another share.
  return qty(Math.min(held, Math.ceil(exact / step - 1e-6) * step));
}

function lineOf({ ticker, held, price }: Surplus, size: Qty, equity: Cents): PlanLine {
  const toQty = qty(held - size);
  return {
    ...{ ticker, fromQty: held, toQty, price },
    fromWeight: weightOf(held, price, equity),
    toWeight: weightOf(toQty, price, equity),
    action: size > 0 ? 'sell' : 'stay',
    why: size > 0 ? undefined : 'the target can spare none of it',
  };
}
