/** Shares bought by an ended rebalance after everything was sold: they are sold too. */
import {
  type AccountState,
  type ManagedOrder,
  managedOrdersOf,
  type Rebalance,
} from '#core/domain/account-state.ts';
import { isFlatten } from '#core/domain/decision.ts';
import type { Ticker } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import type { ExecutionParts, Observer } from '../parts.ts';
import { flattenDecision, ownPositions, pricesOf } from './flatten-decision.ts';
import { isManagedOrderFinal } from './managed-orders.ts';
import { newPlanEnds } from './rebalance-result.ts';
import { sellIntents } from './sell-intents.ts';

/** Whether a buy that was asked to cancel may still fill, or filled more than is booked. */
export function mayBuyMore(book: AccountState): boolean {
  return [...book.managedOrders.values()].some(
    (managed) => isCancelledBuy(managed) && managed.tries > 0 && !isManagedOrderFinal(managed),
  );
}

function isCancelledBuy({ intent, cancelRequestedBy }: ManagedOrder): boolean {
  return intent.side === 'buy' && cancelRequestedBy !== undefined;
}

/**
 * Tickers of which more is held than the last flatten found and did not sell, because a buy filled after it
 * was cancelled. Empty once another rebalance was decided, the flatten was cancelled, or somebody resumed: a
 * later stop of buying, such as at the drawdown limit, asks for nothing to be sold.
 */
export function boughtAfterFlatten(book: AccountState): readonly Ticker[] {
  const last = [...book.rebalances.values()].at(-1);
  if (!last || last.finishedAt === undefined || !isFlatten(last.decision)) return [];
  if ((book.resumedAt ?? 0) > last.at) return [];
  const sells = managedOrdersOf(book, last.decision.id);
  if (sells.some(({ cancelRequestedBy }) => cancelRequestedBy !== undefined)) return [];
  const bought = [...book.managedOrders.values()].filter(isCancelledBuy);
  return [...new Set(bought.map(({ intent }) => intent.ticker))].filter(
    (ticker) => (book.ledger.lots.get(ticker)?.qty ?? 0) > keptOf(last, sells, ticker),
  );
}

/** Quantity that the flatten found of the ticker, less what it sold. */
function keptOf({ decision }: Rebalance, sells: readonly ManagedOrder[], ticker: Ticker): number {
  const sold = sells
    .filter(({ intent }) => intent.ticker === ticker)
    .reduce((sum, { order }) => sum + (order?.filledQty ?? 0), 0);
  return (decision.holdings.positions.get(ticker) ?? 0) - sold;
}

/** Sells them in a flatten of their own, while only sells are allowed. */
export async function sellLateFills(parts: ExecutionParts, observer: Observer): Promise<void> {
  const { broker, journal, universe } = parts;
  const { state } = journal.book().state;
  const late = new Set(boughtAfterFlatten(journal.book()));
  if (state !== 'REDUCE') return;
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  if (![...late].some((ticker) => own.has(ticker))) return;
  const [account, positions] = await Promise.all([broker.account(), broker.positions()]);
  const held = ownPositions(parts, positions).filter(({ ticker }) => late.has(ticker));
  const prices = await pricesOf(parts, held);
  // Another plan may have been made during the requests to the broker.
  if (held.length === 0 || boughtAfterFlatten(journal.book()).length === 0) return;
  const decision = flattenDecision(parts, observer, account, held, prices);
  journal.append(
    ...newPlanEnds(journal.book(), decision),
    { kind: 'decision', decision },
    ...sellIntents(decision),
  );
}
