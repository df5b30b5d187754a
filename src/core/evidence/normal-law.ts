/** The normal law and its inverse. */
import jstat from 'jstat';

/** The share of a standard normal law below the value. */
export function normalCdf(value: number): number {
  return jstat.jStat.normal.cdf(value, 0, 1);
}

/** The value that so large a share of a standard normal law lies below. */
export function normalQuantile(share: number): number {
  return jstat.jStat.normal.inv(share, 0, 1);
}
