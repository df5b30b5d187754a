/** The end of a rebalance whose place something else takes. Pure. */
import { type AccountState, managedOrdersOf, type Rebalance } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import { isManagedOrderFinal } from './managed-orders.ts';
import { resultOf } from './rebalance-result.ts';

/**
 * A rebalance that runs ends here, for a person's reason; what it had not sent never is.
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

/** Whether an order of the rebalance may be at the broker and may still fill; one set aside may not. */
export function isInFlight(book: AccountState, { decision }: Rebalance): boolean {
  return managedOrdersOf(book, decision.id).some(
    (managed) =>
      managed.state !== 'planned' &&
      managed.setAsideBy === undefined &&
      !isManagedOrderFinal(managed),
  );
}

/**
 * What the orders of a rebalance came to so far: equal texts, no order was sent, filled or ended
 * between.
 */
export function progressOf(book: AccountState, { decision }: Rebalance): string {
  return managedOrdersOf(book, decision.id)
    .map(({ intent, state, tries, order }) => {
      return [intent.clientOrderId, state, tries, order?.status, order?.filledQty].join(' ');
    })
    .join('\n');
}
