/** The account, the benchmark and each paper model over the same instants, window by window. */

import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import { dividendsBetween } from '../domain/estimated-dividends.ts';
import { measuredEquity } from '../domain/measured-equity.ts';
import type { Model } from '../domain/model.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import { type Cents, cents, type EpochMs, type SessionDate, type Ticker } from '../domain/units.ts';
import { tradable } from '../domain/universe.ts';
import type { Weights } from '../domain/weights.ts';
import { type AlphaPoint, alphaPoints } from './alpha.ts';
import { benchmarkOf, type CurvePoint, closesOf, curveOf, dividendsOf, missedIn } from './curve.ts';
import { difference } from './measure.ts';
import { type MoneyView, moneyOf } from './money.ts';
import { type MonthReturn, monthReturns } from './month.ts';
import { type PaperCurve, paperCurve } from './paper.ts';
import { type ShadowView, shadowViews } from './shadows.ts';
import { type Series, type Statistics, statisticsOf, windowOf } from './statistics.ts';
import { spanOf, WINDOWS, type WindowName } from './windows.ts';

/** The statistics of one paper model. */
export interface ModelStatistics extends Statistics {
  readonly id: string;
  /** It held nothing in the whole window: its gain of 0 is not a result of its choices. */
  readonly rested: boolean;
}

/** The statistics of account and benchmark in one window. */
export interface WindowView {
  readonly name: WindowName;
  /** Undefined where the account is younger than the window. */
  readonly from: SessionDate | undefined;
  readonly to: SessionDate | undefined;
  /** False where an earlier close replaces a missing one. */
  readonly exact: boolean;
  /** Number of returns behind every statistic of the window: from each of its points to the next. */
  readonly sessions: number;
  /** Sessions within it whose close was not recorded: the return over them counts as one. */
  readonly missed: number;
  /** The growth of the money; undefined where the account is younger than the window. */
  readonly money: MoneyView | undefined;
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
  /** The window of the curve. */
  readonly shown: WindowName;
  /** You and SPY in that window, 0 at its beginning; empty where there is nothing to draw. */
  readonly points: readonly AlphaPoint[];
  /** The weights at the window's closes that recorded them, fractions of equity. */
  readonly weights: readonly HeldAt[];
  /** Tickers that may be held, in universe order. */
  readonly tradable: readonly Ticker[];
  /** Shadow models compared with those that trade; empty where there are none. */
  readonly shadows: readonly ShadowView[];
  /** Every month, oldest first. */
  readonly months: readonly MonthReturn[];
  /** Annual risk-free rate, a fraction, for the Sharpe and Sortino ratios. */
  readonly riskFree: number;
  /** For You in that window: estimated dividends that a paper account is not paid; else 0. */
  readonly estimatedDividends: Cents;
  /** False where SPY is price only, because there are no bars of it. */
  readonly hasDividends: boolean;
}

/** The weights held at a recorded close, fractions of equity. */
export interface HeldAt {
  readonly date: SessionDate;
  readonly weights: Weights;
}

/** The view of the performance; `shown` is the window given in full. */
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
    points: paperCurve(book, bars, seen.prices, curve, { id }),
  }));
  const span = spanOf(shown, curve);
  const { riskFree = 0 } = seen;
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    source: seen.data.source,
    windows: WINDOWS.map((name) => windowView(name, curve, paper, riskFree)),
    riskFree,
    shown,
    points: span ? alphaPoints(curve.slice(span.from)) : [],
    weights: span ? heldSince(book, curve[span.from]) : [],
    tradable: tradable(seen.universe).map(({ ticker }) => ticker),
    shadows: shadowViews(book, seen, bars, models),
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
  return book.equity.flatMap((point) => {
    const { session, holdings } = point;
    const equity = measuredEquity(point);
    if (!holdings || !from || session < from.date || equity <= 0) return [];
    const weights = new Map([...holdings].map(([ticker, { value }]) => [ticker, value / equity]));
    return [{ date: session, weights }];
  });
}

function windowView(
  name: WindowName,
  curve: readonly CurvePoint[],
  paper: readonly { readonly id: string; readonly points: PaperCurve }[],
  riskFree: number,
): WindowView {
  const span = spanOf(name, curve);
  const whole = span ? curve.slice(span.from) : [];
  const window = windowOf(whole, riskFree);
  const seriesOf = <T>(all: readonly T[], value: (of: T) => number | undefined): Series =>
    window.points.map((point) => {
      const at = all[curve.indexOf(point)];
      return at === undefined ? undefined : value(at);
    });
  const market = seriesOf(curve, ({ spy }) => spy);
  const spy = statisticsOf(window, market, market);
  const against = (series: Series): Statistics => {
    const own = statisticsOf(window, series, market);
    return { ...own, alpha: difference(own.gain, spy.gain) };
  };
  return {
    name,
    from: whole[0]?.date,
    to: whole.at(-1)?.date,
    exact: span?.exact ?? true,
    sessions: Math.max(0, window.points.length - 1),
    missed: missedIn(whole),
    money: moneyOf(whole),
    you: against(seriesOf(curve, ({ you }) => you)),
    spy: { ...spy, alpha: spy.gain === undefined ? undefined : 0 },
    models: paper.map(({ id, points }) => ({
      id,
      rested: !points.slice((span?.from ?? 0) + 1).some(({ invested }) => invested),
      ...against(seriesOf(points, ({ value }) => value)),
    })),
  };
}
