/**
 * Alternative outcomes of the same market: the stationary bootstrap (Politis, Romano 1994). Account and
 * benchmark are resampled together, which preserves their correlation.
 */
import { at } from '../rules/panel.ts';
import { YEAR, yearly } from './moments.ts';
import { mulberry32 } from './random.ts';

/** Settings of the resampling. */
export interface Resampling {
  readonly count: number;
  readonly seed: number;
  /** Mean block length in sessions. */
  readonly block: number;
}

/** One value for each resample. */
export interface Resamples {
  /** Annual growth of the account, and its excess over that of the benchmark. */
  readonly growth: Float64Array;
  readonly excess: Float64Array;
  /** Annual Sharpe ratio of the account, and its excess over that of the benchmark. */
  readonly sharpe: Float64Array;
  readonly sharpeLess: Float64Array;
}

/** A holding period: 21 sessions. */
export const BLOCK = 21;

/** Key of the interval that pages report: of all models, with that block length. */
export const TOLD_INTERVAL = `all|${BLOCK}`;

/** Resamples the accounts and the benchmark with the same days, each to its own length. */
export function resample(
  accounts: readonly Float64Array[],
  benchmark: Float64Array,
  { count, seed, block }: Resampling,
): readonly Resamples[] {
  const draw = mulberry32(seed);
  const rows = new Int32Array(benchmark.length);
  const found = accounts.map(() => emptySamples(count));
  for (let sample = 0; sample < count; sample++) {
    drawRows(rows, draw, 1 / block);
    const its = figuresOf(benchmark, rows);
    for (let account = 0; account < accounts.length; account++) {
      const [ours, samples] = [accounts[account], found[account]];
      if (!ours || !samples) continue;
      const mine = figuresOf(ours, rows);
      samples.growth[sample] = mine.growth;
      samples.excess[sample] = mine.growth - its.growth;
      samples.sharpe[sample] = mine.sharpe;
      samples.sharpeLess[sample] = mine.sharpe - its.sharpe;
    }
  }
  return found;
}

function emptySamples(count: number): Resamples {
  const column = (): Float64Array => new Float64Array(count);
  return { growth: column(), excess: column(), sharpe: column(), sharpeLess: column() };
}

function drawRows(rows: Int32Array, draw: () => number, leap: number): void {
  const sessions = rows.length;
  let row = Math.floor(draw() * sessions);
  for (let index = 0; index < sessions; index++) {
    rows[index] = row;
    row = draw() < leap ? Math.floor(draw() * sessions) : (row + 1) % sessions;
  }
}

function figuresOf(
  returns: Float64Array,
  rows: Int32Array,
): { readonly growth: number; readonly sharpe: number } {
  let growth = 1;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < rows.length; index++) {
    const value = at(returns, rows[index] ?? 0);
    growth *= 1 + value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / rows.length;
  const deviation = Math.sqrt((squares - rows.length * mean * mean) / (rows.length - 1));
  return {
    growth: yearly(growth, rows.length),
    sharpe: (mean / deviation) * Math.sqrt(YEAR),
  };
}
