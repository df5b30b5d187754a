/** One order to the broker, exactly once. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Order, OrderIntent } from '#core/domain/order.ts';
import { TradingError } from '#core/errors.ts';
import type { EngineParts } from '../parts.ts';
import { cancelRequested } from './cancelled-orders.ts';
import { type OrderBlock, stateBlock } from './limits.ts';
import { brokerRejection } from './rejections.ts';

/** Waits before looking an id up again; not finding it at once proves nothing. */
const LOOKUPS_MS: readonly number[] = [0, 1_000, 3_000, 10_000];
const MAX_TRIES = 3;

/**
 * Brings an order from `planned` or `sending` to `placed` or `refused`. A POST whose outcome is not
 * known is settled by looking the client order id up; only the same id is ever sent again. The limits
 * are asked before every single POST, the second and third of one order included.
 * @returns what the limits have against it; then nothing was sent this time.
 * @throws TradingError `retry` when the outcome stays unknown: nothing else may be sent until then.
 */
export async function submitOrder(
  parts: EngineParts,
  managed: ManagedOrder,
  signal: AbortSignal,
  limits: () => Promise<OrderBlock | undefined>,
): Promise<OrderBlock | undefined> {
  if (managed.state === 'placed' || managed.state === 'refused') return undefined;
  if (managed.state === 'sending' && (await findSubmitted(parts, managed.intent, signal)))
    return undefined;
  for (let attempt = managed.tries + 1; attempt <= managed.tries + MAX_TRIES; attempt++) {
    const block = (await limits()) ?? lateBlock(parts, managed.intent);
    if (block) return block;
    if (await post(parts, managed.intent, attempt, signal)) return undefined;
  }
  throw new TradingError(
    `${managed.intent.ticker}: whether the broker has order ${managed.intent.clientOrderId} is not known ` +
      'yet; nothing else is sent until it is',
    'retry',
  );
}

/** What people did between the last answer and this line, in which nothing can happen any more. */
function lateBlock(parts: EngineParts, intent: OrderIntent): OrderBlock | undefined {
  const { state } = parts.journal.book().state;
  return cancelRequested(parts, intent.clientOrderId) ?? stateBlock(intent, { state });
}

async function post(
  parts: EngineParts,
  intent: OrderIntent,
  attempt: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { broker, journal } = parts;
  const clientOrderId = intent.clientOrderId;
  journal.append({ kind: 'sending', clientOrderId, try: attempt });
  const outcome = await broker.submit(intent);
  switch (outcome.kind) {
    case 'accepted':
      journal.append({ kind: 'order', order: outcome.order });
      return true;
    case 'refused':
      journal.append(
        { kind: 'refused', clientOrderId, reason: outcome.reason },
        { kind: 'alert', alert: brokerRejection(intent, outcome.reason) },
      );
      return true;
    case 'unknown':
      journal.append({ kind: 'unknown', clientOrderId, try: attempt, reason: outcome.reason });
      return findSubmitted(parts, intent, signal);
    default:
      return outcome satisfies never;
  }
}

/** Looks the id up; a found order must be the one that was meant. */
async function findSubmitted(
  { broker, journal, clock }: EngineParts,
  intent: OrderIntent,
  signal: AbortSignal,
): Promise<boolean> {
  for (const wait of LOOKUPS_MS) {
    if (wait > 0) await clock.sleep(wait, signal);
    const order = await broker.orderByClientId(intent.clientOrderId);
    if (!order) continue;
    assertSame(intent, order);
    journal.append({ kind: 'order', order });
    return true;
  }
  return false;
}

/** @throws TradingError `halt` when the order is another one than the intent of its id. */
export function assertSame(intent: OrderIntent, order: Order): void {
  if (!isSame(intent, order)) {
    throw new TradingError(
      `${intent.clientOrderId}: the broker has another order under this id ` +
        `(${order.side} ${order.ticker}); two desks trade this account, or the journal is old`,
      'halt',
    );
  }
}

export function isSame(intent: OrderIntent, order: Order): boolean {
  return order.ticker === intent.ticker && order.side === intent.side && order.qty === intent.qty;
}
