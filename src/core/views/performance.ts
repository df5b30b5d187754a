/** The account, the benchmark and each model on paper, over the same instants, window by window. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import { sessionsBetween } from '../domain/calendar.ts';
import { dividendsBetween } from '../domain/estimated-dividends.ts';
import type { Model } from '../domain/model.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import { maxDrawdown, sharpeOf, volatilityOf } from '../domain/performance.ts';
import { type Cents, cents, type EpochMs, type SessionDate } from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';
import { type AlphaPoint, alphaPoints } from './alpha.ts';
import { benchmarkOf, type CurvePoint, closesOf, curveOf, dividendsOf, missedIn } from './curve.ts';
import { change, difference } from './measure.ts';
import { type MonthReturn, monthReturns } from './month.ts';
import { type PaperCurve, paperCurve } from './paper.ts';
import { type Span, spanOf, WINDOWS, type WindowName } from './windows.ts';

/**
 * The volatility of this many returns is off by a sixth (1 / sqrt(2 n)) and the Sharpe ratio by 3.5
 * (sqrt(252 / n)); of fewer they say nothing, and contradict the return beside them.
 */
export const FEWEST_RETURNS = 20;

/** Fractions; undefined where there are too few points, never 0. */
export interface Statistics {
  readonly gain: number | undefined;
  /** Own gain less the benchmark's; 0 for the benchmark itself. */
  readonly alpha: number | undefined;
  /**
   * Annual, from one close to the next; neither the first day nor the live point is in it. Undefined
   * of fewer than `FEWEST_RETURNS`, and so is the Sharpe ratio.
   */
  readonly volatility: number | undefined;
  readonly sharpe: number | undefined;
  /** From 0 to 1, the live point included. */
  readonly maxDrawdown: number | undefined;
}

/** The statistics of one model on paper. */
export interface ModelStatistics extends Statistics {
  readonly id: string;
  /** It held nothing in the whole window: its gain of 0 is no result of its choices. */
  readonly rested: boolean;
}

/** The statistics of account and benchmark in one window. */
export interface WindowView {
  readonly name: WindowName;
  /** Undefined where the account is younger than the window. */
  readonly from: SessionDate | undefined;
  readonly to: SessionDate | undefined;
  /** False where an earlier close stands for the one that is missing. */
  readonly exact: boolean;
  /** Returns from one close to the next that volatility counts. */
  readonly sessions: number;
  /** Sessions inside whose close was not recorded: volatility and Sharpe ratio know nothing of them. */
  readonly missed: number;
  readonly you: Statistics;
  readonly spy: Statistics;
  /** On paper: see `paperCurve`. */
  readonly models: readonly ModelStatistics[];
}

/** The performance in every window, with one of them in full. */
export interface PerformanceView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  readonly source: string;
  /** Every window, shortest first. */
  readonly windows: readonly WindowView[];
  /** The window that the curve is of. */
  readonly shown: WindowName;
  /** You and SPY in that window, 0 at its beginning; empty where there is nothing to draw. */
  readonly points: readonly AlphaPoint[];
  /** The weights at the closes of that window that recorded them, shares of equity. */
  readonly weights: readonly HeldAt[];
  /** Oldest first; every month there is. */
  readonly months: readonly MonthReturn[];
  /** Of You in that window: dividends that a paper account is not paid, estimated; else 0. */
  readonly estimatedDividends: Cents;
  /** False where SPY is the price alone, because there are no bars of it. */
  readonly hasDividends: boolean;
}

/** The weights held at a recorded close, shares of equity. */
export interface HeldAt {
  readonly date: SessionDate;
  readonly weights: Weights;
}

/** One line of the comparison: what it was worth at each point of the curve. */
type Series = readonly (number | undefined)[];

