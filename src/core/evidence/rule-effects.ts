/** What each rule cost or brought: the same run with one of them removed at a time. */
import type { Model } from '../domain/model.ts';
import { deskOf, type Ground, type Summary, summaryOf, trialOf } from './trial.ts';

/** The rules that can be taken away. */
export const REMOVABLE = ['cap', 'floor', 'reserve', 'regime', 'leverage'] as const;

/** A rule that can be taken away. */
export type RemovableRule = (typeof REMOVABLE)[number];

/** The run without the rule, and what the rule brought in growth a year: below 0 it cost. */
export interface RuleEffect extends Pick<Summary, 'final' | 'cagr' | 'mdd'> {
  readonly brought: number;
}

/** One run for each rule; hindsight, and each is one more try. */
export function ruleEffects(
  ground: Ground,
  models: readonly Model[],
): Readonly<Record<RemovableRule, RuleEffect>> {
  const own = summaryOf(trialOf(ground, deskOf(models, ground.history)));
  const effects = REMOVABLE.map((rule) => {
    const { final, cagr, mdd } = without(rule, ground, models);
    return [rule, { final, cagr, mdd, brought: own.cagr - cagr }] as const;
  });
  return Object.fromEntries(effects) as Record<RemovableRule, RuleEffect>;
}

function without(rule: RemovableRule, ground: Ground, models: readonly Model[]): Summary {
  const run = (changed: Ground, its: readonly Model[] = models): Summary =>
    summaryOf(trialOf(changed, deskOf(its, ground.history)));
  switch (rule) {
    case 'cap':
      return run({ ...ground, limits: { ...ground.limits, maxWeight: ground.limits.maxGross } });
    case 'floor':
      return run(ground, models.map(withoutFloor));
    case 'reserve':
      return run({ ...ground, more: { ...ground.more, reserve: 0 } });
    case 'regime':
      return run(
        ground,
        models.map((model) => ({ ...model, activeIn: 'always' })),
      );
    case 'leverage':
      return run(
        ground,
        models.map((model) => ({ ...model, parameters: { ...model.parameters, leverage: 1 } })),
      );
    default:
      return rule satisfies never;
  }
}

/** As many as it may hold, whatever they lost. */
function withoutFloor(model: Model): Model {
  return { ...model, parameters: { ...model.parameters, minimumMomentum: -1 } };
}
