/** Statistics of a series of returns, one per session, fractions. */
import { at } from '../rules/panel.ts';

/** Trading sessions a year. */
export const YEAR = 252;

/** The mean; NaN for an empty series. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += at(values, index);
  return sum / values.length;
}

/** Sample standard deviation (n - 1); NaN with fewer than two values. */
export function deviationOf(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const distance = at(values, index) - mean;
    sum += distance * distance;
  }
  return Math.sqrt(sum / (values.length - 1));
}

/** A smaller deviation is rounding of equal returns. */
const FLAT = 1e-12;

/** Mean over sample deviation, not annualised (Sharpe 1994, risk-free rate 0); NaN when nothing varies. */
export function dailySharpe(returns: Float64Array): number {
  return sharpeFrom(meanOf(returns), deviationOf(returns));
}

/** The same from mean and deviation. */
export function sharpeFrom(mean: number, deviation: number): number {
  return deviation > FLAT ? mean / deviation : Number.NaN;
}

/** Daily Sharpe x sqrt(252). */
export function annualSharpe(returns: Float64Array): number {
  return dailySharpe(returns) * Math.sqrt(YEAR);
}

/** Skewness and kurtosis from population moments; the kurtosis of a normal distribution is 3. */
export function shapeOf(returns: Float64Array): {
  readonly skew: number;
  readonly kurtosis: number;
} {
  const second = centralMoment(returns, 2);
  return {
    skew: centralMoment(returns, 3) / second ** 1.5,
    kurtosis: centralMoment(returns, 4) / second ** 2,
  };
}

function centralMoment(values: Float64Array, power: number): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += (at(values, index) - mean) ** power;
  }
  return sum / values.length;
}

/** Simple returns from each value of a curve to the next. @param returns where to write them. */
export function returnsOf(
  curve: Float64Array,
  returns: Float64Array = new Float64Array(Math.max(0, curve.length - 1)),
): Float64Array {
  for (let index = 0; index < returns.length; index++) {
    returns[index] = at(curve, index + 1) / at(curve, index) - 1;
  }
  return returns;
}

/** Element-wise difference, left less right. @param less where to write it. */
export function lessOf(
  left: Float64Array,
  right: Float64Array,
  less: Float64Array = new Float64Array(left.length),
): Float64Array {
  for (let index = 0; index < less.length; index++)
    less[index] = at(left, index) - at(right, index);
  return less;
}

/** Annualised growth over that many sessions, 252 a year: growth ^ (252 / sessions) - 1. */
export function yearly(growth: number, sessions: number): number {
  return growth ** (YEAR / sessions) - 1;
}

/** Annualised growth of consecutive returns. */
export function grownYearly(returns: Float64Array): number {
  return yearly(
    returns.reduce((growth, value) => growth * (1 + value), 1),
    returns.length,
  );
}

/** Annualised growth of a curve. */
export function growthOf(curve: Float64Array): number {
  return yearly(at(curve, curve.length - 1) / at(curve, 0), curve.length - 1);
}

/** The maximum drawdown, a fraction. */
export function deepestDrawdown(curve: Float64Array): number {
  let peak = 0;
  let trough = 0;
  let deepest = 0;
  for (let index = 0; index < curve.length; index++) {
    const value = at(curve, index);
    if (value > peak) {
      peak = value;
      trough = value;
    } else if (value < trough) {
      // Only a new low can be deeper, and dividing costs more than the rest.
      trough = value;
      deepest = Math.max(deepest, 1 - value / peak);
    }
  }
  return deepest;
}

/** The quantile of unsorted values: linear between neighbours (type 7). */
export function quantileOf(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const below = at(sorted, low);
  const above = low + 1 < sorted.length ? at(sorted, low + 1) : below;
  return below + (above - below) * (place - low);
}
