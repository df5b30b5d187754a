/**
 * Whether a search finds settings that last: combinatorially symmetric cross-validation (Bailey, Borwein,
 * Lopez de Prado, Zhu 2014). The winner of each half of the history is evaluated on the other half.
 */
import { at } from '../rules/panel.ts';
import { meanOf, YEAR } from './moments.ts';

/** Over all ways to halve the history. */
export interface Overfitting {
  /** Fraction of splits in which the winner of one half was in the worse half of the other. */
  readonly probability: number;
  readonly medianLogit: number;
  /** Fraction of splits in which the winner lost money on the other half. */
  readonly losing: number;
  /** Mean annual Sharpe ratios of the winners, in sample and out of sample. */
  readonly inSample: number;
  readonly outOfSample: number;
  /**
   * Least-squares slope of the winners' Sharpe ratios out of sample on those in sample; below 0 by
   * construction.
   */
  readonly slope: number;
  readonly splits: number;
  /** How often each trial won. */
  readonly wins: Int32Array;
  /** ln(w / (1 - w)) of each split. */
  readonly logits: Float64Array;
}

/** Sums of returns and of their squares, by block and trial. */
interface BlockSums {
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  readonly days: number;
}

/**
 * @param trials returns of each trial, one per session, all of one length; in search order, which breaks
 * ties.
 * @param blocks an even number; the oldest sessions that do not fill a block are left out.
 */
export function overfittingOf(trials: readonly Float64Array[], blocks: number): Overfitting {
  const parts = blockSums(trials, blocks);
  const total = { sum: added(parts.sums), square: added(parts.squares) };
  const logits: number[] = [];
  const [inside, outside]: [number[], number[]] = [[], []];
  const wins = new Int32Array(trials.length);
  const mine = new Float64Array(trials.length);
  const other = new Float64Array(trials.length);
  const sum = { inSample: 0, outOfSample: 0, losing: 0, below: 0 };
  const days = (parts.days * blocks) / 2;
  eachHalf(parts, (half) => {
    sharpesOf(half, total, days, mine, other);
    const best = firstBest(mine);
    const found = at(other, best);
    const share = midRank(other, found) / (trials.length + 1);
    const logit = Math.log(share / (1 - share));
    logits.push(logit);
    wins[best] = (wins[best] ?? 0) + 1;
    inside.push(at(mine, best));
    outside.push(found);
    sum.inSample += at(mine, best);
    sum.outOfSample += found;
    if (found < 0) sum.losing += 1;
    if (logit <= 0) sum.below += 1;
  });
  const year = Math.sqrt(YEAR) / logits.length;
  return {
    probability: sum.below / logits.length,
    medianLogit: median(Float64Array.from(logits)),
    losing: sum.losing / logits.length,
    inSample: sum.inSample * year,
    outOfSample: sum.outOfSample * year,
    slope: slopeOf(inside, outside),
    splits: logits.length,
    wins,
    logits: Float64Array.from(logits),
  };
}

function blockSums(trials: readonly Float64Array[], blocks: number): BlockSums {
  const sessions = trials[0]?.length ?? 0;
  const days = Math.floor(sessions / blocks);
  const begin = sessions - days * blocks;
  const sums: Float64Array[] = [];
  const squares: Float64Array[] = [];
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [begin + block * days, begin + (block + 1) * days];
    sums.push(Float64Array.from(trials, (returns) => sumIn(returns, from, to, false)));
    squares.push(Float64Array.from(trials, (returns) => sumIn(returns, from, to, true)));
  }
  return { sums, squares, days };
}

function sumIn(returns: Float64Array, from: number, to: number, squared: boolean): number {
  let sum = 0;
  for (let index = from; index < to; index++) {
    const value = at(returns, index);
    sum += squared ? value * value : value;
  }
  return sum;
}

function added(columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0);
  for (const column of columns) addTo(sum, column);
  return sum;
}

function addTo(sum: Float64Array, column: Float64Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = at(sum, index) + at(column, index);
}

/** Sums over some blocks, by trial. */
interface Sums {
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

/**
 * Every choice of half of the blocks, in lexicographic order. The sums of a choice extend those of its
 * prefix, in reused buffers.
 */
function eachHalf({ sums, squares }: BlockSums, use: (half: Sums) => void): void {
  const blocks = sums.length;
  const trials = sums[0]?.length ?? 0;
  const room = Array.from({ length: blocks / 2 + 1 }, (): Sums => {
    return { sum: new Float64Array(trials), square: new Float64Array(trials) };
  });
  const extend = (depth: number, from: number): void => {
    const here = room[depth];
    if (!here) return;
    if (depth === blocks / 2) {
      use(here);
      return;
    }
    const next = room[depth + 1];
    // The blocks after it must suffice for the rest of the half.
    const last = blocks / 2 + depth;
    for (let block = from; next && block <= last; block++) {
      writeSum(next.sum, here.sum, sums[block]);
      writeSum(next.square, here.square, squares[block]);
      extend(depth + 1, block + 1);
    }
  };
  extend(0, 0);
}

function writeSum(to: Float64Array, left: Float64Array, right: Float64Array | undefined): void {
  if (!right) return;
  for (let index = 0; index < to.length; index++) to[index] = at(left, index) + at(right, index);
}

function sharpesOf(
  half: Sums,
  total: Sums,
  days: number,
  mine: Float64Array,
  other: Float64Array,
): void {
  for (let trial = 0; trial < mine.length; trial++) {
    const sum = at(half.sum, trial);
    const square = at(half.square, trial);
    mine[trial] = sharpeFrom(sum, square, days);
    other[trial] = sharpeFrom(at(total.sum, trial) - sum, at(total.square, trial) - square, days);
  }
}

/** Mean over sample deviation; 0 where nothing varies. */
function sharpeFrom(sum: number, squares: number, days: number): number {
  const mean = sum / days;
  const variance = (squares - days * mean * mean) / (days - 1);
  return variance > 1e-24 ? mean / Math.sqrt(variance) : 0;
}

function firstBest(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (at(values, index) > at(values, best)) best = index;
  }
  return best;
}

/** Rank from 1, the worst; ties share their mean rank. */
function midRank(values: Float64Array, value: number): number {
  let below = 0;
  let equal = 0;
  for (let index = 0; index < values.length; index++) {
    if (at(values, index) < value) below += 1;
    else if (at(values, index) === value) equal += 1;
  }
  return below + (equal + 1) / 2;
}

function slopeOf(across: readonly number[], up: readonly number[]): number {
  const [x, y] = [meanOf(Float64Array.from(across)), meanOf(Float64Array.from(up))];
  let together = 0;
  let squares = 0;
  for (const [index, value] of across.entries()) {
    together += (value - x) * ((up[index] ?? Number.NaN) - y);
    squares += (value - x) ** 2;
  }
  return together / squares;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return at(sorted, middle);
  return (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}
