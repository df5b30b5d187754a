/** An account compared with its benchmark, session by session. */
import { at } from '../rules/panel.ts';
import { annualSharpe, deviationOf, lessOf, meanOf, YEAR } from './moments.ts';

/** The relation of the two series of returns. */
export interface Relation {
  readonly beta: number;
  /** Jensen's alpha, annual, a fraction, and its t value. */
  readonly alpha: number;
  readonly alphaT: number;
  readonly correlation: number;
  /** Annualised deviation of the difference. */
  readonly trackingError: number;
  readonly informationRatio: number;
}

/** Least-squares regression of our returns on those of the benchmark. */
export function relationOf(ours: Float64Array, benchmark: Float64Array): Relation {
  const [mean, theirs] = [meanOf(ours), meanOf(benchmark)];
  let together = 0;
  let own = 0;
  let market = 0;
  for (let index = 0; index < ours.length; index++) {
    const [mine, its] = [at(ours, index) - mean, at(benchmark, index) - theirs];
    together += mine * its;
    own += mine * mine;
    market += its * its;
  }
  const beta = together / market;
  const alpha = mean - beta * theirs;
  const residual = (own - beta * together) / (ours.length - 2);
  const error = Math.sqrt(residual * (1 / ours.length + theirs ** 2 / market));
  const difference = lessOf(ours, benchmark);
  return {
    beta,
    alpha: alpha * YEAR,
    alphaT: alpha / error,
    correlation: together / Math.sqrt(own * market),
    trackingError: deviationOf(difference) * Math.sqrt(YEAR),
    informationRatio: annualSharpe(difference),
  };
}

/** Mean pairwise correlation of the series; those without variance are left out. */
export function meanCorrelation(series: readonly Float64Array[]): number {
  const sum = new Float64Array(series[0]?.length ?? 0);
  const own = new Float64Array(sum.length);
  let varied = 0;
  for (const returns of series) {
    if (!standardize(returns, own)) continue;
    varied += 1;
    for (let index = 0; index < sum.length; index++) sum[index] = at(sum, index) + at(own, index);
  }
  let square = 0;
  for (let index = 0; index < sum.length; index++) square += at(sum, index) ** 2;
  return (square - varied) / (varied * (varied - 1));
}

/**
 * The number of independent series that they amount to: (sum of eigenvalues)^2 / sum of squared
 * eigenvalues of their correlation matrix. Series without variance are left out.
 */
export function participationOf(series: readonly Float64Array[]): number {
  const varied = series.flatMap((returns) => {
    const own = new Float64Array(returns.length);
    return standardize(returns, own) ? [own] : [];
  });
  const sessions = varied[0]?.length ?? 0;
  // A matrix times its transpose has the same squares on either side, so the shorter side is taken.
  const rows = varied.length > sessions ? transposed(varied, sessions) : varied;
  const empty = new Float64Array(rows[0]?.length ?? 0);
  let squares = 0;
  for (const [index, one] of rows.entries()) {
    squares += squaredProducts(one, one, empty, empty, empty);
    // Four at a time: this is the longest loop of a page.
    for (let other = index + 1; other < rows.length; other += 4) {
      const [a, b, c, d] = rows.slice(other, other + 4);
      squares += 2 * squaredProducts(one, a ?? empty, b ?? empty, c ?? empty, d ?? empty);
    }
  }
  return varied.length ** 2 / squares;
}

function transposed(rows: readonly Float64Array[], columns: number): readonly Float64Array[] {
  return Array.from({ length: columns }, (_, index) =>
    Float64Array.from(rows, (row) => at(row, index)),
  );
}

function squaredProducts(
  one: Float64Array,
  ...[a, b, c, d]: readonly [Float64Array, Float64Array, Float64Array, Float64Array]
): number {
  let [withA, withB, withC, withD] = [0, 0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    const value = at(one, index);
    withA += value * at(a, index);
    withB += value * at(b, index);
    withC += value * at(c, index);
    withD += value * at(d, index);
  }
  return withA * withA + withB * withB + withC * withC + withD * withD;
}

/** Writes the returns with mean 0 and length 1; false, and nothing written, when they do not vary. */
function standardize(returns: Float64Array, into: Float64Array): boolean {
  const mean = meanOf(returns);
  const length = deviationOf(returns) * Math.sqrt(returns.length - 1);
  if (!(length > 0)) return false;
  for (let index = 0; index < into.length; index++) {
    into[index] = (at(returns, index) - mean) / length;
  }
  return true;
}
