/** A parameter sweep: every point of a grid of settings, each run alone. */
import type { History } from '../backtest/history.ts';
import type { Model } from '../domain/model.ts';
import { at } from '../rules/panel.ts';
import { CADENCE, type RowModel } from '../rules/rebalance.ts';
import { countSelected, holdTop } from '../rules/selection.ts';
import { growthOf } from './moments.ts';
import {
  alone,
  type BacktestSetup,
  createTrialBuffers,
  deskOf,
  type Runnable,
  type Trial,
  trialOf,
} from './trial.ts';

/** The settings to try, each ascending. */
export interface Grid {
  /** Sessions. */
  readonly lookback: readonly number[];
  readonly top: readonly number[];
  /** Minimum momentum, fractions. */
  readonly min: readonly number[];
}

/** Lookback, top, minimum momentum. */
export type Point = readonly [lookback: number, top: number, min: number];

/** The stored result of a point: a search holds hundreds. */
export interface SweepTrial {
  readonly point: Point;
  readonly returns: Float64Array<ArrayBuffer>;
  /** Cents at the end, and the annual growth. */
  readonly final: number;
  readonly growth: number;
}

/** Every point: lookback outermost, then top, then minimum momentum. */
export function pointsOf({ lookback, top, min }: Grid): readonly Point[] {
  return lookback.flatMap((sessions) =>
    top.flatMap((most) => min.map((least): Point => [sessions, most, least])),
  );
}

/** A model with these settings: always active, without leverage, monthly. */
export function pointModel([lookback, top, min]: Point, history: History): RowModel {
  const rankingAt = history.rankings({ lookback });
  const { defensive } = history.panel;
  return {
    ...{ activeIn: 'always', budget: 1, leverage: 1 },
    cadence: CADENCE.monthly,
    weighInto(weights, row) {
      const { order, momentum } = rankingAt(row);
      holdTop(weights, order, countSelected(momentum, top, min), defensive);
    },
  };
}

/** The settings, ready to run. */
export function pointRun(point: Point, history: History): Runnable {
  return alone(pointModel(point, history), { lookback: point[0] });
}

/** A configured model with these settings in place of its own, alone; it keeps its regime and leverage. */
export function variantRun(model: Model, [lookback, top, min]: Point, history: History): Runnable {
  const parameters = { ...model.parameters, lookback, top, minimumMomentum: min };
  return deskOf([{ ...model, parameters }], history);
}

/** Runs each point in turn. @param tried called after each with the number done. */
export function sweep(
  setup: BacktestSetup,
  points: readonly Point[],
  tried: (done: number) => void = () => undefined,
): readonly SweepTrial[] {
  const buffers = createTrialBuffers(setup, 1);
  return points.map((point, index) => {
    const trial = trialOf(setup, pointRun(point, setup.history), buffers);
    tried(index + 1);
    const { returns, run } = trial;
    return { point, returns: returns.slice(), final: finalOf(trial), growth: growthOf(run.equity) };
  });
}

/**
 * Gives the memory of the returns back at once; they are empty then. The random portfolios that follow
 * allocate so little that no collection would find it.
 */
export function release(tried: readonly SweepTrial[]): void {
  for (const { returns } of tried) returns.buffer.transfer(0);
}

/**
 * Runs one point. @param model whose settings are tried; by default the settings alone, always active and
 * without leverage.
 */
export function pointTrial(setup: BacktestSetup, point: Point, model?: Model): Trial {
  const { history } = setup;
  return trialOf(setup, model ? variantRun(model, point, history) : pointRun(point, history));
}

/** Cents at the end of a run. */
export function finalOf({ run }: Trial): number {
  return at(run.equity, run.equity.length - 1);
}

/** The adjacent points of the grid, including diagonals. */
export function neighboursOf(grid: Grid, [lookback, top, min]: Point): readonly Point[] {
  const near = (values: readonly number[], value: number): readonly number[] => {
    const place = values.indexOf(value);
    return place < 0 ? [] : values.slice(Math.max(0, place - 1), place + 2);
  };
  const around = {
    lookback: near(grid.lookback, lookback),
    top: near(grid.top, top),
    min: near(grid.min, min),
  };
  return pointsOf(around).filter(
    (point) => point[0] !== lookback || point[1] !== top || point[2] !== min,
  );
}
