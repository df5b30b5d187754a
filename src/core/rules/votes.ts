/** Which models have a say, and how much of the account each one stands for. */
import type { RegimeKind } from '../domain/model.ts';
import { at } from './panel.ts';

/** The part of a model that its vote depends on. */
export interface Voter {
  readonly activeIn: 'always' | RegimeKind;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
}

/** Writes each model's part of the budgets that are active, 0 for one that is not. */
export function shareInto(
  shares: Float64Array,
  voters: readonly Voter[],
  isActive: (model: number) => boolean,
): void {
  let budgets = 0;
  for (let model = 0; model < voters.length; model++) {
    const budget = isActive(model) ? (voters[model]?.budget ?? 0) : 0;
    shares[model] = budget;
    budgets += budget;
  }
  for (let model = 0; model < voters.length; model++) {
    const budget = at(shares, model);
    shares[model] = budget === 0 ? 0 : budget / budgets;
  }
}
