import type {
  Holdings,
  Plan,
  PlanLine,
  PlanRules,
  RiskLimits,
  RiskVerdict,
} from '../domain/decision.ts';
import { clientOrderId, type OrderIntent, type Side } from '../domain/order.ts';
import { writeWeights } from '../domain/places.ts';
import {
  type Cents,
  centsToDecimal,
  type Qty,
  qty,
  type Ticker,
  valueOf,
} from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import { createChanges, NO_TRADE, planChanges, weightOf } from '../rules/changes.ts';

/** Inputs of a plan: holdings, target, prices, equity and order size rules. */
export interface PlanInput {
  readonly accountId: string;
  readonly decisionId: string;
  readonly verdict: RiskVerdict;
  readonly holdings: Holdings;
  /** Dollars a share, for every ticker held or targeted. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly universe: Universe;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
}

/** The desired change of one ticker, before fitting it to the available cash. */
interface DesiredChange {
  readonly ticker: Ticker;
  readonly held: Qty;
  readonly price: number;
  /** Billionths of a share; negative sells, 0 is no change. */
  readonly change: number;
  readonly why: string | undefined;
}

/**
 * The orders that bring the holdings to the verdict's weights: sells first, each side in universe order. No
 * order is below `minOrder` or for a drift below `minDrift`, unless it closes a position. Buys cost at most
 * the cash and the proceeds of the sells, plus the borrowing that `maxGross` above 1 allows, less a reserve
 * of 0.75 % for price moves. A rejected verdict trades nothing. Holdings outside the universe are listed
 * and left alone.
 * @throws RangeError without a price for a ticker held or targeted.
 */
export function planOrders(input: PlanInput): Plan {
  const changes = desiredChanges(input);
  const orders = [...ordersOf('sell', changes, input), ...ordersOf('buy', changes, input)];
  const traded = orders.reduce((sum, order) => sum + order.estimated, 0);
  return {
    lines: changes.map((move) => lineOf(move, input.holdings.equity)),
    orders,
    turnover: traded === 0 ? 0 : traded / input.holdings.equity / 2,
    foreign: unmanagedHoldings(input),
  };
}

/** The tradable tickers that are held or targeted, in universe order. */
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

/** The change of each ticker by the rules, with the reason for none. */
function desiredChanges(input: PlanInput): readonly DesiredChange[] {
  const { verdict, holdings, limits, rules } = input;
  const tickers = tickersOf(input);
  const held = tickers.map((ticker) => holdings.positions.get(ticker) ?? qty(0));
  const prices = tickers.map((ticker) => priceOf(input, ticker));
  const planned = createChanges(tickers.length);
  if (verdict.kind !== 'refused') {
    const { equity, cash } = holdings;
    const sizing = {
      equity,
      cash,
      held: Float64Array.from(held),
      prices: Float64Array.from(prices),
    };
    planChanges(writeWeights(verdict.weights, tickers), sizing, limits, rules, planned);
  }
  return tickers.map((ticker, place) => ({
    ticker,
    held: held[place] ?? qty(0),
    price: prices[place] ?? Number.NaN,
    change: planned.change[place] ?? 0,
    why: verdict.kind === 'refused' ? verdict.reason : noTradeReason(planned.why[place], rules),
  }));
}

function priceOf({ prices }: PlanInput, ticker: Ticker): number {
  const price = prices.get(ticker);
  if (price === undefined) throw new RangeError(`plan: expected a price of ${ticker}, found none`);
  return price;
}

/** Why a ticker is not traded, as a sentence; undefined where it is. */
function noTradeReason(why: number | undefined, { minOrder }: PlanRules): string | undefined {
  if (why === NO_TRADE.drift) return 'within MIN_DRIFT of its target';
  if (why === NO_TRADE.step) return 'closer to its target than one share';
  if (why === NO_TRADE.minimum) return `an order under the minimum of $${centsToDecimal(minOrder)}`;
  return why === NO_TRADE.cash ? 'not enough cash for it' : undefined;
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
