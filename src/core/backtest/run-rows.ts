/** One run of models on rows of a prepared history. */
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import type { RegimeKind } from '../domain/model.ts';
import type { RowModel } from '../rules/rebalance.ts';
import { type RunResult, type RunTerms, runAccount } from '../rules/run.ts';
import type { History, Ranked } from './history.ts';

/** The account and the rules of a run. */
export interface RunSettings {
  /** Cents. */
  readonly equity: number;
  /** Basis points of the open, charged on every fill. */
  readonly slippageBps: number;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
}

/** Models and their inputs. */
export interface RowRun extends RunSettings {
  readonly models: readonly RowModel[];
  /** Rankings that a decision requires; rows without all of them are not decided. */
  readonly ranked: readonly Ranked[];
  /** Rows of the panel, both inclusive; `from` at least 1. */
  readonly from: number;
  readonly to: number;
  /** Replaces the market's own regime. */
  readonly regimeAt?: (row: number) => RegimeKind;
  /** Overrides of the derived terms. */
  readonly more?: Partial<RunTerms> | undefined;
}

/** Runs the rules over the rows. */
export function runRows(history: History, run: RowRun): RunResult {
  const { panel } = history;
  const { models, limits, rules, equity, slippageBps, from, to, more } = run;
  const used = models.reduce((bits, { cadence }) => bits | cadence, 0);
  return runAccount({
    ...{ panel, models, limits, rules, from, to, equity, slippageBps },
    defensive: panel.defensive,
    regimeAt: run.regimeAt ?? history.regimeAt,
    starts: history.starts(used),
    isReady: history.readiness(run.ranked),
    ...more,
  });
}
