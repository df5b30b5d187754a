/**
 * The mean block length of a stationary bootstrap that suits a series: Politis, White (2004) with the
 * correction of Patton, Politis, White (2009). Only reported; pages resample with BLOCK.
 */
import { at } from '../rules/panel.ts';
import { meanOf } from './moments.ts';

/** Sessions, a fraction; NaN for fewer than two values, or where nothing varies. */
export function fittingBlock(values: Float64Array): number {
  const count = values.length;
  const quiet = Math.max(5, Math.ceil(Math.log10(count)));
  const longest = Math.ceil(Math.sqrt(count)) + quiet;
  const covariance = autocovariances(values, longest + quiet);
  const reach = Math.min(2 * lastSignificantLag(covariance, quiet, longest, count), longest);
  let weighted = 0;
  let total = at(covariance, 0);
  for (let lag = 1; lag <= reach; lag++) {
    const both = 2 * flatTop(lag / reach) * at(covariance, lag);
    weighted += both * lag;
    total += both;
  }
  return Math.cbrt((weighted * weighted * count) / (total * total));
}

function autocovariances(values: Float64Array, longest: number): Float64Array {
  const mean = meanOf(values);
  return Float64Array.from({ length: longest + 1 }, (_, lag) => {
    let sum = 0;
    for (let index = lag; index < values.length; index++) {
      sum += (at(values, index) - mean) * (at(values, index - lag) - mean);
    }
    return sum / values.length;
  });
}

/** The last significant lag: the one before the first run of insignificant lags; at least 1. */
function lastSignificantLag(
  covariance: Float64Array,
  quiet: number,
  longest: number,
  count: number,
): number {
  const noise = 2 * Math.sqrt(Math.log10(count) / count) * at(covariance, 0);
  const isNoise = (lag: number): boolean => Math.abs(at(covariance, lag)) < noise;
  let significant = 0;
  for (let lag = 1; lag <= longest; lag++) {
    if (allFrom(lag, quiet, isNoise)) return Math.max(1, lag - 1);
    if (!isNoise(lag)) significant = lag;
  }
  return Math.max(1, significant);
}

function allFrom(first: number, count: number, is: (lag: number) => boolean): boolean {
  for (let lag = first; lag < first + count; lag++) if (!is(lag)) return false;
  return true;
}

/** 1 up to a half, then falling to 0 at 1. */
function flatTop(share: number): number {
  return share <= 0.5 ? 1 : Math.max(0, 2 * (1 - share));
}
