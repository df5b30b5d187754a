/**
 * Statistics of an equity curve. A curve is values at equal instants, one a session, the starting
 * value first. What is not defined is undefined, never 0 or NaN. Annual figures count 252 sessions a
 * year for the account and the benchmark alike. Sources: Bacon, Practical Portfolio Performance
 * Measurement and Attribution (2nd ed.), ch. 3-4; Sharpe, The Sharpe Ratio (1994), risk-free rate 0.
 */

/** Trading sessions a year. */
export const SESSIONS_PER_YEAR = 252;

/** Simple returns from each value to the next, fractions; empty unless every value is positive. */
export function returnsOf(curve: readonly number[]): readonly number[] {
  if (!isPositive(curve)) return [];
  return curve.slice(1).map((value, index) => value / (curve[index] ?? Number.NaN) - 1);
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
  if (growth === undefined || growth < -1) return undefined;
  return (1 + growth) ** (SESSIONS_PER_YEAR / (curve.length - 1)) - 1;
}

/** Annual volatility, a fraction: sample standard deviation of the returns x sqrt(252). */
export function volatility(curve: readonly number[]): number | undefined {
  return volatilityOf(returnsOf(curve));
}

/** The same of returns that are known already, one a session. */
export function volatilityOf(returns: readonly number[]): number | undefined {
  const deviation = deviationOf(returns);
  return deviation === undefined ? undefined : deviation * Math.sqrt(SESSIONS_PER_YEAR);
}

/** Mean return over its sample standard deviation x sqrt(252); undefined when nothing varies. */
export function sharpe(curve: readonly number[]): number | undefined {
  return sharpeOf(returnsOf(curve));
}

/** The same of returns that are known already, one a session. */
export function sharpeOf(returns: readonly number[]): number | undefined {
  const deviation = deviationOf(returns);
  if (deviation === undefined || deviation < FLAT) return undefined;
  return (mean(returns) / deviation) * Math.sqrt(SESSIONS_PER_YEAR);
}

/** Money that people brought and took between two instants; both at least 0, in one currency unit. */
export interface Flows {
  readonly deposited: number;
  readonly withdrawn: number;
}

/**
 * Growth of one dollar between two values of an account, 1 for no change:
 * (after + withdrawn) / (before + deposited). What came counts as there from the beginning, what
 * went as there to the end, so that neither is a gain or a loss. Chained over short spans this is
 * the time-weighted return (Bacon, ch. 3; GIPS allow the start-of-day, end-of-day convention).
 * Undefined where nothing was there to grow.
 */
export function growth(before: number, after: number, flows: Flows): number | undefined {
  const start = before + flows.deposited;
  const end = after + flows.withdrawn;
  return start > 0 && Number.isFinite(start) && Number.isFinite(end) ? end / start : undefined;
}

/** The deepest fall from a peak before it, a fraction from 0 to 1: max of 1 - value / peak. */
export function maxDrawdown(curve: readonly number[]): number | undefined {
  if (curve.length < 2 || !isPositive(curve)) return undefined;
  let peak = 0;
  let deepest = 0;
  for (const value of curve) {
    peak = Math.max(peak, value);
    deepest = Math.max(deepest, 1 - value / peak);
  }
  return deepest;
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
