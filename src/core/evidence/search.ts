/** The value of a search over settings: its best result, the role of luck, its plateau. */

import type { Comparators } from './figures.ts';
import {
  annualSharpe,
  dailySharpe,
  deviationOf,
  growthOf,
  lessOf,
  quantileOf,
  returnsOf,
  YEAR,
} from './moments.ts';
import { type Overfitting, overfittingOf } from './overfitting.ts';
import { meanCorrelation, participationOf } from './relation.ts';
import { deflatedSharpe, luckiestSharpe } from './sharpe-tests.ts';
import { type Grid, neighboursOf, type Point, type SweepTrial } from './sweep.ts';
import type { Trial } from './trial.ts';

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;
const BLOCKS = 16;
const FEW_BLOCKS = 8;
const WINNERS = 5;

/** Number of models without any search: those that Rotor was delivered with. */
const GIVEN_MODELS = 3;

/** Reference runs for the search. */
export interface SearchRivals {
  /** The runs of the configured models by id, and `all`. */
  readonly runs: ReadonlyMap<string, Trial>;
  readonly rivals: Comparators;
  readonly equal: Trial;
}

/** The figures of the whole search. */
export function searchFigures(
  {
    grid,
    centre,
    triedBefore,
  }: { readonly grid: Grid; readonly centre: Point; readonly triedBefore: number },
  tried: readonly SweepTrial[],
  { runs, rivals, equal }: SearchRivals,
) {
  const spy = returnsOf(rivals.spy);
  const sharpes = Float64Array.from(tried, ({ returns }) => annualSharpe(returns));
  const growths = Float64Array.from(tried, ({ growth }) => growth);
  const best = tried[indexOfBest(sharpes)];
  const daily = Float64Array.from(tried, ({ returns }) => dailySharpe(returns));
  const less = new Float64Array(spy.length);
  const excess = Float64Array.from(tried, ({ returns }) => dailySharpe(lessOf(returns, spy, less)));
  const { meanCorrelation: r, ...trials } = countsOf(tried, triedBefore);
  const above = (values: Float64Array, than: number): number =>
    values.filter((value) => value > than).length;
  return {
    grid: {
      points: tried.length,
      triedBefore,
      best: best && {
        point: best.point,
        sharpe: annualSharpe(best.returns),
        cagr: best.growth,
        final: best.final / 100,
      },
      sharpe: spreadOf(sharpes),
      cagr: spreadOf(growths),
      varSharpeDaily: varianceOf(daily),
      meanCorrelation: r,
      effectiveN: trials.effective,
      participationN: trials.participation,
      beatSpyCagr: above(growths, growthOf(rivals.spy)),
      beatSpySharpe: above(sharpes, annualSharpe(spy)),
      beatEqualCagr: above(growths, growthOf(equal.run.equity)),
      beatEqualSharpe: above(sharpes, annualSharpe(equal.returns)),
      sharpes: Object.fromEntries(
        tried.map((one, index) => [one.point.join(','), sharpes[index] ?? Number.NaN]),
      ),
      finals: Object.fromEntries(tried.map((one) => [one.point.join(','), one.final / 100])),
      sumFinalCents: tried.reduce((sum, one) => sum + one.final, 0),
    },
    dsr: Object.fromEntries(
      [...runs, ...(best ? [['gridBest', best] as const] : [])].map(([id, { returns }]) => [
        id,
        deflatedFigures(returns, spy, { daily, excess, ...trials }),
      ]),
    ),
    pbo: overfitFigures(tried, BLOCKS),
    pbo8: overfitFigures(tried, FEW_BLOCKS),
    plateau: plateauOf(grid, centre, tried, sharpes),
  };
}

/** How many settings were tried, and how many independent ones they amount to. */
function countsOf(tried: readonly SweepTrial[], triedBefore: number) {
  const returns = tried.map((trial) => trial.returns);
  const r = meanCorrelation(returns);
  return {
    meanCorrelation: r,
    given: tried.length + triedBefore,
    effective: r + (1 - r) * tried.length,
    participation: participationOf(returns),
  };
}

