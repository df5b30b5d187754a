/**
 * The paper return of each model alone: its recorded weights times leverage, bought at decision prices and
 * unchanged until the next decision. No costs unless given, no interest on borrowing, no reductions by the
 * risk limits; an inactive model earns nothing. Bars are adjusted, so dividends are included.
 */

import type { AccountState, Rebalance } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import type { Decision } from '../domain/decision.ts';
import { adjustedClose, rescaled } from '../domain/total-return.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { scale, type Weights } from '../domain/weights.ts';
import type { CurvePoint } from './curve.ts';

/** The paper value of a model at one point of the curve. */
export interface PaperPoint {
  /** Growth, 1 until the model's first decision; undefined without a price. */
  readonly value: number | undefined;
  /** Whether anything was held since the previous point. */
  readonly invested: boolean;
}

/** The model to follow, and how. */
export interface Paper {
  /** The model's id. */
  readonly id: string;
  /** Basis points of the value bought and sold; none by default. */
  readonly costBps?: number;
  /** Decisions before that instant are not followed. */
  readonly since?: number;
}

/** One for each point of the curve. */
export type PaperCurve = readonly PaperPoint[];

type PriceOf = (ticker: Ticker) => number | undefined;

/** The holdings of a model between two decisions. */
interface Holding {
  readonly weights: Weights;
  readonly bought: PriceOf;
}

/**
 * The model's growth at the instants of `curve`. A close reads the bar of its own session and a live point
 * reads `latest`; a missing price leaves the point undefined, and one missing at a decision also all later
 * points.
 */
export function paperCurve(
  book: AccountState,
  bars: Bars,
  latest: ReadonlyMap<Ticker, number>,
  curve: readonly CurvePoint[],
  { id, costBps = 0, since = 0 }: Paper,
): PaperCurve {
  const rebalances = [...book.rebalances.values()]
    // Selling everything involves no model: on paper each keeps its weights.
    .filter(({ decision, at }) => decision.votes.length > 0 && at >= since)
    .toSorted((left, right) => left.at - right.at);
  let value: number | undefined = 1;
  let holding: Holding | undefined;
  let next = 0;
  return curve.map(({ kind, at, date }) => {
    let invested = holds(holding);
    for (; ; next++) {
      const rebalance = rebalances[next];
      if (!rebalance || rebalance.at > at) break;
      const price = pricesAt(rebalance, bars);
      value = worth(value, holding, price);
      const weights = votedBy(rebalance.decision, id);
      value = paid(value, traded(holding, weights, price), costBps);
      holding = { weights, bought: price };
      invested ||= holds(holding);
    }
    if (kind === 'start') return { value: 1, invested: false };
    const price = kind === 'close' ? closesOn(bars, date) : (name: Ticker) => latest.get(name);
    return { value: worth(value, holding, price), invested };
  });
}

function holds(holding: Holding | undefined): boolean {
  return holding !== undefined && holding.weights.size > 0;
}

/** The value traded to get from the current holding to the weights, as a fraction of its worth. */
function traded(holding: Holding | undefined, weights: Weights, price: PriceOf): number {
  const whole = worth(1, holding, price) ?? 1;
  const has = (ticker: Ticker): number => {
    const [from, to] = [holding?.bought(ticker) ?? 1, price(ticker) ?? 1];
    return ((holding?.weights.get(ticker) ?? 0) * (to / from)) / whole;
  };
  const tickers = new Set([...(holding?.weights.keys() ?? []), ...weights.keys()]);
  return [...tickers].reduce(
    (sum, ticker) => sum + Math.abs((weights.get(ticker) ?? 0) - has(ticker)),
    0,
  );
}

function paid(value: number | undefined, share: number, costBps: number): number | undefined {
  return value === undefined ? undefined : value * (1 - (share * costBps) / 10_000);
}

function votedBy({ votes, shadows = [] }: Decision, modelId: string): Weights {
  const vote = [...votes, ...shadows].find(({ id }) => id === modelId);
  return vote ? scale(vote.weights, vote.leverage) : new Map();
}

/** The rest of the weights is cash, or a debt, and earns nothing. */
function worth(
  value: number | undefined,
  holding: Holding | undefined,
  price: PriceOf,
): number | undefined {
  if (value === undefined || !holding) return value;
  let gain = 0;
  for (const [ticker, weight] of holding.weights) {
    const [from, to] = [holding.bought(ticker), price(ticker)];
    if (from === undefined || to === undefined) return undefined;
    gain += weight * (to / from - 1);
  }
  return value * (1 + gain);
}

/**
 * The prices of a decision on the current scale of the bars: a dividend or a split since then has adjusted
 * all earlier closes, including that of the decision's session.
 */
function pricesAt({ decision }: Rebalance, bars: Bars): PriceOf {
  const { asOf, closes, prices } = decision;
  const now = closesOn(bars, asOf);
  return (ticker) => {
    const [then, adjusted, price] = [closes.get(ticker), now(ticker), prices.get(ticker)];
    if (then === undefined || adjusted === undefined || price === undefined) return undefined;
    return rescaled(price, then, adjusted);
  };
}

function closesOn(bars: Bars, date: SessionDate): PriceOf {
  return (ticker) => adjustedClose(bars, ticker, date);
}
