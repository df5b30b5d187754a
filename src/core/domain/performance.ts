/**
 * Statistics of an equity curve. A curve is values at equal intervals, one per session, starting value
 * first. Undefined results are undefined, never 0 or NaN. Annual figures use 252 sessions a year for the
 * account and the benchmark alike. Sources: Bacon, Practical Portfolio Performance Measurement and
 * Attribution (2nd ed.), ch. 3-4; Sharpe, The Sharpe Ratio (1994).
 */

/** Trading sessions a year. */
export const SESSIONS_PER_YEAR = 252;

/**
 * Sessions in the shortest possible calendar year. Annual rates are not given for fewer: they would
 * extrapolate to a year that was not observed.
 */
export const SESSIONS_OF_A_YEAR = 250;

/** How returns are annualised. */
export interface YearlyTerms {
  /** Returns a year: 252, or fewer where some of them cover more than one session. */
  readonly perYear: number;
  /** Annual risk-free rate, a fraction. */
  readonly riskFree: number;
}

/** One return per session, and cash earns nothing. */
export const PLAIN_TERMS: YearlyTerms = { perYear: SESSIONS_PER_YEAR, riskFree: 0 };

/** The risk-free rate per return, which compounds to the annual one. */
export function riskFreeOf({ perYear, riskFree }: YearlyTerms): number {
  return (1 + riskFree) ** (1 / perYear) - 1;
}

/**
 * Simple returns from each value to the next, fractions, up to the first value of 0, after which nothing
 * can grow; empty where a value is negative.
 */
export function returnsOf(curve: readonly number[]): readonly number[] {
  if (!isWorthSomething(curve)) return [];
  return upToTotalLoss(curve)
    .slice(1)
    .map((value, index) => value / (curve[index] ?? Number.NaN) - 1);
}

/** Returns the values up to the first 0: after a total loss there are no returns. */
export function upToTotalLoss<T>(values: readonly T[]): readonly T[] {
  const lost = values.findIndex(isZero);
  return lost < 0 ? values : values.slice(0, lost + 1);
}

function isZero(value: unknown): boolean {
  return value === 0;
}

/** Total growth of the curve, a fraction: last / first - 1. */
export function totalReturn(curve: readonly number[]): number | undefined {
  const [first = Number.NaN] = curve;
  const last = curve[curve.length - 1] ?? Number.NaN;
  const isDefined = curve.length > 1 && isPositive(first) && Number.isFinite(last);
  return isDefined ? last / first - 1 : undefined;
}

/** Compound annual growth rate, a fraction: (last / first) ^ (252 / sessions) - 1. */
export function cagr(curve: readonly number[]): number | undefined {
  const growth = totalReturn(curve);
  return growth === undefined ? undefined : yearlyOf(growth, curve.length - 1);
}

/** The same for a growth over that many sessions; undefined for a loss of more than everything. */
export function yearlyOf(growth: number, sessions: number): number | undefined {
  if (growth < -1 || sessions <= 0) return undefined;
  return (1 + growth) ** (SESSIONS_PER_YEAR / sessions) - 1;
}

/** Annual volatility, a fraction: sample standard deviation of the returns x sqrt(252). */
export function volatility(curve: readonly number[]): number | undefined {
  return volatilityOf(returnsOf(curve));
}

/** The same for returns already computed. */
export function volatilityOf(
  returns: readonly number[],
  { perYear }: YearlyTerms = PLAIN_TERMS,
): number | undefined {
  const deviation = deviationOf(returns);
  return deviation === undefined ? undefined : deviation * Math.sqrt(perYear);
}

/** Mean return over its sample standard deviation x sqrt(252); undefined when nothing varies. */
export function sharpe(
  curve: readonly number[],
  terms: YearlyTerms = PLAIN_TERMS,
): number | undefined {
  return sharpeOf(returnsOf(curve), terms);
}

/** The same for returns already computed; the mean is of returns in excess of the risk-free rate. */
export function sharpeOf(
  returns: readonly number[],
  terms: YearlyTerms = PLAIN_TERMS,
): number | undefined {
  const deviation = deviationOf(returns);
  if (deviation === undefined || deviation < FLAT) return undefined;
  return ((mean(returns) - riskFreeOf(terms)) / deviation) * Math.sqrt(terms.perYear);
}

/**
 * Mean excess return over the downside deviation (the root of the mean squared shortfall below the
 * risk-free rate, over all returns) x sqrt(252). Undefined when nothing fell short and, as for the Sharpe
 * ratio, when nothing varies.
 */
