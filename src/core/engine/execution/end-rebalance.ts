/** Ends a rebalance that is being replaced. Pure. */
import { type AccountState, managedOrdersOf, type Rebalance } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import { isManagedOrderFinal } from './managed-orders.ts';
import { resultOf } from './rebalance-result.ts';

/**
 * Ends a running rebalance for a person's reason; unsent orders are never sent.
 * @param why the first sentence of its result.
 */
export function endEntries(
  book: AccountState,
  { decision }: Rebalance,
  by: string,
  why: string,
): readonly Entry[] {
  const managedOrders = managedOrdersOf(book, decision.id);
  const unsent = managedOrders.filter(({ state }) => state === 'planned');
  const { left } = resultOf(decision, managedOrders);
  return [
    ...unsent.flatMap(({ intent: { clientOrderId } }): Entry[] => [
      { kind: 'cancel-requested', clientOrderId, by },
      { kind: 'refused', clientOrderId, reason: `cancelled by ${by}` },
    ]),
    {
      kind: 'finished',
      decisionId: decision.id,
      result: { kind: 'partial', left: [why, ...left] },
    },
  ];
}

/**
 * Whether an order of the rebalance may be at the broker and may still fill; one set aside does not count.
 */
export function isInFlight(book: AccountState, { decision }: Rebalance): boolean {
  return managedOrdersOf(book, decision.id).some(
    (managed) =>
      managed.state !== 'planned' &&
      managed.setAsideBy === undefined &&
      !isManagedOrderFinal(managed),
  );
}

/**
 * Fingerprint of the progress of a rebalance: equal texts mean that no order was sent, filled or ended
 * between them.
 */
export function progressOf(book: AccountState, { decision }: Rebalance): string {
  return managedOrdersOf(book, decision.id)
    .map(({ intent, state, tries, order }) => {
      return [intent.clientOrderId, state, tries, order?.status, order?.filledQty].join(' ');
    })
    .join('\n');
}
