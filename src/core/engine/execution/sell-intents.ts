/** The sell intents of a decision. */
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';

/** Sell intents are recorded together with the decision; recording them again changes nothing. */
export function sellIntents(decision: Decision): readonly Entry[] {
  return decision.plan.orders
    .filter((order) => order.side === 'sell')
    .map((intent) => ({ kind: 'intent', intent }));
}