/** The view of the performance; `shown` is the window that is given in full. */
export function performanceView(
  book: AccountState,
  seen: Observation,
  bars: Bars,
  models: readonly Model[],
  shown: WindowName = 'since start',
): PerformanceView {
  const curve = curveOf(book, seen);
  const paper = models.map(({ id }) => ({
    id,
    points: paperCurve(book, bars, seen.prices, curve, id),
  }));
  const span = spanOf(shown, curve);
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    source: seen.data.source,
    windows: WINDOWS.map((name) => windowView(name, curve, paper)),
    shown,
    points: span ? alphaPoints(curve.slice(span.from)) : [],
    weights: span ? heldSince(book, curve[span.from]) : [],
    months: monthReturns(closesOf(book, seen)),
    estimatedDividends: dividendsIn(book, seen, span && curve[span.from]),
    hasDividends: benchmarkOf(book, seen)?.hasDividends ?? false,
  };
}

function dividendsIn(book: AccountState, seen: Observation, from: CurvePoint | undefined): Cents {
  if (!from) return cents(0);
  return dividendsBetween(dividendsOf(book, seen), from.date, newYorkDate(seen.at));
}

function heldSince(book: AccountState, from: CurvePoint | undefined): readonly HeldAt[] {
  return book.equity.flatMap(({ session, equity, holdings }) => {
    if (!holdings || !from || session < from.date || equity <= 0) return [];
    const weights = new Map([...holdings].map(([ticker, { value }]) => [ticker, value / equity]));
    return [{ date: session, weights }];
  });
}

function windowView(
  name: WindowName,
  curve: readonly CurvePoint[],
  paper: readonly { readonly id: string; readonly points: PaperCurve }[],
): WindowView {
  const span = spanOf(name, curve);
  const steps = span ? stepsIn(curve, span) : [];
  const spySeries = curve.map(({ spy }) => spy);
  const spy = statistics(spySeries, span, steps);
  const against = (series: Series): Statistics => {
    const own = statistics(series, span, steps);
    return { ...own, alpha: difference(own.gain, spy.gain) };
  };
  return {
    name,
    from: span && curve[span.from]?.date,
    to: span && curve.at(-1)?.date,
    exact: span?.exact ?? true,
    sessions: steps.length,
    missed: span ? missedIn(curve.slice(span.from)) : 0,
    you: against(curve.map(({ you }) => you)),
    spy: { ...spy, alpha: spy.gain === undefined ? undefined : 0 },
    models: paper.map(({ id, points }) => ({
      id,
      rested: !points.slice((span?.from ?? 0) + 1).some(({ invested }) => invested),
      ...against(points.map(({ value }) => value)),
    })),
  };
}

/** Indices of closes whose session follows that of the close before them, both in the window. */
function stepsIn(curve: readonly CurvePoint[], { from }: Span): readonly number[] {
  return curve.flatMap((point, index) => {
    const before = curve[index - 1];
    if (index <= from || point.kind !== 'close' || before?.kind !== 'close') return [];
    return sessionsBetween(before.date, point.date) === 1 ? [index] : [];
  });
}

function statistics(
  series: Series,
  span: Span | undefined,
  steps: readonly number[],
): Omit<Statistics, 'alpha'> {
  const from = span?.from ?? 0;
  const whole = span ? known(series.slice(from)) : [];
  const returns =
    whole.length === 0
      ? []
      : steps.flatMap((index) => change(whole[index - from], whole[index - from - 1]) ?? []);
  const isEnough = returns.length >= FEWEST_RETURNS;
  return {
    gain: span && change(series.at(-1), series[from]),
    volatility: isEnough ? volatilityOf(returns) : undefined,
    sharpe: isEnough ? sharpeOf(returns) : undefined,
    maxDrawdown: maxDrawdown(whole),
  };
}

/** All of them, or none where one is unknown: what is missing cannot be measured around. */
function known(series: Series): readonly number[] {
  const values = series.filter((value) => value !== undefined);
  return values.length === series.length ? values : [];
}
