/** The engine's parts by the settings and by what people have approved so far. */
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
  return {
    ...given,
    get limits() {
      const reserve = given.limits.reserve + raisedTotal(journal.book().raised);
      return { ...given.limits, reserve: cents(reserve) };
    },
    get models() {
      return tradingModels(models, journal.book().modelRoles);
    },
    get shadows() {
      return shadowModels(models, journal.book().modelRoles);
    },
  };
}
