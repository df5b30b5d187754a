import type { ModelInput } from '#core/domain/model.ts';
import { equalWeights, type Weights } from '#core/domain/weights.ts';
import { countSelected } from '#core/rules/selection.ts';

/** What a momentum model holds at most, and from which momentum on (a fraction). */
interface Selection {
  readonly top: number;
  readonly minimumMomentum: number;
}

/**
 * Equal weight over those of the `top` strongest sectors whose momentum is at least
 * `minimumMomentum` (a fraction); one survivor gets everything, none leaves it to the defensive
 * asset, whose own momentum is not asked. Sums to 1.
 */
export function topByMomentum({ ranking, defensive }: ModelInput, selection: Selection): Weights {
  const momenta = Float64Array.from(ranking.rankings, ({ momentum }) => momentum);
  const strongest = ranking.rankings.slice(0, strongestOf(momenta, selection));
  return equalWeights(strongest.length > 0 ? strongest.map(({ ticker }) => ticker) : [defensive]);
}

/** How many of the strongest such a model holds; the momenta are falling. */
export function strongestOf(momenta: Float64Array, { top, minimumMomentum }: Selection): number {
  return countSelected(momenta, top, minimumMomentum);
}
