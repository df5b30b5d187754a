/** How large an order may be now, from what is really there. Pure. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { PlanRules } from '#core/domain/decision.ts';
import {
  BUY_RESERVE,
  clientOrderId,
  type OrderIntent,
  type OrderStatus,
  WHOLE_SHARE,
} from '#core/domain/order.ts';
import { type Cents, cents, type Qty, qty, valueOf } from '#core/domain/units.ts';

/** A remainder is sent at most this many times more. */
export const MAX_EXTRA_ATTEMPTS = 3;

/** What is left of these may be sent again. */
const ENDED_SHORT: ReadonlySet<OrderStatus> = new Set(['canceled', 'expired', 'filled']);

/**
 * Each planned buy at most at its planned size, all together within `available` at the latest
 * prices plus a reserve of 0.5 %. When they do not fit, all shrink by the same factor.
 */
export function sizeBuys(
  planned: readonly OrderIntent[],
  available: Cents,
  priceOf: (intent: OrderIntent) => number,
  rules: PlanRules,
): readonly OrderIntent[] {
  const cost = (intent: OrderIntent): number =>
    valueOf(intent.qty, priceOf(intent) * (1 + BUY_RESERVE));
  const total = planned.reduce((sum, intent) => sum + cost(intent), 0);
  const factor = total > available ? Math.max(0, available) / total : 1;
  return planned
    .map((intent): OrderIntent => {
      const size = factor === 1 ? intent.qty : roundDown(intent.qty * factor, rules);
      return { ...intent, qty: size, estimated: valueOf(size, priceOf(intent)) };
    })
    .filter((intent) => intent.estimated >= rules.minOrder);
}

function roundDown(nanos: number, rules: PlanRules): Qty {
  const step = rules.fractional ? 1 : WHOLE_SHARE;
  return qty(Math.floor(nanos / step) * step);
}

/** What is still to be sent of an order that ended short, under the next attempt's number. */
export function remainderOf(managed: ManagedOrder, accountId: string): OrderIntent | undefined {
  const { intent, order } = managed;
  // Of a replaced order the replacement trades the rest; a rejected one would be rejected again.
  if (!order || !ENDED_SHORT.has(order.status) || managed.cancelRequestedBy !== undefined)
    return undefined;
  const rest = qty(order.qty - order.filledQty);
  if (rest <= 0 || intent.attempt > MAX_EXTRA_ATTEMPTS) return undefined;
  const attempt = intent.attempt + 1;
  return {
    ...intent,
    attempt,
    qty: rest,
    clientOrderId: clientOrderId({ ...intent, accountId, attempt }),
    estimated: cents(Math.round((intent.estimated * rest) / intent.qty)),
  };
}
