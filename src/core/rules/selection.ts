/** The selection rule of the momentum models. */
import { MOMENTUM_EPSILON } from '../domain/model.ts';
import { at, indexAt } from './panel.ts';

/**
 * Number of sectors that a model holds: those of the first `top` whose momentum is at least `minimum` (a
 * fraction). 0 puts everything in the defensive asset.
 * @param momenta in descending order.
 */
export function countSelected(momenta: Float64Array, top: number, minimum: number): number {
  const most = Math.min(top, momenta.length);
  let count = 0;
  while (count < most && at(momenta, count) >= minimum - MOMENTUM_EPSILON) count += 1;
  return count;
}

/** Writes equal weights for the first `count` in the order; everything in the defensive asset if 0. */
export function holdTop(
  weights: Float64Array,
  order: Int32Array,
  count: number,
  defensive: number,
): void {
  if (count === 0) weights[defensive] = 1;
  for (let index = 0; index < count; index++) weights[indexAt(order, index)] = 1 / count;
}
