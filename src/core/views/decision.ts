/** The full record of one decision: inputs, target, limits, plan and result. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Decision, Portfolio, RiskVerdict } from '../domain/decision.ts';
import type { Ranking } from '../domain/model.ts';
import type { EpochMs, Ticker } from '../domain/units.ts';
import { type RebalanceView, rebalanceView } from './rebalance.ts';

/** One ticker of the portfolio; weights are fractions of equity. */
export interface WeightRow {
  readonly ticker: Ticker;
  /** Weight before. */
  readonly from: number | undefined;
  /** The combined weight of all models, before MAX_GROSS scaled it. */
  readonly wanted: number;
  /** Weight after scaling. */
  readonly target: number;
  /** Weight after the risk limits. */
  readonly final: number;
}

/** One decision from its rankings to its orders and their fills. */
export interface DecisionView {
  readonly rebalance: RebalanceView;
  readonly rankings: readonly Ranking[];
  readonly portfolio: Portfolio;
  readonly verdict: RiskVerdict['kind'];
  readonly weights: readonly WeightRow[];
  /** The record as stored, for a file. */
  readonly record: Decision;
}

/** Undefined when the book has no such decision. */
export function decisionView(book: AccountState, id: string, mode: Mode): DecisionView | undefined {
  const rebalance = rebalanceView(book, id, mode);
  const decision = book.rebalances.get(id)?.decision;
  if (!rebalance || !decision) return undefined;
  const { rankings, portfolio, verdict } = decision;
  return {
    rebalance,
    rankings,
    portfolio,
    verdict: verdict.kind,
    weights: weightRows(decision),
    record: decision,
  };
}

/** Held, wanted or both, in the order of the plan and then of the target. */
function weightRows({ plan, portfolio, verdict, votes }: Decision): readonly WeightRow[] {
  const tickers = new Set([...plan.lines.map(({ ticker }) => ticker), ...portfolio.target.keys()]);
  return [...tickers].map((ticker) => ({
    ticker,
    from: plan.lines.find((line) => line.ticker === ticker)?.fromWeight,
    wanted: votes.reduce(
      (sum, { share, leverage, weights }) => sum + share * leverage * (weights.get(ticker) ?? 0),
      0,
    ),
    target: portfolio.target.get(ticker) ?? 0,
    final: verdict.weights.get(ticker) ?? 0,
  }));
}

/** A decision by id and time, to choose from a list. */
export interface DecisionName {
  readonly id: string;
  readonly at: EpochMs;
}

/** Newest first. */
export function decisionNames(book: AccountState): readonly DecisionName[] {
  return [...book.rebalances.values()]
    .map(({ decision, at }) => ({ id: decision.id, at }))
    .reverse();
}
