/** Events of decisions and rebalances: regime, decision and result. */
import type { AccountState, Rebalance, RebalanceResult } from '#core/domain/account-state.ts';
import {
  type Decision,
  flattenWords,
  isFlatten,
  isRaise,
  type NoDecision,
} from '#core/domain/decision.ts';
import { closedDeposits } from '#core/domain/deposits.ts';
import type { RegimeKind } from '#core/domain/model.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { Weights } from '#core/domain/weights.ts';
import { type JournalEvents, noLine, put } from './journal-event.ts';

/** Entries about the regime, decisions and rebalances. */
export type DecisionEntry =
  /** The regime on the bars of that session, recorded when it changes. */
  | { readonly kind: 'regime'; readonly asOf: SessionDate; readonly regime: RegimeKind }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'no-decision'; readonly cause: string; readonly outcome: NoDecision }
  | { readonly kind: 'finished'; readonly decisionId: string; readonly result: RebalanceResult };

/** The rows of the regime, decisions and rebalances. */
export const DECISION_EVENTS = {
  regime: {
    key: ({ asOf }) => asOf,
    reduce: (_state, { regime, asOf }) => ({ regime: { kind: regime, since: asOf } }),
    log: noLine,
    message: 'none',
    exports: [],
  },
  decision: {
    key: ({ decision }) => decision.id,
    exact: true,
    reduce: ({ rebalances, deposits, state }, { decision }, at) => ({
      ...(!isFlatten(decision) && !isRaise(decision) && { deposits: closedDeposits(deposits) }),
      ...(!isFlatten(decision) && !isRaise(decision) && { resumedFromHalt: undefined }),
      intentionalTrades: new Set(),
      rebalances: put(rebalances, decision.id, {
        decision,
        at,
        finishedAt: undefined,
        result: undefined,
        ...(isFlatten(decision) && { asked: askedBy(state) }),
      }),
    }),
    log: ({ decision: { id, asOf, regime, verdict, plan } }) => {
      const orders = plan.orders.length === 1 ? '1 order' : `${plan.orders.length} orders`;
      return `decided ${id} on bars of ${asOf}: ${regime.kind}, ${weights(verdict.weights)}; ${orders}`;
    },
    message: ({ decision }) => [{ message: 'rebalance', id: decision.id, part: 'decision' }],
    exports: ['decisions'],
  },
  'no-decision': {
    // A reason that names the session, as all those of older versions do, is unique by itself.
    key: ({ cause, outcome: { expected, reason } }) =>
      reason.includes(expected) ? `${cause} ${reason}` : `${cause} ${expected} ${reason}`,
    reduce: (_state, { outcome }, at) => ({ lastNoDecision: { at, outcome } }),
    log: ({ outcome }) => `no decision: ${outcome.reason}`,
    // It is accompanied by an alert that says the same.
    message: 'none',
    exports: ['decisions'],
  },
  finished: {
    key: ({ decisionId }) => decisionId,
    reduce: ({ rebalances }, { decisionId, result }, at) => {
      const known = rebalances.get(decisionId);
      if (!known) return {};
      return { rebalances: put(rebalances, decisionId, { ...known, result, finishedAt: at }) };
    },
    log: ({ decisionId, result: { kind, left } }) =>
      `${decisionId} ${kind}${left.length > 0 ? `; left: ${left.join('; ')}` : ''}`,
    message: ({ decisionId: id }) => [{ message: 'rebalance', id, part: 'result' }],
    exports: ['decisions'],
  },
} as const satisfies JournalEvents<DecisionEntry>;

/** Undefined where buying was stopped for another reason before the flatten. */
function askedBy({ by, reason, seq }: AccountState['state']): Rebalance['asked'] {
  const words = flattenWords(reason);
  return words === undefined ? undefined : { by, reason: words, seq };
}

function weights(all: Weights): string {
  const parts = [...all].map(([ticker, weight]) => `${ticker} ${Math.round(weight * 100)} %`);
  return parts.length > 0 ? parts.join(', ') : 'all cash';
}
