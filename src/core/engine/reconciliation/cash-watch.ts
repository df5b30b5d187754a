/** Cash that changed at the broker and that no order of ours explains. */
import { unfinished } from '#core/domain/account-state.ts';
import type { Observation } from '#core/domain/observation.ts';
import type { Cents } from '#core/domain/units.ts';
import { isManagedOrderFinal } from '../execution/managed-orders.ts';
import type { EngineParts } from '../parts.ts';

/**
 * True at the first look that shows other cash than our books: somebody brought or took money, and
 * until it is booked it would look like a gain or a loss. The same cash is news once; what stands is
 * found by the comparison that comes by itself.
 */
export function createCashWatch({
  journal,
}: Pick<EngineParts, 'journal'>): (observation: Observation) => boolean {
  let told: Cents | undefined;
  return ({ account, broker }) => {
    const { account: own, baseline, booked, ledger, managedOrders } = journal.book();
    if (!account || !broker.connected || !baseline || account.id !== own?.id) return false;
    // A cent for each execution: the broker keeps more decimals.
    if (Math.abs(account.cash - ledger.cash) <= booked.size || account.cash === told) return false;
    // Fills of ours move cash before they are booked, and are followed by those who sent them.
    const isTrading = [...managedOrders.values()].some(
      (managed) => managed.state !== 'planned' && !isManagedOrderFinal(managed),
    );
    if (isTrading || unfinished(journal.book())) return false;
    told = account.cash;
    return true;
  };
}
