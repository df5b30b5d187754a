/** One line of a rebalance: its next order is checked, recorded and sent, or the block is recorded. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { Side } from '#core/domain/order.ts';
import { nextIntent, type OrderLine, unsentOrder } from '#core/domain/order-lines.ts';
import { TradingError } from '#core/errors.ts';
import type { ExecutionParts } from '../parts.ts';
import { cancelRequested, mayWriteOff } from './cancelled-orders.ts';
import type { OrderBlock } from './order-block.ts';
import { nameOf, type Pass } from './pass.ts';
import { preTradeCheck, type TradingSnapshot } from './pre-trade-check.ts';
import { limitRejection } from './rejections.ts';
import { submitOrder } from './submit-order.ts';

/** Why the line's next order waits. It is not recorded then: its size would be outdated later. */
export async function earlyWait(
  pass: Pass,
  line: OrderLine,
  snapshot: TradingSnapshot,
  size = line.wanted,
): Promise<OrderBlock | undefined> {
  const { parts, decision } = pass;
  if (unsentOrder(line)) return undefined;
  const differs = booksBlock(pass, line.planned.side);
  if (differs) return differs;
  const intent = nextIntent(line, accountIn(parts), size);
  const checked = await preTradeCheck(parts, decision, { intent, sent: undefined }, snapshot);
  return checked.kind === 'wait' ? checked : undefined;
}

/**
 * The already recorded order, or the line's next one, whose intent is recorded first.
 * @throws Error when the book has no such order after that: nothing is sent without a record.
 */
export function orderOf({ parts }: Pass, line: OrderLine, size = line.wanted): ManagedOrder {
  const { journal } = parts;
  const known = unsentOrder(line);
  if (known) return known;
  const intent = nextIntent(line, accountIn(parts), size);
  journal.append({ kind: 'intent', intent });
  const written = journal.book().managedOrders.get(intent.clientOrderId);
  if (!written) throw new Error(`${intent.clientOrderId} is not written down, so it is not sent`);
  return written;
}

/** An id without the account could be that of another account's order. */
function accountIn({ journal }: Pick<ExecutionParts, 'journal'>): string {
  const { account } = journal.book();
  if (!account) throw new Error('no account is known, so no order is recorded');
  return account.id;
}

/** Checks every limit and then sends, or returns the block. */
export async function sendOrBlock(
  pass: Pass,
  managed: ManagedOrder,
  snapshot: TradingSnapshot,
): Promise<OrderBlock | undefined> {
  const { parts, decision, signal } = pass;
  const { clientOrderId, side } = managed.intent;
  if (signal.aborted) return STOPPING;
  // An order that may be at the broker already is looked up first, whatever the limits say.
  return waitIfUnknown(decision, () =>
    submitOrder(parts, managed, signal, async () => {
      const early = cancelRequested(parts, clientOrderId) ?? booksBlock(pass, side);
      if (early) return early;
      // A later try uses the terms of the first one under this id.
      const now = parts.journal.book().managedOrders.get(clientOrderId) ?? managed;
      const checked = await preTradeCheck(parts, decision, now, snapshot);
      return signal.aborted ? STOPPING : (cancelRequested(parts, clientOrderId) ?? checked);
    }),
  );
}

/** One order of unknown outcome stops a rebalance; in a flatten it blocks only its own ticker. */
async function waitIfUnknown(
  decision: Decision,
  submit: () => Promise<OrderBlock | undefined>,
): Promise<OrderBlock | undefined> {
  try {
    return await submit();
  } catch (error) {
    const passes = error instanceof TradingError && error.remedy === 'retry';
    if (!passes || !isFlatten(decision)) throw error;
    return { kind: 'wait', limit: 'unknown outcome', reason: error.message };
  }
}

/** Nothing is bought while the books disagree with the broker's, whether or not it was reported already. */
function booksBlock({ booksDiffer }: Pass, side: Side): OrderBlock | undefined {
  return side === 'buy' ? booksDiffer : undefined;
}

const STOPPING: OrderBlock = { kind: 'wait', limit: 'stopping', reason: 'Rotor is stopping' };

/** Records the block of a line, temporary or final. */
export function noteBlock(
  { parts, waits, held, cuts }: Pass,
  line: OrderLine,
  managed: ManagedOrder | undefined,
  block: OrderBlock,
): void {
  const { journal } = parts;
  const name = nameOf(line);
  const now = managed && journal.book().managedOrders.get(managed.intent.clientOrderId);
  // Rejecting an order that may have arrived would lose track of it: it waits until it is found or may be
  // sent.
  const mayBeThere = now?.state === 'sending' && !mayWriteOff(parts, now);
  if (block.kind === 'wait' || mayBeThere) {
    waits.set(name, block);
    held.set(name, block);
    return;
  }
  cuts.set(name, block.reason);
  if (!now) return;
  const { clientOrderId } = now.intent;
  const isCancelled = now.cancelRequestedBy !== undefined;
  const reason = isCancelled ? block.reason : `${block.limit}: ${block.reason}`;
  journal.append(
    { kind: 'refused', clientOrderId, reason },
    ...(isCancelled ? [] : [{ kind: 'alert', alert: limitRejection(now.intent, block) } as const]),
  );
}
