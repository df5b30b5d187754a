/** Which models are active, and each one's share of the account. */
import type { RegimeKind } from '../domain/model.ts';
import { at } from './panel.ts';

/** The properties of a model that determine its share. */
export interface Voter {
  readonly activeIn: 'always' | RegimeKind;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
}

/** Writes each model's share of the active budgets, 0 for an inactive one. */
export function shareInto(
  shares: Float64Array,
  voters: readonly Voter[],
  active: readonly boolean[],
): void {
  let budgets = 0;
  for (let model = 0; model < voters.length; model++) {
    const budget = active[model] ? (voters[model]?.budget ?? 0) : 0;
    shares[model] = budget;
    budgets += budget;
  }
  for (let model = 0; model < voters.length; model++) {
    const budget = at(shares, model);
    shares[model] = budget === 0 ? 0 : budget / budgets;
  }
}
