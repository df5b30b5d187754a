/** The parts as the settings and what people have approved make them, at any moment. */
import { shadowModels, tradingModels } from '../domain/model-role.ts';
import { raisedTotal } from '../domain/raised-cash.ts';
import { cents } from '../domain/units.ts';
import type { EngineParts } from './parts.ts';

/** Limits keep the cash that was raised, beside what the settings keep; models have their approved roles. */
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
