/** Stores the inputs of a decision, so that it can be recomputed. */
import type { DecisionInput } from '../decide/decide.ts';
import { barsText, limitsText, pricesText } from '../decide/inputs.ts';
import type { Decision } from '../domain/decision.ts';
import type { DecisionInputs } from './parts.ts';

/** Possible inputs of a decision; no bars where everything is sold. */
export type ReadInputs = Pick<DecisionInput, 'limits' | 'rules' | 'acceptedMoves'> &
  (Pick<DecisionInput, 'bars' | 'universe' | 'models' | 'shadows'> | { readonly bars?: undefined });

/** The decision with the hashes of its stored inputs; unchanged where nothing is stored. */
export function withInputs(
  inputs: DecisionInputs | undefined,
  decision: Decision,
  read: ReadInputs,
): Decision {
  if (!inputs) return decision;
  const { store, code } = inputs;
  return {
    ...decision,
    inputs: {
      ...(read.bars && { bars: store.keep(barsText({ ...read, asOf: decision.asOf })) }),
      limits: store.keep(limitsText(read)),
      prices: store.hash(pricesText(decision.prices)),
      code,
    },
  };
}
