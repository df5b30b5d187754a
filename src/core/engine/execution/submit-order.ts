/** Submits one order to the broker, exactly once. */
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import type { OrderIntent, SentTerms } from '#core/domain/order.ts';
import { TradingError } from '#core/errors.ts';
import type { EngineParts } from '../parts.ts';
import { cancelRequested } from './cancelled-orders.ts';
import { assertSame, LOST_MS } from './managed-orders.ts';
import { type OrderBlock, type OrderCheck, stateBlock } from './order-block.ts';
import { brokerRejection, isRejectionKnown, mayPass } from './rejections.ts';

/** Delays before looking an id up again; not finding it at once proves nothing. */
const LOOKUPS_MS: readonly number[] = [0, 1_000, 3_000, 10_000];
const MAX_TRIES = 3;

type SubmitParts = Pick<EngineParts, 'broker' | 'clocks' | 'journal'>;

/**
 * Brings an order from `planned` or `sending` to `placed` or `refused`. A POST of unknown outcome is
 * resolved by looking the client order id up; only the same id with the same terms is ever sent again. The
 * check is made before every single POST, including retries of the same order.
 * @returns the block; nothing was sent then.
 * @throws TradingError `retry` when the outcome stays unknown: nothing else may be sent until then.
 */
export async function submitOrder(
  parts: SubmitParts,
  managed: ManagedOrder,
  signal: AbortSignal,
  check: () => Promise<OrderCheck>,
): Promise<OrderBlock | undefined> {
  if (managed.state === 'placed' || managed.state === 'refused') return undefined;
  const { clientOrderId, ticker } = managed.intent;
  if (managed.state === 'sending' && (await findSubmitted(parts, clientOrderId, signal)))
    return undefined;
  for (let attempt = managed.tries + 1; attempt <= managed.tries + MAX_TRIES; attempt++) {
    const checked = await check();
    if (checked.kind !== 'send') return checked;
    const late = lateBlock(parts, managed.intent);
    if (late) return late;
    if (await post(parts, managed.intent, checked.terms, attempt, signal)) return undefined;
  }
  throw new TradingError(
    `${ticker}: whether the broker has order ${clientOrderId} is not known yet; nothing else is ` +
      'sent until it is',
    'retry',
  );
}

/** Blocks by people's actions since the last answer; from here to the POST nothing can interleave. */
function lateBlock(parts: SubmitParts, intent: OrderIntent): OrderBlock | undefined {
  const book = parts.journal.book();
  const { state } = book.state;
  // Another plan may have replaced this one.
  if (isEnded(book, intent.decisionId)) return ENDED;
  return cancelRequested(parts, intent.clientOrderId) ?? stateBlock(intent, { state });
}

const ENDED: OrderBlock = { kind: 'wait', limit: 'stopping', reason: 'the rebalance has ended' };

/** Whether nothing is sent for the decision any more. */
export function isEnded({ rebalances }: AccountState, decisionId: string): boolean {
  return rebalances.get(decisionId)?.finishedAt !== undefined;
}

async function post(
  parts: SubmitParts,
  intent: OrderIntent,
  sent: SentTerms,
  attempt: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { broker, journal } = parts;
  const clientOrderId = intent.clientOrderId;
  journal.append({ kind: 'sending', clientOrderId, try: attempt, sent });
  const outcome = await broker.submit({ ...intent, ...sent });
  switch (outcome.kind) {
    case 'accepted':
      journal.append({ kind: 'order', order: outcome.order });
      return true;
    case 'refused': {
      const { reason } = outcome;
      if (mayHaveArrived(parts, clientOrderId, attempt)) {
        journal.append({ kind: 'unknown', clientOrderId, try: attempt, reason });
        return findSubmitted(parts, clientOrderId, signal);
      }
      journal.append(
        { kind: 'refused', clientOrderId, reason, ...(mayPass(reason) && { mayPass: true }) },
        ...(isRejectionKnown(journal.book(), intent)
          ? []
          : [{ kind: 'alert', alert: brokerRejection(intent, reason) } as const]),
      );
      return true;
    }
    case 'unknown':
      journal.append({ kind: 'unknown', clientOrderId, try: attempt, reason: outcome.reason });
      return findSubmitted(parts, clientOrderId, signal);
    default:
      return outcome satisfies never;
  }
}

/**
 * Whether an earlier POST of the id may be at the broker without being shown: then the refusal is of the
 * repetition, for which the money is taken already. After LOST_MS it can no longer be.
 */
function mayHaveArrived(
  { journal, clocks }: SubmitParts,
  clientOrderId: string,
  attempt: number,
): boolean {
  const first = journal.book().managedOrders.get(clientOrderId)?.firstSentAt;
  return attempt > 1 && first !== undefined && clocks.market.now() - first < LOST_MS;
}

/** Looks the id up; an order found must be the one that was sent. */
async function findSubmitted(
  { broker, journal, clocks }: SubmitParts,
  clientOrderId: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const wait of LOOKUPS_MS) {
    if (wait > 0) await clocks.market.sleep(wait, signal);
    const order = await broker.orderByClientId(clientOrderId);
    const managed = journal.book().managedOrders.get(clientOrderId);
    if (!order || !managed) continue;
    assertSame(managed, order);
    journal.append({ kind: 'order', order });
    return true;
  }
  return false;
}
