/** Shadow models compared with those that trade: both on paper, both with costs, since the shadow began. */
import type { AccountState } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import type { Model } from '../domain/model.ts';
import { shadowModels, tradingModels } from '../domain/model-role.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate } from '../domain/units.ts';
import { curveOf } from './curve.ts';
import { difference } from './measure.ts';
import { paperCurve } from './paper.ts';

/** The paper cost of a fill, basis points: as in the evidence. */
const COST_BPS = 5;

/** A shadow's gain and its lead over a model that trades; fractions, undefined without prices. */
export interface ShadowView {
  readonly id: string;
  /** The day of its first decision; undefined before there is one. */
  readonly since: SessionDate | undefined;
  readonly gain: number | undefined;
  readonly ahead: readonly { readonly of: string; readonly by: number | undefined }[];
}

/** One for each shadow model. @param models all configured models. */
export function shadowViews(
  book: AccountState,
  seen: Observation,
  bars: Bars,
  models: readonly Model[],
): readonly ShadowView[] {
  const curve = curveOf(book, seen);
  const gainOf = (id: string, since: EpochMs): number | undefined => {
    const followed = paperCurve(book, bars, seen.prices, curve, { id, since, costBps: COST_BPS });
    const value = followed.at(-1)?.value;
    return value === undefined ? undefined : value - 1;
  };
  return shadowModels(models, book.modelRoles).map(({ id }) => {
    const since = firstOf(book, id);
    if (since === undefined) return { id, since: undefined, gain: undefined, ahead: [] };
    const gain = gainOf(id, since);
    const ahead = tradingModels(models, book.modelRoles).map((other) => {
      return { of: other.id, by: difference(gain, gainOf(other.id, since)) };
    });
    return { id, since: newYorkDate(since), gain, ahead };
  });
}

/** When it first decided as a shadow. */
function firstOf({ rebalances }: AccountState, id: string): EpochMs | undefined {
  const decided = [...rebalances.values()].filter(({ decision: { shadows = [] } }) =>
    shadows.some((each) => each.id === id),
  );
  return decided.toSorted((left, right) => left.at - right.at)[0]?.at;
}
