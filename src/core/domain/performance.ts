/**
 * Statistics of an equity curve. A curve is values at equal instants, one a session, the starting
 * value first. What is not defined is undefined, never 0 or NaN. Annual figures count 252 sessions a
 * year for the account and the benchmark alike. Sources: Bacon, Practical Portfolio Performance
 * Measurement and Attribution (2nd ed.), ch. 3-4; Sharpe, The Sharpe Ratio (1994).
 */

/** Trading sessions a year. */
export const SESSIONS_PER_YEAR = 252;

/**
 * The shortest calendar year there is has so many sessions. Of fewer no yearly rate is told: it would
 * say of a whole year what nobody has seen.
 */
export const SESSIONS_OF_A_YEAR = 250;

/** How returns are made yearly. */
export interface YearlyTerms {
  /** Returns a year: 252, or fewer where some of them are of more than one session. */
  readonly perYear: number;
  /** What money without risk earns in a year, a fraction. */
  readonly riskFree: number;
}

/** One return a session, and cash earns nothing. */
export const PLAIN_TERMS: YearlyTerms = { perYear: SESSIONS_PER_YEAR, riskFree: 0 };

/** The risk-free rate of one return, so that a year of them compounds to the yearly one. */
export function riskFreeOf({ perYear, riskFree }: YearlyTerms): number {
  return (1 + riskFree) ** (1 / perYear) - 1;
}

/**
 * Simple returns from each value to the next, fractions, to the first value of 0, which nothing grows
 * from; empty where a value is below it.
 */
export function returnsOf(curve: readonly number[]): readonly number[] {
  if (!isWorthSomething(curve)) return [];
  return untilLost(curve)
    .slice(1)
    .map((value, index) => value / (curve[index] ?? Number.NaN) - 1);
}

/** Returns the values to the first 0: what lost everything has no return after it. */
export function untilLost<T>(values: readonly T[]): readonly T[] {
  const lost = values.findIndex(isZero);
  return lost < 0 ? values : values.slice(0, lost + 1);
}

function isZero(value: unknown): boolean {
  return value === 0;
}

/** Total growth of the curve, a fraction: last / first - 1. */
export function totalReturn(curve: readonly number[]): number | undefined {
  const [first] = curve;
  const last = curve.at(-1);
  if (first === undefined || last === undefined || curve.length < 2) return undefined;
  return isPositive([first]) && Number.isFinite(last) ? last / first - 1 : undefined;
}

/** Compound annual growth rate, a fraction: (last / first) ^ (252 / sessions) - 1. */
export function cagr(curve: readonly number[]): number | undefined {
  const growth = totalReturn(curve);
  return growth === undefined ? undefined : yearlyOf(growth, curve.length - 1);
}

/** The same of a growth over so many sessions; undefined of one that lost more than everything. */
export function yearlyOf(growth: number, sessions: number): number | undefined {
  if (growth < -1 || sessions <= 0) return undefined;
  return (1 + growth) ** (SESSIONS_PER_YEAR / sessions) - 1;
}

/** Annual volatility, a fraction: sample standard deviation of the returns x sqrt(252). */
export function volatility(curve: readonly number[]): number | undefined {
  return volatilityOf(returnsOf(curve));
}

/** The same of returns that are known already. */
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

/** The same of returns that are known already; the mean is what they were beyond the risk-free rate. */
export function sharpeOf(
  returns: readonly number[],
  terms: YearlyTerms = PLAIN_TERMS,
): number | undefined {
  const deviation = deviationOf(returns);
  if (deviation === undefined || deviation < FLAT) return undefined;
  return ((mean(returns) - riskFreeOf(terms)) / deviation) * Math.sqrt(terms.perYear);
}

/**
 * Mean return beyond the risk-free rate over the downside deviation (the root of the mean of the
 * squares of what fell short of it, all returns counted) x sqrt(252). Undefined when nothing fell short,
 * and as the Sharpe ratio when nothing varies.
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

/** Covariance with the benchmark's returns over their variance; undefined when those do not vary. */
export function betaOf(
  returns: readonly number[],
  benchmark: readonly number[],
): number | undefined {
  const deviation = deviationOf(benchmark);
  if (deviation === undefined || deviation < FLAT) return undefined;
  if (returns.length !== benchmark.length) return undefined;
  const [own, market] = [mean(returns), mean(benchmark)];
  const products = returns.map((each, index) => (each - own) * ((benchmark[index] ?? 0) - market));
  return (mean(products) * returns.length) / (returns.length - 1) / deviation ** 2;
}

/** Yearly growth over the deepest drawdown; undefined without one. */
export function calmarOf(
  yearly: number | undefined,
  deepest: number | undefined,
): number | undefined {
  return yearly === undefined || !deepest ? undefined : yearly / deepest;
}

/** Money that people paid in and out between two instants; both at least 0, in one currency unit. */
export interface Flows {
  readonly deposited: number;
  readonly withdrawn: number;
}

/**
 * Growth of one dollar between two values of an account, 1 for no change:
 * (after + withdrawn) / (before + deposited). What came in counts as there from the beginning, what
 * went as there to the end, so that neither is a gain or a loss. Chained over short spans this is
 * the time-weighted return (Bacon, ch. 3; GIPS allow the start-of-day, end-of-day convention).
 * Undefined where nothing was there to grow.
 */
export function growth(before: number, after: number, flows: Flows): number | undefined {
  const start = before + flows.deposited;
  const end = after + flows.withdrawn;
  return start > 0 && Number.isFinite(start) && Number.isFinite(end) ? end / start : undefined;
}

/** The deepest drawdown, a fraction from 0 to 1: max of 1 - value / peak. */
export function maxDrawdown(curve: readonly number[]): number | undefined {
  return deepestDrawdown(curve)?.depth;
}

/** A drawdown, by indices of the curve. */
export interface Drawdown {
  /** From 0 to 1; 0 of a curve that never fell. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** The first value at or above the peak again; undefined while it is below. */
  readonly recovered: number | undefined;
}

/** The deepest drawdown, the first of equal ones; undefined of fewer than two values or a value below 0. */
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
  return { ...deepest, recovered: deepest.depth > 0 && back >= 0 ? back : undefined };
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

/** Below this a deviation is the rounding of equal returns. */
const FLAT = 1e-12;

function isPositive(curve: readonly number[]): boolean {
  return curve.every((value) => Number.isFinite(value) && value > 0);
}

/** Positive at the beginning; from there all of it may be lost, and no more. */
function isWorthSomething([first, ...others]: readonly number[]): boolean {
  return (
    first !== undefined &&
    isPositive([first]) &&
    others.every((value) => Number.isFinite(value) && value >= 0)
  );
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
