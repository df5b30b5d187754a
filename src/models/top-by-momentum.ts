import type { ModelInput } from '#core/domain/model.ts';
import { countSelected, holdTop } from '#core/rules/selection.ts';

/**
 * Equal weights for those of the `top` strongest sectors whose momentum is at least `minimumMomentum`; a
 * single one gets everything, none leaves it all to the defensive asset, whose own momentum is not checked.
 * Sums to 1.
 */
export function topByMomentum(
  { order, momentum, defensive, parameters }: ModelInput,
  weights: Float64Array,
): void {
  const { top, minimumMomentum } = parameters;
  holdTop(weights, order, countSelected(momentum, top, minimumMomentum), defensive);
}
