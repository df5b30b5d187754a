import type {
  Holdings,
  Plan,
  PlanLine,
  PlanRules,
  RiskLimits,
  RiskVerdict,
} from '../domain/decision.ts';
import { clientOrderId, type OrderIntent, type Side } from '../domain/order.ts';
import {
  type Cents,
  cents,
  centsToDecimal,
  type Qty,
  qty,
  type Ticker,
  toShares,
  valueOf,
} from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import { WEIGHT_EPSILON } from '../domain/weights.ts';
import { changeTo, fitPurchases, sharesOf, stepOf } from './sizing.ts';

/** The way from the holdings to the target: prices, equity and the rules of order sizes. */
export interface PlanInput {
  readonly accountId: string;
  readonly decisionId: string;
  readonly verdict: RiskVerdict;
  readonly holdings: Holdings;
  /** Dollars a share, for every ticker that is held or targeted. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly universe: Universe;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
}

/**
 * So much of the money is not planned for. A market order fills around the latest price, and a plan
 * that needs every cent would be cut down, or refused by the broker, at the first tick upwards.
 */
export const RESERVE = 0.0075;

/** The desired change of one ticker, before the money is counted. */
interface DesiredChange {
  readonly ticker: Ticker;
  readonly held: Qty;
  readonly price: number;
  /** Billionths of a share; negative sells, 0 stays. */
  readonly change: number;
  readonly why: string | undefined;
}

/**
 * The orders that bring the holdings to the verdict's weights: sells first, each side in universe
 * order. No order is under `minOrder` or for a drift under `minDrift`, unless it closes a position.
 * Buys cost at most the cash and the proceeds of the sells, plus what `maxGross` above 1 lets borrow,
 * less a reserve of 0.75 % for prices that move.
 * A refused verdict trades nothing. Holdings outside the universe are listed and left alone.
 * @throws RangeError without a price for a ticker that is held or targeted.
 */
export function planOrders(input: PlanInput): Plan {
  const wanted = tickersOf(input).map((ticker) => desiredChange(input, ticker));
  const changes = fitToMoney(wanted, input);
  const orders = [...ordersOf('sell', changes, input), ...ordersOf('buy', changes, input)];
  const traded = orders.reduce((sum, order) => sum + order.estimated, 0);
  return {
    lines: changes.map((move) => lineOf(move, input.holdings.equity)),
    orders,
    turnover: traded === 0 ? 0 : traded / input.holdings.equity / 2,
    foreign: unmanagedHoldings(input),
  };
}

/** The tradable tickers that are held or that the weights name, in universe order. */
export function tickersToTrade(
  universe: Universe,
  holdings: Holdings,
  verdict: RiskVerdict,
): readonly Ticker[] {
  return tradable(universe)
    .map(({ ticker }) => ticker)
    .filter((ticker) => holdings.positions.get(ticker) || verdict.weights.get(ticker));
}

function tickersOf({ universe, holdings, verdict }: PlanInput): readonly Ticker[] {
  return tickersToTrade(universe, holdings, verdict);
}

function unmanagedHoldings({ universe, holdings }: PlanInput): Plan['foreign'] {
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  return [...holdings.positions]
    .filter(([ticker, quantity]) => !own.has(ticker) && quantity !== 0)
    .map(([ticker, quantity]) => ({ ticker, qty: quantity }))
    .sort((left, right) => (left.ticker < right.ticker ? -1 : 1));
}

function desiredChange(input: PlanInput, ticker: Ticker): DesiredChange {
  const { verdict, holdings, rules } = input;
  const held = holdings.positions.get(ticker) ?? qty(0);
  const price = input.prices.get(ticker);
  if (price === undefined) throw new RangeError(`plan: expected a price of ${ticker}, found none`);
  const stay = (why: string): DesiredChange => ({ ticker, held, price, change: 0, why });
  if (verdict.kind === 'refused') return stay(verdict.reason);
  const weight = verdict.weights.get(ticker) ?? 0;
  if (weight === 0) return { ticker, held, price, change: -held, why: undefined };
  const drift = Math.abs(weight - weightOf(held, price, holdings.equity));
  if (drift < rules.minDrift - WEIGHT_EPSILON) {
    return stay('within MIN_DRIFT of its target');
  }
  const target = sharesOf(weight, holdings.equity, price);
  const change = changeTo(target, held, stepOf(rules));
  return withMinimum({ ticker, held, price, change, why: undefined }, rules);
}

/** The move, or none where its order would be too small to send. */
function withMinimum(move: DesiredChange, { minOrder }: PlanRules): DesiredChange {
  if (move.change === 0) return { ...move, why: 'nearer to its target than one share' };
  if (valueOf(qty(Math.abs(move.change)), move.price) >= minOrder) return move;
  return { ...move, change: 0, why: `an order under the minimum of $${centsToDecimal(minOrder)}` };
}

/** Shrinks the buys to what the cash and the sells pay for. */
function fitToMoney(
  moves: readonly DesiredChange[],
  { holdings, limits, rules }: PlanInput,
): DesiredChange[] {
  const buys = moves.filter(({ change }) => change > 0);
  const proceeds = moves
    .filter(({ change }) => change < 0)
    .reduce((sum, { change, price }) => sum + valueOf(qty(-change), price), 0);
  const credit = Math.floor(Math.max(0, limits.maxGross - 1) * holdings.equity);
  const sizes = fitPurchases(
    buys.map(({ change, price }) => ({ qty: qty(change), price })),
    cents(Math.floor((holdings.cash + proceeds + credit) * (1 - RESERVE))),
    stepOf(rules),
  );
  return moves.map((move) => {
    const change = sizes[buys.indexOf(move)] ?? move.change;
    if (change === move.change) return move;
    if (change === 0) return { ...move, change, why: 'the cash does not reach for it' };
    return withMinimum({ ...move, change }, rules);
  });
}

function ordersOf(side: Side, moves: readonly DesiredChange[], input: PlanInput): OrderIntent[] {
  const { accountId, decisionId } = input;
  return moves
    .filter(({ change }) => (side === 'buy' ? change > 0 : change < 0))
    .map(({ ticker, change, price }) => {
      const quantity = qty(Math.abs(change));
      const key = { accountId, decisionId, ticker, side, attempt: 1 };
      return {
        clientOrderId: clientOrderId(key),
        decisionId,
        ticker,
        side,
        qty: quantity,
        attempt: 1,
        priceAtDecision: price,
        estimated: valueOf(quantity, price),
      };
    });
}

function lineOf({ ticker, held, price, change, why }: DesiredChange, equity: Cents): PlanLine {
  const toQty = qty(held + change);
  return {
    ticker,
    fromQty: held,
    toQty,
    fromWeight: weightOf(held, price, equity),
    toWeight: weightOf(toQty, price, equity),
    price,
    action: change === 0 ? 'stay' : change > 0 ? 'buy' : 'sell',
    why,
  };
}

/** A share of equity; 0 in an account without equity, where the verdict is refused. */
function weightOf(quantity: Qty, price: number, equity: Cents): number {
  return equity > 0 ? (toShares(quantity) * price * 100) / equity : 0;
}
