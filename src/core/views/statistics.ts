/** The statistics of one series over one window, all based on the same points. */
import { sessionsBetween } from '../domain/calendar.ts';
import {
  betaOf,
  calmarOf,
  deepestDrawdown,
  SESSIONS_OF_A_YEAR,
  SESSIONS_PER_YEAR,
  sharpeOf,
  sortinoOf,
  upToTotalLoss,
  volatilityOf,
  type YearlyTerms,
  yearlyOf,
} from '../domain/performance.ts';
import type { SessionDate } from '../domain/units.ts';
import { type CurvePoint, sessionOf } from './curve.ts';
import { change } from './measure.ts';

/**
 * With this many returns the standard error of the volatility is a sixth (1 / sqrt(2 n)) and that of the
 * Sharpe ratio 3.5 (sqrt(252 / n)); with fewer they are meaningless, and contradict the return shown with
 * them.
 */
export const MIN_RETURNS = 20;

/** Fractions; undefined where there are too few points, never 0. */
export interface Statistics {
  readonly gain: number | undefined;
  /** Own gain less the benchmark's; 0 for the benchmark itself. */
  readonly alpha: number | undefined;
  /** Annual growth; undefined for less than a year. */
  readonly yearly: number | undefined;
  /** Annual, from `MIN_RETURNS` or more; so are Sharpe and Sortino ratio and beta. */
  readonly volatility: number | undefined;
  readonly sharpe: number | undefined;
  readonly sortino: number | undefined;
  /** Against the benchmark's returns; 1 for the benchmark itself. */
  readonly beta: number | undefined;
  /** Annual growth over the maximum drawdown; undefined for less than a year. */
  readonly calmar: number | undefined;
  /** From 0 to 1. */
  readonly maxDrawdown: number | undefined;
  /** The same drawdown with its dates; undefined where nothing fell. */
  readonly deepest: DrawdownView | undefined;
}

/** The maximum drawdown of a window: its depth, its duration, and whether it has recovered. */
export interface DrawdownView {
  /** From 0 to 1. */
  readonly depth: number;
  readonly peak: SessionDate;
  readonly trough: SessionDate;
  /** Undefined while it is below its peak. */
  readonly recovered: SessionDate | undefined;
  /** Sessions from the peak to the trough. */
  readonly sessionsDown: number;
  /** Sessions from the peak until recovery, or until now. */
  readonly sessionsUnder: number;
}

/** The value of one side of the comparison at each point of the window. */
export type Series = readonly (number | undefined)[];

/** The points of a window, and how their returns are annualised. */
export interface Window {
  readonly points: readonly CurvePoint[];
  readonly terms: YearlyTerms;
  /** From the first point to the last; the session during which an account began is one. */
  readonly sessions: number;
}

/**
 * A window over these points. A live point replaces the close of its session, so that every return covers
 * one session. Where closes are missing a return covers several, and there are fewer of them a year.
 */
export function windowOf(points: readonly CurvePoint[], riskFree: number): Window {
  const last = points.at(-1);
  const live = last?.kind === 'live' ? sessionOf(last) : undefined;
  const own = points.filter(
    (point, index) => index === 0 || point.kind !== 'close' || point.date !== live,
  );
  const sessions = own.slice(1).reduce((sum, point, index) => {
    const before = own[index];
    return sum + (before ? Math.max(1, sessionsBetween(dateOf(before), sessionOf(point))) : 0);
  }, 0);
  const perYear = sessions > 0 ? (SESSIONS_PER_YEAR * (own.length - 1)) / sessions : 0;
  return { points: own, sessions, terms: { perYear: perYear || SESSIONS_PER_YEAR, riskFree } };
}

/** The session that a point closes; an account began before its first close. */
function dateOf(point: CurvePoint): SessionDate {
  return point.kind === 'start' ? point.date : sessionOf(point);
}

/**
 * The returns from each point of the window to the next, until everything was lost; empty where a value is
 * unknown.
 */
export function returnsIn(series: Series): readonly number[] {
  const returns = upToTotalLoss(series)
    .slice(1)
    .map((value, index) => change(value, series[index]));
  const known = returns.filter((each) => each !== undefined);
  return known.length === returns.length ? known : [];
}

/** All statistics of one series; `series` and `market` have one value for each point of the window. */
export function statisticsOf(
  { points, sessions, terms }: Window,
  series: Series,
  market: Series,
): Omit<Statistics, 'alpha'> {
  const gain = series.length < 2 ? undefined : change(series.at(-1), series[0]);
  const isYear = sessions >= SESSIONS_OF_A_YEAR;
  const yearly = gain === undefined || !isYear ? undefined : yearlyOf(gain, sessions);
  const returns = returnsIn(series);
  const isEnough = returns.length >= MIN_RETURNS;
  const deepest = deepestOf(points, series);
  return {
    gain,
    yearly,
    volatility: isEnough ? volatilityOf(returns, terms) : undefined,
    sharpe: isEnough ? sharpeOf(returns, terms) : undefined,
    sortino: isEnough ? sortinoOf(returns, terms) : undefined,
    beta: isEnough ? betaOf(returns, returnsIn(market).slice(0, returns.length)) : undefined,
    calmar: calmarOf(yearly, deepest?.depth),
    maxDrawdown: deepest?.depth,
    deepest: deepest && deepest.depth > 0 ? deepest : undefined,
  };
}

function deepestOf(points: readonly CurvePoint[], series: Series): DrawdownView | undefined {
  const values = series.filter((value) => value !== undefined);
  const found = values.length === series.length ? deepestDrawdown(values) : undefined;
  const day = (index: number): SessionDate | undefined => {
    const point = points[index];
    return point && dateOf(point);
  };
  const [peak, trough] = [day(found?.peak ?? -1), day(found?.trough ?? -1)];
  const end = day(found?.recovered ?? points.length - 1);
  if (!found || !peak || !trough || !end) return undefined;
  return {
    depth: found.depth,
    peak,
    trough,
    recovered: found.recovered === undefined ? undefined : end,
    sessionsDown: sessionsBetween(peak, trough),
    sessionsUnder: sessionsBetween(peak, end),
  };
}
