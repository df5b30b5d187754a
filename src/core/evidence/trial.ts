/** One run of the evidence: the account's curve and the figures that every comparison needs. */
import type { History, Ranked } from '../backtest/history.ts';
import { rankedBy, rowModelOf } from '../backtest/row-models.ts';
import { type RowRun, type RunSettings, runRows } from '../backtest/run-rows.ts';
import type { Model } from '../domain/model.ts';
import { at } from '../rules/panel.ts';
import type { RowModel } from '../rules/rebalance.ts';
import { createRunBuffers, type RunBuffers, type RunResult } from '../rules/run.ts';
import {
  deepestDrawdown,
  deviationOf,
  growthOf,
  meanOf,
  returnsOf,
  sharpeFrom,
  YEAR,
} from './moments.ts';

/** Sessions, account and rules shared by every run of a page. */
export interface BacktestSetup extends RunSettings {
  readonly history: History;
  /** Rows of the panel, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Overrides of the derived terms, such as interest. */
  readonly more?: RowRun['more'];
}

/** A run and its results. */
export interface Trial {
  readonly run: RunResult;
  /** Simple returns, one per session, the first from the first open. */
  readonly returns: Float64Array;
}

/** Models on rows, and their rankings. */
export type Runnable = Pick<RowRun, 'models' | 'ranked'> & Partial<RowRun>;

/** Space for one trial; a trial that is given it overwrites the previous one. */
export interface TrialBuffers {
  readonly run: RunBuffers;
  readonly returns: Float64Array;
}

/** Space for trials of that many models over the sessions of the setup. */
export function createTrialBuffers(
  { history, from, to }: BacktestSetup,
  models: number,
): TrialBuffers {
  const sessions = to - from + 1;
  const places = history.panel.tickers.length - 1;
  return {
    run: createRunBuffers(models, places, sessions),
    returns: new Float64Array(sessions),
  };
}

/** Runs the models; values given here override the setup. */
export function trialOf(setup: BacktestSetup, runnable: Runnable, buffers?: TrialBuffers): Trial {
  const more = { ...setup.more, ...runnable.more, ...(buffers && { buffers: buffers.run }) };
  const run = runRows(setup.history, { ...setup, ...runnable, more });
  return { run, returns: returnsOf(run.equity, buffers?.returns) };
}

/** The configured models, ready to run. */
export function deskOf(models: readonly Model[], history: History): Runnable {
  return {
    models: models.map((model) => rowModelOf(model, history)),
    ranked: models.map((model) => rankedBy(model, history)),
  };
}

/** One model on rows, alone. */
export function alone(model: RowModel, ranked: Ranked): Runnable {
  return { models: [model], ranked: [ranked] };
}

/** The figures of every run, under their names in `--json`. */
export interface Summary {
  /** Dollars. */
  readonly final: number;
  readonly cagr: number;
  readonly vol: number;
  readonly sharpe: number;
  readonly mdd: number;
  readonly orders: number;
  /** Half the value traded over equity, per year. */
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
