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

/** Returns that vary, and what standardizes them: mean 0, length 1. */
interface Varied {
  readonly returns: Float64Array;
  readonly mean: number;
  readonly length: number;
}

function variedOf(series: readonly Float64Array[]): readonly Varied[] {
  return series.flatMap((returns) => {
    const length = deviationOf(returns) * Math.sqrt(returns.length - 1);
    return length > 0 ? [{ returns, mean: meanOf(returns), length }] : [];
  });
}

function standardized({ returns, mean, length }: Varied, session: number): number {
  return (at(returns, session) - mean) / length;
}

/** Mean pairwise correlation of the series; those without variance are left out. */
export function meanCorrelation(series: readonly Float64Array[]): number {
  const varied = variedOf(series);
  const sum = new Float64Array(series[0]?.length ?? 0);
  for (const one of varied) {
    for (let session = 0; session < sum.length; session++) {
      sum[session] = at(sum, session) + standardized(one, session);
    }
  }
  const square = sum.reduce((squares, value) => squares + value ** 2, 0);
  return (square - varied.length) / (varied.length * (varied.length - 1));
}

/** Rows standardized at a time: copies of all would take as much memory as the whole search. */
const ROWS = 64;

/**
 * The number of independent series that they amount to: (sum of eigenvalues)^2 / sum of squared
 * eigenvalues of their correlation matrix. Series without variance are left out.
 */
export function participationOf(series: readonly Float64Array[]): number {
  const varied = variedOf(series);
  const sessions = varied[0]?.returns.length ?? 0;
  // A matrix times its transpose has the same squares on either side, so the shorter side is taken.
  const isTall = varied.length > sessions;
  const [rows, columns] = isTall ? [sessions, varied.length] : [varied.length, sessions];
  const value = (row: number, column: number): number => {
    const one = varied[isTall ? column : row];
    return one && row < rows ? standardized(one, isTall ? row : column) : 0;
  };
  const write = (into: Float64Array, row: number): void => {
    for (let column = 0; column < columns; column++) into[column] = value(row, column);
  };
  const space = (length: number) => Array.from({ length }, () => new Float64Array(columns));
  const [block, others] = [space(ROWS), space(4)];
  let squares = 0;
  for (let from = 0; from < rows; from += ROWS) {
    for (const [index, one] of block.entries()) write(one, from + index);
    for (let index = 0; index < ROWS; index += 4)
      squares += squaredProducts(block, block.slice(index, index + 4));
    // Those below the diagonal are the same as these above it.
    for (let other = from + ROWS; other < rows; other += 4) {
      for (const [index, one] of others.entries()) write(one, other + index);
      squares += 2 * squaredProducts(block, others);
    }
  }
  return varied.length ** 2 / squares;
}

/** The sum of the squares of each product with each of four others: at a time, as this is a page's longest loop. */
function squaredProducts(ones: readonly Float64Array[], others: readonly Float64Array[]): number {
  const [a, b, c, d] = others;
  if (!a || !b || !c || !d) return 0;
  let squares = 0;
  for (const one of ones) {
    let [withA, withB, withC, withD] = [0, 0, 0, 0];
    for (let index = 0; index < one.length; index++) {
      const value = at(one, index);
      withA += value * at(a, index);
      withB += value * at(b, index);
      withC += value * at(c, index);
      withD += value * at(d, index);
    }
    squares += withA * withA + withB * withB + withC * withC + withD * withD;
  }
  return squares;
}
