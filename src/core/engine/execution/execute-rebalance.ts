/**
 * Carries a recorded decision out: sells, then buys from the cash that is really there, then what
 * was left over. Every step is written down before and after, so carrying out again after a crash is
 * the same as carrying out.
 */

import type { RebalanceResult } from '#core/domain/account-state.ts';
import { type ManagedOrder, managedOrdersOf } from '#core/domain/account-state.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { OrderIntent, Side } from '#core/domain/order.ts';
import { type Cents, cents, epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';
import type { Reconciler } from '../reconciliation/reconcile-account.ts';
import { cancelRequested, cancelRequestedOrders, presumedLost } from './cancelled-orders.ts';
import { LIMIT, limitAlert, limitsLifted, preTradeCheck } from './pre-trade-check.ts';
import { leftAlert, resultOf } from './rebalance-result.ts';
import { limitRejection } from './rejections.ts';
import { remainderOf, sizeBuys } from './sizing.ts';
import { submitOrder } from './submit-order.ts';
import { awaitFinal, isManagedOrderFinal, refreshOrders } from './track-orders.ts';

export type Progress =
  | { readonly kind: 'finished'; readonly result: RebalanceResult }
  /** Nothing is wrong; it goes on at the next wake that allows it. */
  | { readonly kind: 'waiting'; readonly reason: string };

export async function executeRebalance(
  parts: EngineParts,
  reconciler: Pick<Reconciler, 'reconcile'>,
  decision: Decision,
  signal: AbortSignal,
): Promise<Progress> {
  const sold = await executeSide(parts, decision, 'sell', signal);
  if (sold !== undefined) return { kind: 'waiting', reason: sold };
  // Nothing is bought on books that do not add up; the gate before each buy sees the open alert.
  await reconciler.reconcile();
  await planBuys(parts, decision);
  const bought = await executeSide(parts, decision, 'buy', signal);
  if (bought !== undefined) return { kind: 'waiting', reason: bought };
  await reconciler.reconcile();
  return { kind: 'finished', result: finish(parts, decision, []) };
}

/** Writes down how it ended; what was told of orders that stayed open is over with it. */
function finish(
  { journal }: EngineParts,
  decision: Decision,
  before: readonly string[],
): RebalanceResult {
  // A person may have ended it meanwhile; it ends once.
  const known = journal.book().rebalances.get(decision.id)?.result;
  if (known) return known;
  const managedOrders = managedOrdersOf(journal.book(), decision.id);
  const { kind, left } = resultOf(decision, managedOrders);
  const alert = before.length > 0 ? undefined : leftAlert(decision, managedOrders);
  const result: RebalanceResult =
    before.length > 0 ? { kind: 'partial', left: [...before, ...left] } : { kind, left };
  journal.append(
    { kind: 'finished', decisionId: decision.id, result },
    ...resolvedEntries(journal.book(), [openSubject(decision), LIMIT], 'The rebalance has ended.'),
    ...(alert ? [{ kind: 'alert', alert } as const] : []),
  );
  return result;
}

/**
 * Ends a rebalance that was interrupted too long ago to go on with its old target. Orders that may be
 * at the broker are looked up first; while one is open there, it is not ended.
 */
export async function abandonRebalance(parts: EngineParts, decision: Decision): Promise<Progress> {
  const { broker, journal } = parts;
  const managedOrders = (): readonly ManagedOrder[] => managedOrdersOf(journal.book(), decision.id);
  for (const managed of managedOrders().filter(({ state }) => state === 'sending')) {
    const order = await broker.orderByClientId(managed.intent.clientOrderId);
    if (order) journal.append({ kind: 'order', order });
  }
  await refreshOrders(
    parts,
    epochMs(Math.min(parts.clock.now(), ...managedOrders().map(({ at }) => at))),
  );
  const open = managedOrders().filter(
    (managed) => managed.order !== undefined && !isManagedOrderFinal(managed),
  );
  if (open.length > 0) return { kind: 'waiting', reason: 'orders are still open at the broker' };
  return { kind: 'finished', result: finish(parts, decision, [ABANDONED]) };
}

const ABANDONED = 'it was interrupted too long ago; the next rebalance starts from what is held';

function openSubject(decision: Decision): string {
  return `open ${decision.id}`;
}

/** Once for each rebalance: orders that the broker neither fills nor ends are shown, not assumed. */
function alertStillOpen(
  { journal }: EngineParts,
  decision: Decision,
  side: Side,
  managedOrders: readonly ManagedOrder[],
): string {
  const open = managedOrders
    .filter((managed) => !isManagedOrderFinal(managed))
    .map(({ intent, order }) => `${intent.ticker} (${order?.brokerStatus ?? 'unknown'})`);
  const text = `${side} orders still open at the broker: ${open.join(', ')}`;
  const subject = openSubject(decision);
  if (journal.book().alerts.get(subject)?.alert.text === text) return text;
  const alert = {
    subject,
    severity: 'warning' as const,
    title: 'Orders stay open',
    text,
    remedy: 'Rotor looks every half minute. Nothing is bought before the sells are final.',
  };
  journal.append({ kind: 'alert', alert });
  return text;
}

/** Sells become intents together with the decision; recording them again changes nothing. */
export function sellIntents(decision: Decision): readonly Entry[] {
  return decision.plan.orders
    .filter((order) => order.side === 'sell')
    .map((intent) => ({ kind: 'intent', intent }));
}

/** Sends and settles one side, remainders included. A sentence when it has to rest. */
async function executeSide(
  parts: EngineParts,
  decision: Decision,
  side: Side,
  signal: AbortSignal,
): Promise<string | undefined> {
  const managedOrders = (): readonly ManagedOrder[] =>
    managedOrdersOf(parts.journal.book(), decision.id).filter(
      (managed) => managed.intent.side === side,
    );
  const asked = new Set<string>();
  for (;;) {
    await cancelRequestedOrders(parts, managedOrders(), asked);
    for (const managed of managedOrders().filter(isUnsent)) {
      const waits = await submitOrBlock(parts, decision, managed, signal);
      if (waits !== undefined) return waits;
    }
    // One that was on its way when it was taken back has arrived by now.
    await cancelRequestedOrders(parts, managedOrders(), asked);
    if (managedOrders().length > 0 && !(await awaitFinal(parts, managedOrders, signal))) {
      return alertStillOpen(parts, decision, side, managedOrders());
    }
    const rest = remainders(parts, managedOrders());
    if (rest.length === 0) return undefined;
    parts.journal.append(...rest.map((intent): Entry => ({ kind: 'intent', intent })));
  }
}

function isUnsent(managed: ManagedOrder): boolean {
  return managed.state === 'planned' || managed.state === 'sending';
}

/** Asks every limit and then sends, refuses, or says why it has to wait. */
async function submitOrBlock(
  parts: EngineParts,
  decision: Decision,
  managed: ManagedOrder,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { journal } = parts;
  const { clientOrderId } = managed.intent;
  if (signal.aborted) return STOPPING.reason;
  // An order that may be at the broker already is looked up first, whatever the limits say.
  const block = await submitOrder(parts, managed, signal, async () => {
    const objection =
      cancelRequested(parts, clientOrderId) ?? (await preTradeCheck(parts, decision, managed));
    return signal.aborted ? STOPPING : (cancelRequested(parts, clientOrderId) ?? objection);
  });
  if (!block) {
    journal.append(...limitsLifted(parts));
    return undefined;
  }
  // Refusing one that may have arrived would forget it: it waits until it is found or may be sent.
  const now = journal.book().managedOrders.get(clientOrderId);
  const unsent = now?.state === 'planned' || presumedLost(parts, now);
  if (block.kind === 'wait' || !unsent) {
    journal.append(...limitAlert(parts, block));
    return block.reason;
  }
  if (now?.cancelRequestedBy !== undefined) {
    journal.append({ kind: 'refused', clientOrderId, reason: block.reason });
    return undefined;
  }
  const reason = `${block.limit}: ${block.reason}`;
  journal.append(
    { kind: 'refused', clientOrderId, reason },
    { kind: 'alert', alert: limitRejection(managed.intent, block) },
  );
  return undefined;
}

const STOPPING = { kind: 'wait', limit: 'stopping', reason: 'Rotor is stopping' } as const;

/** Remainders of orders that ended short and were not followed up yet. */
function remainders(
  parts: EngineParts,
  managedOrders: readonly ManagedOrder[],
): readonly OrderIntent[] {
  const accountId = parts.journal.book().account?.id ?? '';
  const known = new Set(managedOrders.map((managed) => managed.intent.clientOrderId));
  return managedOrders
    .map((managed) => remainderOf(managed, accountId))
    .filter((intent) => intent !== undefined)
    .filter((intent) => !known.has(intent.clientOrderId));
}

/** Sizes the buys once, when the sells are final; later calls find them recorded. */
async function planBuys(parts: EngineParts, decision: Decision): Promise<void> {
  const { broker, journal, rules } = parts;
  const planned = decision.plan.orders.filter((order) => order.side === 'buy');
  const known = managedOrdersOf(journal.book(), decision.id).some(
    (managed) => managed.intent.side === 'buy',
  );
  if (known || planned.length === 0) return;
  const account = await broker.account();
  const prices = await broker.latestPrices(planned.map((order) => order.ticker));
  const priceOf = (intent: OrderIntent): number => {
    const price = prices.get(intent.ticker)?.price;
    if (price === undefined) {
      throw new TradingError(`${intent.ticker}: the broker gives no latest price`, 'retry');
    }
    return price;
  };
  const available = spendable(parts, decision, account.cash, account.buyingPower);
  const intents = sizeBuys(planned, available, priceOf, rules);
  // A person ended it while the broker was asked.
  if (journal.book().rebalances.get(decision.id)?.finishedAt !== undefined) return;
  journal.append(...intents.map((intent): Entry => ({ kind: 'intent', intent })));
}

/** Cash; with MAX_GROSS above 1 also what may be borrowed, as far as the broker lends it. */
function spendable(
  { limits }: EngineParts,
  decision: Decision,
  cash: Cents,
  buyingPower: Cents,
): Cents {
  if (limits.maxGross <= 1) return cents(Math.min(cash, buyingPower));
  const borrowable = Math.round((limits.maxGross - 1) * decision.holdings.equity);
  return cents(Math.min(cash + borrowable, buyingPower));
}
