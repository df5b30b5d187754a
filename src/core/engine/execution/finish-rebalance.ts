/** The end of a rebalance: its result, and the alerts raised while it ran. */
import {
  type ManagedOrder,
  managedOrdersOf,
  type RebalanceResult,
} from '#core/domain/account-state.ts';
import type { AlertSubject } from '#core/domain/alert.ts';
import type { Decision } from '#core/domain/decision.ts';
import { epochMs } from '#core/domain/units.ts';
import { exactly, resolvedEntries } from '../alerts.ts';
import type { EngineParts, ExecutionParts } from '../parts.ts';
import { type CutReasons, leftAlert, resultOf } from './rebalance-result.ts';
import { isLive } from './stuck-orders.ts';
import { refreshOrders } from './track-orders.ts';

/** The progress of a rebalance. */
export type Progress =
  | { readonly kind: 'finished'; readonly result: RebalanceResult }
  /** A remainder is left; it continues at the next tick that allows it. */
  | { readonly kind: 'waiting'; readonly reason: string };

/** Records the result; resolves the alert about orders that stayed open. */
export function finish(
  { journal }: Pick<EngineParts, 'journal'>,
  decision: Decision,
  before: readonly string[],
  cuts?: CutReasons,
): RebalanceResult {
  // A person may have ended it in the meantime; it ends only once.
  const known = journal.book().rebalances.get(decision.id)?.result;
  if (known) return known;
  const managed = managedOrdersOf(journal.book(), decision.id);
  const { kind, left } = resultOf(decision, managed, cuts);
  const alert = leftAlert(decision, managed, cuts, before);
  const result: RebalanceResult =
    before.length > 0 ? { kind: 'partial', left: [...before, ...left] } : { kind, left };
  const isComplete = result.kind === 'complete';
  journal.append(
    { kind: 'finished', decisionId: decision.id, result },
    ...resolvedEntries(journal.book(), exactly(openOrders(decision)), ENDED),
    ...resolvedEntries(journal.book(), ['limit'], ENDED, isComplete ? 'solved' : 'lapsed'),
    ...(alert ? [{ kind: 'alert', alert } as const] : []),
  );
  return result;
}

/**
 * Ends a rebalance whose target is too old to continue. Orders that may be at the broker are looked up
 * first; while one may still fill in its own session, the rebalance is not ended.
 */
export async function abandonRebalance(
  parts: ExecutionParts,
  decision: Decision,
): Promise<Progress> {
  const { broker, clocks, journal } = parts;
  const managed = (): readonly ManagedOrder[] => managedOrdersOf(journal.book(), decision.id);
  for (const { intent } of managed().filter(({ state }) => state === 'sending')) {
    const order = await broker.orderByClientId(intent.clientOrderId);
    if (order) journal.append({ kind: 'order', order });
  }
  await refreshOrders(
    parts,
    epochMs(Math.min(clocks.market.now(), ...managed().map(({ at }) => at))),
  );
  if (managed().some((each) => isLive(parts, each))) {
    return { kind: 'waiting', reason: 'orders are still open at the broker' };
  }
  const held = [...journal.book().alerts.values()]
    .filter(({ alert }) => alert.subject.about === 'limit')
    .map(({ alert }) => `last held back by ${alert.text}`);
  const { state, by } = journal.book().state;
  if (state !== 'RUN') held.push(`trading is ${state}, set by ${by}`);
  return { kind: 'finished', result: finish(parts, decision, [ABANDONED, ...held]) };
}

const ENDED = 'The rebalance has ended.';

/** Subject of the alert about orders of this rebalance that stay open. */
export function openOrders({ id }: Decision): AlertSubject {
  return { about: 'open-orders', decisionId: id };
}

const ABANDONED = 'its time is over: MAX_CATCHUP_SESSIONS went by';
