/** Our orders and the broker's reports of them, for tests of single rules. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Fill, Order, OrderIntent } from '#core/domain/order.ts';
import { qty, wholeShares } from '#core/domain/units.ts';
import { NOW } from './desk.ts';

/** An order sent once and accepted, of which nothing is known since. */
export function managedOrder(of: OrderIntent, changes: Partial<ManagedOrder> = {}): ManagedOrder {
  return {
    ...{ intent: of, at: NOW, tries: 1, sentAt: NOW, state: 'placed', refusal: undefined },
    ...{ order: undefined, fills: [], cancelRequestedBy: undefined, ...changes },
  };
}

/** The broker's report of it, `filled` whole shares done. */
export function reported(of: OrderIntent, filled: number, own: Partial<Order> = {}): Order {
  const { clientOrderId, ticker, side } = of;
  return {
    ...{ id: `at-broker-${clientOrderId}`, clientOrderId, ticker, side, qty: of.qty },
    ...{ filledQty: wholeShares(filled), averagePrice: 100, status: 'open' },
    ...{ brokerStatus: 'new', submittedAt: NOW, updatedAt: NOW, ...own },
  };
}

/** One execution of it. */
export function execution(
  of: OrderIntent,
  id: string,
  shares: number,
  own: Partial<Fill> = {},
): Fill {
  const { ticker, side } = of;
  const orderId = `at-broker-${of.clientOrderId}`;
  return { id, orderId, ticker, side, qty: qty(wholeShares(shares)), price: 100, at: NOW, ...own };
}
