/** Combines the weights of the models into those of the account. */
import { at } from './panel.ts';

/** The sum of the weights, by index; 1 is fully invested. */
export function grossOf(weights: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < weights.length; place++) sum += at(weights, place);
  return sum;
}

/**
 * Writes the sum of factor x weights into `target`, scaled down to `maxGross` if above it. Returns the
 * gross before scaling.
 * @param factors share x leverage of each model, in the order of `weights`.
 */
export function blendInto(
  target: Float64Array,
  weights: readonly Float64Array[],
  factors: Float64Array,
  maxGross: number,
): number {
  let gross = 0;
  for (let place = 0; place < target.length; place++) {
    let sum = 0;
    for (let model = 0; model < weights.length; model++) {
      const own = weights[model];
      const factor = at(factors, model);
      if (own && factor !== 0) sum += at(own, place) * factor;
    }
    target[place] = sum;
    gross += sum;
  }
  if (gross > maxGross) scaleBy(target, maxGross / gross);
  return gross;
}

function scaleBy(weights: Float64Array, factor: number): void {
  for (let place = 0; place < weights.length; place++) {
    weights[place] = at(weights, place) * factor;
  }
}
