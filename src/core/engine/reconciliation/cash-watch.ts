/** Cash changes at the broker that none of our orders explains. */
import { unfinished } from '#core/domain/account-state.ts';
import type { Observation } from '#core/domain/observation.ts';
import type { Cents } from '#core/domain/units.ts';
import { isManagedOrderFinal } from '../execution/managed-orders.ts';
import type { EngineParts } from '../parts.ts';

/**
 * True at the first refresh in which the cash differs from our books: a deposit or withdrawal, which would
 * look like a gain or a loss until it is booked. The same cash is reported once; a lasting difference is
 * found by the regular comparison.
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
    // Our own fills change cash before they are booked, and are tracked by the code that sent them.
    const isTrading = [...managedOrders.values()].some(
      (managed) => managed.state !== 'planned' && !isManagedOrderFinal(managed),
    );
    if (isTrading || unfinished(journal.book())) return false;
    told = account.cash;
    return true;
  };
}