export function sortinoOf(
  returns: readonly number[],
  terms: YearlyTerms = PLAIN_TERMS,
): number | undefined {
  const deviation = deviationOf(returns);
  if (deviation === undefined || deviation < FLAT) return undefined;
  const target = riskFreeOf(terms);
  const short = mean(returns.map((each) => Math.min(0, each - target) ** 2));
  if (short < FLAT ** 2) return undefined;
  return ((mean(returns) - target) / Math.sqrt(short)) * Math.sqrt(terms.perYear);
}

/** Covariance with the benchmark's returns over their variance; undefined when they do not vary. */
export function betaOf(
  returns: readonly number[],
  benchmark: readonly number[],
): number | undefined {
  const deviation = deviationOf(benchmark);
  if (deviation === undefined || deviation < FLAT) return undefined;
  if (returns.length !== benchmark.length) return undefined;
  const market = mean(benchmark);
  // Deviations of one of the two from its mean are enough: those of the benchmark sum to 0.
  const products = returns.map((each, index) => each * ((benchmark[index] ?? 0) - market));
  return (mean(products) * returns.length) / (returns.length - 1) / deviation ** 2;
}

/** Annual growth over the maximum drawdown; undefined without one. */
export function calmarOf(
  yearly: number | undefined,
  deepest: number | undefined,
): number | undefined {
  return yearly === undefined || !deepest ? undefined : yearly / deepest;
}

/** Deposits and withdrawals between two instants; both at least 0, in one currency unit. */
export interface Flows {
  readonly deposited: number;
  readonly withdrawn: number;
}

/**
 * Growth of one dollar between two values of an account, 1 for no change: (after + withdrawn) / (before +
 * deposited). Deposits count from the beginning and withdrawals at the end, so that neither is a gain or a
 * loss. Chained over short periods this is the time-weighted return (Bacon, ch. 3; GIPS allow the
 * start-of-day, end-of-day convention). Undefined where there was nothing to grow.
 */
export function growth(before: number, after: number, flows: Flows): number | undefined {
  const start = before + flows.deposited;
  const end = after + flows.withdrawn;
  return start > 0 && Number.isFinite(start) && Number.isFinite(end) ? end / start : undefined;
}

/** The maximum drawdown, a fraction from 0 to 1: max of 1 - value / peak. */
export function maxDrawdown(curve: readonly number[]): number | undefined {
  return deepestDrawdown(curve)?.depth;
}

/** A drawdown, by indices of the curve. */
export interface Drawdown {
  /** From 0 to 1; 0 for a curve that never fell. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** The first value at or above the peak again; undefined while still below. */
  readonly recovered: number | undefined;
}

/** The maximum drawdown, the first of equal ones; undefined for fewer than two values or a negative value. */
export function deepestDrawdown(curve: readonly number[]): Drawdown | undefined {
  if (curve.length < 2 || !isWorthSomething(curve)) return undefined;
  let peak = 0;
  let deepest = { depth: 0, peak: 0, trough: 0 };
  for (const [index, value] of curve.entries()) {
    const top = curve[peak] ?? value;
    if (value >= top) peak = index;
    else if (1 - value / top > deepest.depth) {
      deepest = { depth: 1 - value / top, peak, trough: index };
    }
  }
  const top = curve[deepest.peak] ?? 0;
  const back = curve.findIndex((value, index) => index > deepest.trough && value >= top);
  return { ...deepest, recovered: deepest.depth > 0 && back !== -1 ? back : undefined };
}

/** Growth of one dollar in the account and in the benchmark between the same two instants. */
export interface Comparison {
  /** Fractions; alpha is you - benchmark, no beta. */
  readonly you: number;
  readonly benchmark: number;
  readonly alpha: number;
}

/** Account against benchmark, each `[from, to]` at the same two instants. */
export function compare(
  account: readonly [number, number],
  benchmark: readonly [number, number],
): Comparison | undefined {
  const you = totalReturn(account);
  const market = totalReturn(benchmark);
  if (you === undefined || market === undefined) return undefined;
  return { you, benchmark: market, alpha: you - market };
}

/** A smaller deviation is rounding of equal returns. */
const FLAT = 1e-12;

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** Positive at the beginning, and never negative after it: everything may be lost, but no more. */
function isWorthSomething([first = Number.NaN, ...others]: readonly number[]): boolean {
  return isPositive(first) && others.every((value) => Number.isFinite(value) && value >= 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n - 1); undefined with fewer than two values. */
function deviationOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
