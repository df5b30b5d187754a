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

/** Mean pairwise correlation of the series. */
export function meanCorrelation(series: readonly Float64Array[]): number {
  const sessions = series[0]?.length ?? 0;
  const sum = new Float64Array(sessions);
  for (const returns of series) {
    const mean = meanOf(returns);
    const length = deviationOf(returns) * Math.sqrt(returns.length - 1);
    if (!(length > 0)) continue;
    for (let index = 0; index < sessions; index++) {
      sum[index] = at(sum, index) + (at(returns, index) - mean) / length;
    }
  }
  let square = 0;
  for (let index = 0; index < sessions; index++) square += at(sum, index) ** 2;
  return (square - series.length) / (series.length * (series.length - 1));
}
