import type { ModelInput } from '#core/domain/model.ts';
import { countSelected, holdTop } from '#core/rules/selection.ts';

/**
 * Equal weight over those of the `top` strongest sectors whose momentum is at least
 * `minimumMomentum`; one survivor gets everything, none leaves it to the defensive asset, whose own
 * momentum is not asked. Sums to 1.
 */
export function topByMomentum(
  { order, momentum, defensive, parameters }: ModelInput,
  weights: Float64Array,
): void {
  const { top, minimumMomentum } = parameters;
  holdTop(weights, order, countSelected(momentum, top, minimumMomentum), defensive);
}
