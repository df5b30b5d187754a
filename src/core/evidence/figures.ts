/** All reported figures of one run, under their names in `--json`. */
import { at } from '../rules/panel.ts';
import { dailySharpe, lessOf, meanOf, returnsOf, shapeOf, YEAR } from './moments.ts';
import { byRegime, growthBy, monthOf, yearOf } from './periods.ts';
import { relationOf } from './relation.ts';
import {
  autocorrelation,
  leastRecord,
  loAnnualSharpe,
  loError,
  sharpeAbove,
} from './sharpe-tests.ts';
import { type BacktestSetup, summaryOf, type Trial } from './trial.ts';

/** Alternatives to compare a run with. */
export interface Comparators {
  /** The benchmark from the first open. */
  readonly spy: Float64Array;
  readonly equalReturns: Float64Array;
}

/** Maximum number of drawdowns listed. */
const MAX_DRAWDOWNS = 5;

/** The figures of one run. */
export type RunFigures = ReturnType<typeof figuresOf>;

/** Growth, risk, cost, significance of the Sharpe ratio, drawdowns, years and regimes of a run. */
export function figuresOf(setup: BacktestSetup, trial: Trial, { spy, equalReturns }: Comparators) {
  const { returns, run } = trial;
  const benchmark = returnsOf(spy);
  const excess = lessOf(returns, benchmark);
  const { dates } = setup.history.panel;
  const relation = relationOf(returns, benchmark);
  return {
    ...summaryOf(trial),
    sharpeDaily: dailySharpe(returns),
    ...shapeOf(returns),
    skipped: run.skipped.map((row) => dates[row - 1]),
    psr0: sharpeAbove(returns, 0),
    psrVsSpySharpe: sharpeAbove(returns, dailySharpe(benchmark)),
    psrExcess: sharpeAbove(excess, 0),
    minTrlSessions: leastRecord(returns, 0) ?? null,
    minTrlExcess: leastRecord(excess, 0) ?? null,
    psrExcessEqualWeight: sharpeAbove(lessOf(returns, equalReturns), 0),
    loSeDaily: loError(returns),
    loSeAnnual: loError(returns) * Math.sqrt(YEAR),
    monthly: monthlyFigures(setup, run.equity),
    beta: relation.beta,
    jensenAlphaYear: relation.alpha,
    jensenT: relation.alphaT,
    corrSpy: relation.correlation,
    trackingError: relation.trackingError,
    informationRatio: relation.informationRatio,
    ...drawdownFigures(setup, run.equity),
    ...periodFigures(setup, trial, spy),
  };
}

function monthlyFigures(setup: BacktestSetup, curve: Float64Array) {
  const months = Float64Array.from(growthBy(curve, datesOf(setup), monthOf).values());
  return {
    n: months.length,
    sharpeMonthly: dailySharpe(months),
    sharpeSqrt12: dailySharpe(months) * Math.sqrt(12),
    sharpeLo: loAnnualSharpe(months),
    rho1: autocorrelation(months, 1),
    psr0: sharpeAbove(months, 0),
  };
}

function drawdownFigures(setup: BacktestSetup, curve: Float64Array) {
  const dates = datesOf(setup);
  const dayOf = (place: number | undefined): string | null =>
    place === undefined ? null : (dates[Math.max(0, place - 1)] ?? null);
  const spans = drawdownSpans(curve);
  const depths = depthsOf(curve);
  return {
    drawdowns: spans.slice(0, MAX_DRAWDOWNS).map((fall) => ({
      depth: fall.depth,
      peak: dayOf(fall.peak),
      trough: dayOf(fall.trough),
      recovered: dayOf(fall.recovered),
      sessionsDown: fall.trough - fall.peak,
      sessionsUnder: sessionsUnder(fall, curve),
    })),
    longestUnderSessions: Math.max(0, ...spans.map((fall) => sessionsUnder(fall, curve))),
    ulcer: Math.sqrt(meanOf(depths.map((depth) => depth * depth))),
    timeUnderShare: depths.filter((depth) => depth > 0).length / depths.length,
  };
}

function periodFigures(setup: BacktestSetup, { run, returns }: Trial, spy: Float64Array) {
  const dates = datesOf(setup);
  const [months, theirs] = [growthBy(run.equity, dates, monthOf), growthBy(spy, dates, monthOf)];
  const better = [...months].filter(([month, growth]) => growth > (theirs.get(month) ?? 0));
  const marketYears = growthBy(spy, dates, yearOf);
  const years = [...growthBy(run.equity, dates, yearOf)].map(([year, you]) => {
    return [year, { you, spy: marketYears.get(year) ?? Number.NaN }] as const;
  });
  return {
    monthsBeatSpy: better.length / months.size,
    years: Object.fromEntries(years),
    regimes: byRegime(returns, returnsOf(spy), (day) =>
      setup.history.regimeAt(setup.from + day - 1),
    ),
  };
}

/** The sessions of a setup. */
export function datesOf({ history, from, to }: BacktestSetup) {
  return history.panel.dates.slice(from, to + 1);
}

/** One drawdown, by indices of the curve. */
interface DrawdownSpan {
  /** 1 - value / peak, a fraction. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** Undefined while it has not recovered. */
  readonly recovered: number | undefined;
}

/** Every drawdown, deepest first. */
function drawdownSpans(curve: Float64Array): readonly DrawdownSpan[] {
  const spans: DrawdownSpan[] = [];
  let peak = 0;
  let trough = 0;
  for (let index = 1; index <= curve.length; index++) {
    const isOver = index === curve.length || at(curve, index) >= at(curve, peak);
    if (!isOver) {
      if (trough === peak || at(curve, index) < at(curve, trough)) trough = index;
      continue;
    }
    if (trough > peak) {
      const depth = 1 - at(curve, trough) / at(curve, peak);
      spans.push({ depth, peak, trough, recovered: index < curve.length ? index : undefined });
    }
    peak = index;
    trough = index;
  }
  return spans.sort((left, right) => right.depth - left.depth);
}

/** Sessions from the peak until recovery, or to the end. */
function sessionsUnder({ peak, recovered }: DrawdownSpan, curve: Float64Array): number {
  return (recovered ?? curve.length - 1) - peak;
}

/** Distance of each value from its preceding peak, fractions. */
function depthsOf(curve: Float64Array): Float64Array {
  let peak = 0;
  return curve.map((value) => {
    peak = Math.max(peak, value);
    return 1 - value / peak;
  });
}
