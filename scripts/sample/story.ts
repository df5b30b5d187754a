/** The invented market: its phases, its sectors, and what drives them. Nothing is measured. */

export interface Phase {
  /** The last day of the phase. */
  readonly until: string;
  /** Return of the market from the phase's first close to its last, as a fraction. */
  readonly total: number;
  /** Daily standard deviation to which the market's volatility reverts. */
  readonly calm: number;
  /** Daily drift of long treasuries. */
  readonly treasuries: number;
}

/** The first session of the sample. */
export const FIRST_DAY = '2014-11-24';
/** The last session of the sample. */
export const LAST_DAY = '2026-11-20';
/** The seed of the sample in the repository. */
export const SEED = 2;

/**
 * Two bear markets, each with two falls and a rally between; the second lies within the two years that the
 * sandbox replays.
 */
export const PHASES: readonly Phase[] = [
  phase('2015-07-31', 0.09, 0.008, 0.0001),
  phase('2016-01-29', -0.09, 0.0112, 0.0001),
  phase('2016-12-30', 0.23, 0.0084, 0),
  phase('2017-10-31', 0.15, 0.007, -0.0001),
  phase('2018-02-28', 0.07, 0.0076, -0.0001),
  phase('2018-05-31', -0.13, 0.015, 0.0007),
  phase('2018-07-31', 0.06, 0.014, 0.0002),
  phase('2018-11-30', -0.22, 0.0165, 0.0007),
  phase('2019-05-31', 0.28, 0.0112, 0),
  phase('2020-01-31', 0.17, 0.0086, 0),
  phase('2020-09-30', 0.09, 0.009, 0),
  phase('2021-11-30', 0.18, 0.008, -0.0001),
  phase('2022-05-31', -0.08, 0.0112, 0.0002),
  phase('2023-03-31', 0.14, 0.0092, 0),
  phase('2024-01-31', 0.12, 0.008, -0.0001),
  phase('2024-10-31', 0.14, 0.008, 0),
  phase('2025-04-15', 0.06, 0.0086, 0),
  phase('2025-08-29', -0.11, 0.013, 0.0007),
  phase('2025-10-15', 0.05, 0.013, 0.0002),
  phase('2026-01-30', -0.13, 0.014, 0.0007),
  phase('2026-06-30', 0.22, 0.0104, 0),
  phase(LAST_DAY, 0.12, 0.0084, 0),
];

function phase(until: string, total: number, calm: number, treasuries: number): Phase {
  return { until, total, calm, treasuries };
}

/** Daily returns that groups of sectors share; each has a mean of 0 except for its spells. */
export const STYLES = ['growth', 'defence', 'commodities', 'rates'] as const;
/** A common source of return besides the market. */
export type Style = (typeof STYLES)[number];

/** Parameters of one sector's returns and volumes. */
export interface Sector {
  readonly ticker: string;
  /** Weight in the market. */
  readonly share: number;
  readonly beta: number;
  readonly styles: Readonly<Partial<Record<Style, number>>>;
  /** Daily standard deviation of the sector's own return. */
  readonly own: number;
  /** Price in dollars before the first day. */
  readonly start: number;
  /** Shares traded on a usual day. */
  readonly volume: number;
}

/** The sectors of the sample. */
export const SECTORS: readonly Sector[] = [
  sector('XLK', 0.28, 1.14, { growth: 1.1 }, 0.0042, 37.4, 9_800_000),
  sector('XLF', 0.13, 1.08, { rates: 0.9 }, 0.0044, 18.2, 48_000_000),
  sector('XLE', 0.05, 1.08, { commodities: 1.6 }, 0.0066, 55.1, 16_500_000),
  sector('XLV', 0.13, 0.82, { defence: 0.8 }, 0.0045, 57.3, 9_100_000),
  sector('XLI', 0.09, 1.05, { commodities: 0.3, rates: 0.3 }, 0.004, 47.6, 10_400_000),
  sector('XLP', 0.07, 0.66, { defence: 1.1 }, 0.0042, 38.2, 11_900_000),
  sector('XLU', 0.03, 0.7, { defence: 1.1, rates: -0.6 }, 0.0052, 34.6, 12_700_000),
  sector('XLY', 0.1, 1.12, { growth: 0.5 }, 0.0045, 62.8, 5_300_000),
  sector('XLC', 0.07, 1.0, { growth: 0.6 }, 0.0049, 38.1, 5_600_000),
  sector('XLB', 0.03, 1.04, { commodities: 0.9 }, 0.0045, 41.9, 6_200_000),
  sector('XLRE', 0.02, 0.92, { defence: 0.6, rates: -0.8 }, 0.0047, 26.4, 5_100_000),
];

function sector(
  ticker: string,
  share: number,
  beta: number,
  styles: Sector['styles'],
  own: number,
  start: number,
  volume: number,
): Sector {
  return { ticker, share, beta, styles, own, start, volume };
}

/** The defensive fund of the sample. */
export const TREASURIES = {
  ticker: 'TLT',
  /** Slightly negative against shares. */
  beta: -0.2,
  rates: -0.7,
  own: 0.0078,
  start: 98.7,
  volume: 21_000_000,
} as const;

/** The benchmark of the sample. */
export const MARKET = { ticker: 'SPY', start: 171.3, volume: 78_000_000 } as const;
