import { MOMENTUM_EPSILON, type ModelInput } from '#core/domain/model.ts';
import { equalWeights, type Weights } from '#core/domain/weights.ts';

/**
 * Equal weight over those of the `top` strongest sectors whose momentum is at least
 * `minimumMomentum` (a fraction); one survivor gets everything, none leaves it to the defensive
 * asset, whose own momentum is not asked. Sums to 1.
 */
export function topByMomentum(
  { ranking, defensive }: ModelInput,
  { top, minimumMomentum }: { readonly top: number; readonly minimumMomentum: number },
): Weights {
  const survivors = ranking.rankings
    .filter(({ rank }) => rank <= top)
    .filter(({ momentum }) => momentum >= minimumMomentum - MOMENTUM_EPSILON)
    .map(({ ticker }) => ticker);
  return equalWeights(survivors.length > 0 ? survivors : [defensive]);
}
