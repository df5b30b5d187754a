/** The rule of the momentum models on a ranking. */
import { MOMENTUM_EPSILON } from '../domain/model.ts';
import { at, indexAt } from './panel.ts';

/**
 * How many of the strongest a model holds: those of the first `top` whose momentum is at least
 * `minimum` (a fraction). 0 leaves it all to the defensive asset.
 * @param momenta falling.
 */
export function countSelected(momenta: Float64Array, top: number, minimum: number): number {
  const most = Math.min(top, momenta.length);
  let count = 0;
  while (count < most && at(momenta, count) >= minimum - MOMENTUM_EPSILON) count += 1;
  return count;
}

/** Writes equal parts of the first `count` of the order; all in the defensive asset where there is none. */
export function holdTop(
  weights: Float64Array,
  order: Int32Array,
  count: number,
  defensive: number,
): void {
  if (count === 0) weights[defensive] = 1;
  for (let index = 0; index < count; index++) weights[indexAt(order, index)] = 1 / count;
}
