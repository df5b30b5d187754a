/** Recomputes decisions of the journal from their stored inputs, and compares them byte by byte. */
import { type DecisionInput, decide } from '../decide/decide.ts';
import { barsIn, limitsIn, pricesText } from '../decide/inputs.ts';
import { planOrders } from '../decide/plan.ts';
import { type Decision, type InputHashes, isFlatten, type Outcome } from '../domain/decision.ts';
import type { Model } from '../domain/model.ts';
import type { Universe } from '../domain/universe.ts';
import type { InputStore } from '../ports.ts';
import { decisionText } from '../store/codec.ts';
import { firstDifference } from './first-difference.ts';

/** The current models, code and account. */
export interface ReplayParts {
  readonly store: InputStore;
  readonly universe: Universe;
  readonly models: readonly Model[];
  /** Shadow models; none by default. */
  readonly shadows?: readonly Model[];
  /** The hash of the source files that decide. */
  readonly code: string;
  /** Part of the order ids. */
  readonly accountId: string;
}

/** The input that explains a difference; `none` where every input is the same. */
export type DifferingInput = keyof InputHashes | 'none';

/** A decision of the journal compared with its recomputation. */
export type Replayed =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly input: DifferingInput; readonly text: string }
  /** A version that stored no inputs. */
  | { readonly kind: 'not-kept' };

/** Recomputes the decision from its own inputs, with the current code. */
export function replayDecision(recorded: Decision, parts: ReplayParts): Replayed {
  const { inputs } = recorded;
  if (!inputs) return { kind: 'not-kept' };
  const { store } = parts;
  const bars = inputs.bars === undefined ? '{}' : store.read(inputs.bars);
  if (bars === undefined) return gone('bars', inputs);
  const limits = store.read(inputs.limits);
  if (limits === undefined) return gone('limits', inputs);
  if (store.hash(pricesText(recorded.prices)) !== inputs.prices) {
    return differs('prices', 'the recorded prices are not the ones that were hashed');
  }
  const again = decideAgain(recorded, parts, { bars, limits });
  if (again.kind === 'no-decision') return explained(inputs, parts, again.reason);
  const [then, now] = [decisionText(recorded), decisionText({ ...again, inputs })];
  return then === now
    ? { kind: 'equal' }
    : explained(inputs, parts, firstDifference(JSON.parse(then), JSON.parse(now)));
}

function gone(input: 'bars' | 'limits', inputs: InputHashes): Replayed {
  return differs(input, `what was kept as ${inputs[input] ?? input} is gone or damaged`);
}

function differs(input: DifferingInput, text: string): Replayed {
  return { kind: 'different', input, text };
}

/** Equal inputs but another outcome: only the code can have changed. */
function explained({ code }: InputHashes, parts: ReplayParts, found: string): Replayed {
  if (code === parts.code) return differs('none', found);
  return differs('code', `decided by ${code}, now ${parts.code}; ${found}`);
}

function decideAgain(
  recorded: Decision,
  { universe, models, shadows = [], accountId }: ReplayParts,
  kept: { readonly bars: string; readonly limits: string },
): Outcome {
  const { id, cause, asOf, holdings, prices, verdict } = recorded;
  const obeyed = limitsIn(kept.limits);
  const input = { ...obeyed, universe, accountId, holdings, prices };
  if (isFlatten(recorded)) {
    return { ...recorded, plan: planOrders({ ...input, decisionId: id, verdict }) };
  }
  return decide({
    ...{ ...input, id, cause, asOf, models, shadows },
    bars: barsIn(kept.bars),
    carried: carriedIn(recorded),
    warmUp: false,
  });
}

/** The weights carried over by models that did not rebalance, as recorded in the decision. */
function carriedIn({ votes, shadows = [] }: Decision): NonNullable<DecisionInput['carried']> {
  return new Map(
    [...votes, ...shadows].flatMap(({ id, active, weights, carriedFrom }) =>
      carriedFrom === undefined ? [] : [[id, { active, weights, carriedFrom }] as const],
    ),
  );
}
