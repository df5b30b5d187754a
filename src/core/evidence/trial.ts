/** One run of the evidence: the account's curve and the figures that every comparison needs. */
import type { History, Ranked } from '../backtest/history.ts';
import { rankedBy, rowModelOf } from '../backtest/row-models.ts';
import { type RowRun, type RunSettings, runRows } from '../backtest/run-rows.ts';
import type { Model } from '../domain/model.ts';
import { at } from '../rules/panel.ts';
import type { RowModel } from '../rules/rebalance.ts';
import type { RunResult } from '../rules/run.ts';
import {
  deepestDrawdown,
  deviationOf,
  growthOf,
  meanOf,
  returnsOf,
  sharpeFrom,
  YEAR,
} from './moments.ts';

/** Sessions, account and rules that every run of a page shares. */
export interface BacktestSetup extends RunSettings {
  readonly history: History;
  /** Rows of the panel, both included. */
  readonly from: number;
  readonly to: number;
  /** What differs from the terms that follow from all this, such as interest. */
  readonly more?: RowRun['more'];
}

/** A run and what it came to. */
export interface Trial {
  readonly run: RunResult;
  /** Simple returns, one a session, the first from the first open. */
  readonly returns: Float64Array;
}

/** Models on rows, and what they rank. */
export type Runnable = Pick<RowRun, 'models' | 'ranked'> & Partial<RowRun>;

/** Runs the models; anything given replaces what the setup says. */
export function trialOf(setup: BacktestSetup, runnable: Runnable): Trial {
  const more = { ...setup.more, ...runnable.more };
  const run = runRows(setup.history, { ...setup, ...runnable, more });
  return { run, returns: returnsOf(run.equity) };
}

/** The models of a desk, ready to run. */
export function deskOf(models: readonly Model[], history: History): Runnable {
  return {
    models: models.map((model) => rowModelOf(model, history)),
    ranked: models.map((model) => rankedBy(model, history)),
  };
}

/** One model on rows alone. */
export function alone(model: RowModel, ranked: Ranked): Runnable {
  return { models: [model], ranked: [ranked] };
}

/** The figures of every run, under the names that `--json` gives them. */
export interface Summary {
  /** Dollars. */
  readonly final: number;
  readonly cagr: number;
  readonly vol: number;
  readonly sharpe: number;
  readonly mdd: number;
  readonly orders: number;
  /** Half the value traded over the equity, a year. */
  readonly turnover: number;
}

/** Growth, risk and cost of a run. */
export function summaryOf({ run, returns }: Trial): Summary {
  const { equity, orders, turnover } = run;
  return {
    final: at(equity, equity.length - 1) / 100,
    ...curveFigures(equity, returns),
    orders,
    turnover: (turnover * YEAR) / returns.length,
  };
}

/** Growth and risk of any curve. */
export function curveFigures(
  curve: Float64Array,
  returns: Float64Array,
): Pick<Summary, 'cagr' | 'vol' | 'sharpe' | 'mdd'> {
  const deviation = deviationOf(returns);
  return {
    cagr: growthOf(curve),
    vol: deviation * Math.sqrt(YEAR),
    sharpe: sharpeFrom(meanOf(returns), deviation) * Math.sqrt(YEAR),
    mdd: deepestDrawdown(curve),
  };
}
