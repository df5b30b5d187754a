/** Settings chosen each year by earlier results, and traded on unseen data. */
import type { History } from '../backtest/history.ts';
import { type Panel, rowOf } from '../rules/panel.ts';
import type { RowModel } from '../rules/rebalance.ts';
import { annualSharpe } from './moments.ts';
import { type Point, pointModel, type SweepTrial } from './sweep.ts';
import { type BacktestSetup, type Trial, trialOf } from './trial.ts';

/** The years to trade, and the number of earlier years that each choice is based on. */
export interface Walk {
  readonly train: number;
  readonly first: number;
  readonly last: number;
}

/** The settings chosen for one year. */
export interface Pick {
  readonly year: number;
  readonly point: Point;
  /** Annual Sharpe ratios in the training years, and in its own year. */
  readonly trainSharpe: number;
  readonly testSharpe: number;
}

/** A walk-forward: the picks and one account that follows them. */
export interface WalkForwardResult {
  readonly picks: readonly Pick[];
  readonly trial: Trial;
  /** Returns of each pick's own run in its year, concatenated: close to the account's, but not the same. */
  readonly stitched: Float64Array;
  /** Rows of the panel on which the account traded. */
  readonly from: number;
  readonly to: number;
}

/** @throws RangeError where a year has no session in the runs tried. */
export function walkForward(
  setup: BacktestSetup,
  tried: readonly SweepTrial[],
  walk: Walk,
): WalkForwardResult {
  const { history, from, to } = setup;
  const years = Array.from(
    { length: walk.last - walk.first + 1 },
    (_, index) => walk.first + index,
  );
  const picks = years.map((year) => pickOf(setup, tried, year, walk.train));
  const rows = rowsOfYears(history.panel, walk.first, walk.last, from, to);
  const lookback = Math.max(...picks.map(({ point }) => point[0]));
  const trial = trialOf(setup, {
    models: [followerOf(picks, history)],
    ranked: [{ lookback }],
    from: rows.from,
    to: rows.to,
    more: { isReady: readinessOf(picks, history) },
  });
  return { picks, trial, stitched: stitchedOf(setup, tried, picks), ...rows };
}

function stitchedOf(
  { history, from, to }: BacktestSetup,
  tried: readonly SweepTrial[],
  picks: readonly Pick[],
): Float64Array {
  const returns = picks.flatMap(({ year, point }) => {
    const rows = rowsOfYears(history.panel, year, year, from, to);
    const own = tried.find((trial) => trial.point === point);
    return [...(own?.returns.subarray(rows.from - from, rows.to - from + 1) ?? [])];
  });
  return Float64Array.from(returns);
}

function pickOf(
  { history, from, to }: BacktestSetup,
  tried: readonly SweepTrial[],
  year: number,
  train: number,
): Pick {
  const trained = rowsOfYears(history.panel, year - train, year - 1, from, to);
  const own = rowsOfYears(history.panel, year, year, from, to);
  const sharpeIn = ({ returns }: SweepTrial, rows: { from: number; to: number }): number =>
    annualSharpe(returns.subarray(rows.from - from, rows.to - from + 1));
  let best: { readonly trial: SweepTrial; readonly sharpe: number } | undefined;
  for (const trial of tried) {
    const sharpe = sharpeIn(trial, trained);
    // One that never traded has none, and cannot be the best.
    if (!best || sharpe > best.sharpe || Number.isNaN(best.sharpe)) best = { trial, sharpe };
  }
  if (!best) throw new RangeError('walk-forward: expected at least one setting, found none');
  return {
    year,
    point: best.trial.point,
    trainSharpe: best.sharpe,
    testSharpe: sharpeIn(best.trial, own),
  };
}

/** The pick of the year of the traded session, which follows the row it is decided on. */
function pickAt<T>(picks: readonly Pick[], made: readonly T[], panel: Panel, row: number): T {
  const year = Number(panel.dates[row + 1]?.slice(0, 4));
  const found = made[picks.findIndex((pick) => pick.year === year)];
  if (found === undefined) throw new RangeError(`walk-forward: no pick of ${year}`);
  return found;
}

function followerOf(picks: readonly Pick[], history: History): RowModel {
  const models = picks.map(({ point }) => pointModel(point, history));
  const [first] = models;
  if (!first) throw new RangeError('walk-forward: expected at least one year, found none');
  return {
    ...first,
    weighInto(weights, row, regime) {
      pickAt(picks, models, history.panel, row).weighInto(weights, row, regime);
    },
  };
}

function readinessOf(picks: readonly Pick[], history: History): (row: number) => boolean {
  const ready = picks.map(({ point }) => history.readiness([{ lookback: point[0] }]));
  return (row) => pickAt(picks, ready, history.panel, row)(row);
}

function rowsOfYears(
  panel: Panel,
  first: number,
  last: number,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  const inside = panel.dates
    .slice(from, to + 1)
    .filter((date) => Number(date.slice(0, 4)) >= first && Number(date.slice(0, 4)) <= last);
  const [begin, end] = [inside[0], inside.at(-1)];
  if (!begin || !end) throw new RangeError(`walk-forward: no session from ${first} to ${last}`);
  return { from: rowOf(panel, begin), to: rowOf(panel, end) };
}
