/** The normal distribution and its inverse. */
import jstat from 'jstat';

/** The probability of a standard normal value below this one. */
export function normalCdf(value: number): number {
  return jstat.jStat.normal.cdf(value, 0, 1);
}

/** The value below which a standard normal value lies with that probability. */
export function normalQuantile(share: number): number {
  return jstat.jStat.normal.inv(share, 0, 1);
}
