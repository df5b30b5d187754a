/** Makes decisions of the journal again from what they read, and compares them byte by byte. */
import { type DecisionInput, decide } from '../decide/decide.ts';
import { barsIn, limitsIn, pricesText } from '../decide/inputs.ts';
import { planOrders } from '../decide/plan.ts';
import { type Decision, type InputHashes, isFlatten, type Outcome } from '../domain/decision.ts';
import type { Model } from '../domain/model.ts';
import type { Universe } from '../domain/universe.ts';
import type { InputStore } from '../ports.ts';
import { decisionText } from '../store/codec.ts';
import { firstDifference } from './first-difference.ts';

/** What decides today. */
export interface ReplayParts {
  readonly store: InputStore;
  readonly universe: Universe;
  readonly models: readonly Model[];
  /** Models that were not traded; none unless given. */
  readonly shadows?: readonly Model[];
  /** The hash of the program's files that decide. */
  readonly code: string;
  /** Part of the ids of orders. */
  readonly accountId: string;
}

/** The input that explains a difference; `none` where every input is the same. */
export type DifferingInput = keyof InputHashes | 'none';

/** How a decision of the journal compares with the same one made today. */
export type Replayed =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly input: DifferingInput; readonly text: string }
  /** Of a version that kept nothing. */
  | { readonly kind: 'not-kept' };

/** Makes the decision again from its own inputs, with the code of today. */
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

/** Equal inputs, another outcome: only the code can have changed. */
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

/** What models that did not rebalance kept, as the decision recorded it. */
function carriedIn({ votes, shadows = [] }: Decision): NonNullable<DecisionInput['carried']> {
  return new Map(
    [...votes, ...shadows].flatMap(({ id, active, weights, carriedFrom }) =>
      carriedFrom === undefined ? [] : [[id, { active, weights, carriedFrom }] as const],
    ),
  );
}
