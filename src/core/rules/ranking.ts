/** Ranks panel indices by momentum, without using names. */
import { MOMENTUM_EPSILON } from '../domain/model.ts';
import { at, indexAt, type Panel } from './panel.ts';

/** Candidates by momentum, strongest first. */
export interface RowRanking {
  /** Indices of the panel's tickers. */
  readonly order: Int32Array;
  /** close / past - 1, in the order of `order`, fractions. */
  readonly momentum: Float64Array;
  /** The same indices in tie-break order. */
  readonly places: Int32Array;
}

/** Whether a ticker listed in that row is old enough in `row` for both closes of the momentum. */
export function isOldEnough(listed: number, row: number, lookback: number): boolean {
  return row - listed >= lookback;
}

/** close / past - 1, a fraction. */
export function momentumOf(close: number, past: number): number {
  return close / past - 1;
}

/** Indices in descending order of their values; values that differ only by rounding keep their order. */
export function strongestFirst(momenta: Float64Array): Int32Array {
  // In whole epsilons, so that values differing only by rounding tie; the sort is stable.
  const steps = momenta.map((momentum) => Math.round(momentum / MOMENTUM_EPSILON));
  const order = Int32Array.from(momenta, (_, index) => index);
  return order.sort((left, right) => at(steps, right) - at(steps, left) || left - right);
}

/**
 * Ranks candidates with a long enough history by their momentum at the close of the row. Later rows are not
 * read.
 * @param candidates ticker indices, in tie-break order.
 */
export function rankRow(
  panel: Panel,
  candidates: Int32Array,
  row: number,
  lookback: number,
): RowRanking {
  const isUsable = (place: number): boolean =>
    isOldEnough(indexAt(panel.listed, place), row, lookback);
  // The same array where all are, as a search keeps thousands of rankings.
  const usable = candidates.every(isUsable) ? candidates : candidates.filter(isUsable);
  const momenta = Float64Array.from(usable, (place) => {
    const closes = panel.close[place];
    return closes ? momentumOf(at(closes, row), at(closes, row - lookback)) : Number.NaN;
  });
  const order = strongestFirst(momenta);
  return {
    order: order.map((index) => indexAt(usable, index)),
    momentum: Float64Array.from(order, (index) => at(momenta, index)),
    places: usable,
  };
}
