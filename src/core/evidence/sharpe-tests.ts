/**
 * The statistical significance of a Sharpe ratio. Sources: Bailey and Lopez de Prado, The Sharpe Ratio
 * Efficient Frontier (2012) and The Deflated Sharpe Ratio (2014); Lo, The Statistics of Sharpe Ratios
 * (2002). All Sharpe ratios here are daily.
 */
import { at } from '../rules/panel.ts';
import { dailySharpe, meanOf, shapeOf } from './moments.ts';
import { normalCdf, normalQuantile } from './normal-law.ts';

const EULER = 0.5772156649015329;
const CONFIDENCE = 0.95;

/**
 * The variance of the Sharpe ratio's estimate times (days - 1): Mertens' formula with skewness and
 * kurtosis.
 */
function spread(returns: Float64Array): number {
  const sharpe = dailySharpe(returns);
  const { skew, kurtosis } = shapeOf(returns);
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
}

/** Probabilistic Sharpe ratio: the confidence that the true one is above `than`. */
export function sharpeAbove(returns: Float64Array, than: number): number {
  const distance = (dailySharpe(returns) - than) * Math.sqrt(returns.length - 1);
  return normalCdf(distance / Math.sqrt(spread(returns)));
}

/**
 * Number of sessions that would prove the Sharpe ratio above `than` with 95 % confidence at this rate.
 * Undefined where it is not above it: no length would.
 */
export function leastRecord(returns: Float64Array, than: number): number | undefined {
  const ahead = dailySharpe(returns) - than;
  if (!(ahead > 0)) return undefined;
  return 1 + spread(returns) * (normalQuantile(CONFIDENCE) / ahead) ** 2;
}

/**
 * The expected best Sharpe ratio by luck alone in that many trials, given the variance of their Sharpe
 * ratios.
 */
export function luckiestSharpe(variance: number, trials: number): number {
  const first = (1 - EULER) * normalQuantile(1 - 1 / trials);
  const second = EULER * normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * (first + second);
}

/** Deflated Sharpe ratio: the confidence that the best of a search exceeds the best by luck. */
export function deflatedSharpe(returns: Float64Array, variance: number, trials: number): number {
  return sharpeAbove(returns, luckiestSharpe(variance, trials));
}

/** Lo's standard error of a daily Sharpe ratio. */
export function loError(returns: Float64Array): number {
  return Math.sqrt((1 + dailySharpe(returns) ** 2 / 2) / returns.length);
}

/** The same with skewness and kurtosis, consistent with `sharpeAbove`. */
export function mertensError(returns: Float64Array): number {
  return Math.sqrt(spread(returns) / (returns.length - 1));
}

/** Autocorrelation of the returns at that lag. */
export function autocorrelation(returns: Float64Array, distance: number): number {
  const mean = meanOf(returns);
  let above = 0;
  let below = 0;
  for (let index = 0; index < returns.length; index++) {
    const value = at(returns, index) - mean;
    below += value * value;
    if (index >= distance) above += value * (at(returns, index - distance) - mean);
  }
  return above / below;
}

/** Annual Sharpe ratio of autocorrelated monthly returns (Lo 2002, q = 12). */
export function loAnnualSharpe(monthly: Float64Array): number {
  const months = 12;
  let weight = months;
  for (let distance = 1; distance < months; distance++) {
    weight += 2 * (months - distance) * autocorrelation(monthly, distance);
  }
  return (dailySharpe(monthly) * months) / Math.sqrt(weight);
}
