/** Who was strongest: places in a panel by momentum, without a name among them. */
import { MOMENTUM_EPSILON } from '../domain/model.ts';
import { at, indexAt, type Panel } from './panel.ts';

/** Candidates by momentum, the strongest first. */
export interface RowRanking {
  /** Places among the panel's tickers. */
  readonly order: Int32Array;
  /** close / past - 1, in the order of `order`, fractions. */
  readonly momentum: Float64Array;
  /** The same places in tie-break order. */
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

/** The places of values in falling order; what only rounding tells apart keeps its given order. */
export function strongestFirst(momenta: Float64Array): Int32Array {
  // In whole epsilons, so that what only rounding tells apart is a tie; the sort keeps ties in order.
  const steps = momenta.map((momentum) => Math.round(momentum / MOMENTUM_EPSILON));
  const order = Int32Array.from(momenta, (_, index) => index);
  return order.sort((left, right) => at(steps, right) - at(steps, left) || left - right);
}

/**
 * The candidates old enough for the lookback by their momentum at the close of the row. Later rows
 * are not read.
 * @param candidates places among the tickers, in tie-break order.
 */
export function rankRow(
  panel: Panel,
  candidates: Int32Array,
  row: number,
  lookback: number,
): RowRanking {
  const usable = candidates.filter((place) =>
    isOldEnough(indexAt(panel.listed, place), row, lookback),
  );
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
