/** One run of models on rows over a history that is ready. */
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import type { RegimeKind } from '../domain/model.ts';
import type { RowModel } from '../rules/rebalance.ts';
import { type RunResult, type RunTerms, runAccount } from '../rules/run.ts';
import type { History, Ranked } from './history.ts';

/** The account and the rules of a run. */
export interface RunSettings {
  /** Cents. */
  readonly equity: number;
  /** Hundredths of a per cent of the open, paid on every fill. */
  readonly slippageBps: number;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
}

/** Models and what they read. */
export interface RowRun extends RunSettings {
  readonly models: readonly RowModel[];
  /** What a decision must be able to rank; the run is not decided where it is not all there. */
  readonly ranked: readonly Ranked[];
  /** Rows of the panel, both included; `from` at least 1. */
  readonly from: number;
  readonly to: number;
  /** In place of the market's own. */
  readonly regimeAt?: (row: number) => RegimeKind;
  /** What differs from the terms that follow from all this. */
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
