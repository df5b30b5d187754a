/** The engine's parts by the settings and by what people have approved so far. */
import { keepingLast } from '../domain/kept.ts';
import { shadowModels, tradingModels } from '../domain/model-role.ts';
import { raisedTotal } from '../domain/raised-cash.ts';
import { cents } from '../domain/units.ts';
import type { EngineParts } from './parts.ts';

/**
 * Limits also reserve the cash that was raised, besides that of the settings; models have their approved
 * roles.
 */
export function approvedParts(given: EngineParts): EngineParts {
  const { journal, models } = given;
  // Asked for at every refresh, and the same until somebody changes a role.
  const [trading, shadows] = [keepingLast(tradingModels), keepingLast(shadowModels)];
  return {
    ...given,
    get limits() {
      const reserve = given.limits.reserve + raisedTotal(journal.book().raised);
      return { ...given.limits, reserve: cents(reserve) };
    },
    get models() {
      return trading(models, journal.book().modelRoles);
    },
    get shadows() {
      return shadows(models, journal.book().modelRoles);
    },
  };
}