interface Trials {
  readonly daily: Float64Array;
  readonly excess: Float64Array;
  /** Number of settings actually tried, and the equivalent number of independent ones. */
  readonly given: number;
  readonly effective: number;
  /** The same by eigenvalues; far fewer. */
  readonly participation: number;
}

function deflatedFigures(
  returns: Float64Array,
  spy: Float64Array,
  { daily, excess, given, effective, participation }: Trials,
) {
  const variance = varianceOf(daily);
  const figures = (count: number) => ({
    N: count,
    sr0Annual: luckiestSharpe(variance, count) * Math.sqrt(252),
    dsr: deflatedSharpe(returns, variance, count),
  });
  const varExcess = varianceOf(excess);
  return {
    three: figures(GIVEN_MODELS),
    effective: figures(effective),
    participation: figures(participation),
    all: figures(given),
    excessAll: { N: given, varExcess, dsr: deflatedSharpe(lessOf(returns, spy), varExcess, given) },
  };
}

/**
 * Probability that luck alone makes the best of that many tries this good, a fraction: 1 less the deflated
 * Sharpe ratio. NaN where the tries do not differ, as a single one cannot. @param sharpes annual Sharpe ratio
 * of each try.
 */
export function searchLuck(best: Float64Array, sharpes: Float64Array, tries: number): number {
  const variance = varianceOf(sharpes.map((sharpe) => sharpe / Math.sqrt(YEAR)));
  return variance > 0 ? 1 - deflatedSharpe(best, variance, tries) : Number.NaN;
}

function overfitFigures(tried: readonly SweepTrial[], blocks: number) {
  const found: Overfitting = overfittingOf(
    tried.map(({ returns }) => returns),
    blocks,
  );
  const winners = tried
    .map(({ point }, index) => ({ point, count: found.wins[index] ?? 0 }))
    .sort((left, right) => right.count - left.count)
    .slice(0, WINNERS);
  return {
    pbo: found.probability,
    medianLogit: found.medianLogit,
    oosLoss: found.losing,
    isSharpe: found.inSample,
    oosSharpe: found.outOfSample,
    // Negative by construction, because both halves add up to the same total: a raw number, not shown on a
    // page.
    slope: found.slope,
    combos: found.splits,
    winners,
  };
}

/** The current settings compared with those one step away. */
export function plateauOf(
  grid: Grid,
  centre: Point,
  tried: readonly Pick<SweepTrial, 'point'>[],
  sharpes: Float64Array,
) {
  const key = (point: Point): string => point.join();
  const byPoint = new Map(
    tried.map(({ point }, index) => [key(point), sharpes[index] ?? Number.NaN]),
  );
  const sharpe = byPoint.get(key(centre));
  if (sharpe === undefined) return null;
  const near = knownOf(
    Float64Array.from(neighboursOf(grid, centre), (point) => byPoint.get(key(point)) ?? Number.NaN),
  );
  return {
    centre,
    sharpe,
    rank: sharpes.filter((value) => value > sharpe).length + 1,
    neighbours: near.length,
    median: quantileOf(near, 0.5),
    min: Math.min(...near),
    max: Math.max(...near),
  };
}

/** Without the settings that never traded: they have no Sharpe ratio. */
function knownOf(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}

function spreadOf(values: Float64Array): Readonly<Record<string, number>> {
  const known = knownOf(values);
  return Object.fromEntries(SHARES.map((share) => [String(share), quantileOf(known, share)]));
}

/** The first of the best; one without a value cannot be it. */
function indexOfBest(values: Float64Array): number {
  return values.reduce((best, value, index) => {
    const most = values[best] ?? Number.NaN;
    return value > most || Number.isNaN(most) ? index : best;
  }, 0);
}

function varianceOf(values: Float64Array): number {
  return deviationOf(knownOf(values)) ** 2;
}
