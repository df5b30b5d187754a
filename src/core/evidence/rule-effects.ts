/** The effect of each rule: the same run with one rule removed at a time. */
import type { Model } from '../domain/model.ts';
import { type BacktestSetup, deskOf, type Summary, summaryOf, trialOf } from './trial.ts';

/** The rules that can be removed. */
export const REMOVABLE = ['cap', 'floor', 'reserve', 'regime', 'leverage'] as const;

/** A rule that can be removed. */
export type RemovableRule = (typeof REMOVABLE)[number];

/** The run without the rule, and the rule's effect on annual growth: negative if it cost growth. */
export interface RuleEffect extends Pick<Summary, 'final' | 'cagr' | 'mdd'> {
  readonly brought: number;
}

/** One run per rule; with hindsight, and each counts as one more try. */
export function ruleEffects(
  setup: BacktestSetup,
  models: readonly Model[],
): Readonly<Record<RemovableRule, RuleEffect>> {
  const own = summaryOf(trialOf(setup, deskOf(models, setup.history)));
  const effects = REMOVABLE.map((rule) => {
    const { final, cagr, mdd } = without(rule, setup, models);
    return [rule, { final, cagr, mdd, brought: own.cagr - cagr }] as const;
  });
  return Object.fromEntries(effects) as Record<RemovableRule, RuleEffect>;
}

function without(rule: RemovableRule, setup: BacktestSetup, models: readonly Model[]): Summary {
  const run = (changed: BacktestSetup, its: readonly Model[] = models): Summary =>
    summaryOf(trialOf(changed, deskOf(its, setup.history)));
  switch (rule) {
    case 'cap':
      return run({ ...setup, limits: { ...setup.limits, maxWeight: setup.limits.maxGross } });
    case 'floor':
      return run(setup, models.map(withoutFloor));
    case 'reserve':
      return run({ ...setup, more: { ...setup.more, reserve: 0 } });
    case 'regime':
      return run(
        setup,
        models.map((model) => ({ ...model, activeIn: 'always' })),
      );
    case 'leverage':
      return run(
        setup,
        models.map((model) => ({ ...model, parameters: { ...model.parameters, leverage: 1 } })),
      );
    default:
      return rule satisfies never;
  }
}

/** Holds the maximum number, however weak their momentum. */
function withoutFloor(model: Model): Model {
  return { ...model, parameters: { ...model.parameters, minimumMomentum: -1 } };
}
