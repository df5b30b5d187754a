/** Our orders, reconciled with the broker's reports. Pure. */
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import { nextSession, sessionAt } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { advances, type Fill, isFinal, type Order } from '#core/domain/order.ts';
import { endingOf } from '#core/domain/order-words.ts';
import { type EpochMs, qty, qtyToDecimal } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';

/** A day order ends with its session; after this delay the broker's open status is not trusted. */
const AFTER_CLOSE_MS = 30 * 60_000;

/**
 * An order not seen this long after its last POST never arrived. Longer than any delay of an answer; it is
 * not sent again either way.
 */
export const LOST_MS = 10 * 60_000;

/** @throws TradingError `halt` when the order differs from the one sent under its id. */
export function assertSame(managed: ManagedOrder, order: Order): void {
  if (!isSame(managed, order)) {
    throw new TradingError(
      `${managed.intent.clientOrderId}: the broker has another order under this id ` +
        `(${order.side} ${order.ticker}); two desks trade this account, or the journal is old`,
      'halt',
    );
  }
}

/** Whether an order of the broker is the one sent under our id. */
export function isSame({ intent, sent }: ManagedOrder, order: Order): boolean {
  const { ticker, side } = intent;
  return order.ticker === ticker && order.side === side && order.qty === (sent?.qty ?? intent.qty);
}

/**
 * Changes of our orders as journal entries: an order that fills after its end, or after a person set it
 * aside, has an alert of its own.
 * @throws TradingError `halt` when the broker has a different order under one of our ids.
 */
export function orderEntries(book: AccountState, orders: readonly Order[]): readonly Entry[] {
  return newsOf(book, orders).flatMap((order): readonly Entry[] => {
    const late = lateFillAlert(book.managedOrders.get(order.clientOrderId), order);
    return [{ kind: 'order', order }, ...(late ? [{ kind: 'alert', alert: late } as const] : [])];
  });
}

function lateFillAlert(known: ManagedOrder | undefined, now: Order): Alert | undefined {
  if (!known?.order) return undefined;
  const more = now.filledQty - known.order.filledQty;
  if (more <= 0) return undefined;
  const { order, setAsideBy } = known;
  if (setAsideBy === undefined && !isFinal(order)) return undefined;
  const which =
    setAsideBy === undefined
      ? `had ended before (${endingOf(order)})`
      : `${setAsideBy} had set aside`;
  const { ticker, side, clientOrderId } = now;
  return {
    subject: { about: 'late-fill', clientOrderId },
    severity: 'error',
    title: 'A late fill',
    text:
      `${qtyToDecimal(qty(more))} ${ticker} ${side === 'buy' ? 'bought' : 'sold'} by an order that ` +
      `${which}.`,
    remedy: 'It is recorded. The next rebalance starts from the current holdings.',
  };
}

/**
 * Changes of our orders. One recovered from another installation is not ours.
 * @throws TradingError `halt` when the broker has a different order under one of our ids.
 */
function newsOf(
  { managedOrders, recoveredOrders }: AccountState,
  orders: readonly Order[],
): readonly Order[] {
  return orders.filter(
    (order) =>
      !recoveredOrders.has(order.clientOrderId) &&
      isNews(managedOrders.get(order.clientOrderId), order),
  );
}

function isNews(managed: ManagedOrder | undefined, order: Order): boolean {
  if (managed === undefined) return false;
  assertSame(managed, order);
  return advances(managed.order, order);
}

/**
 * The executions without repeats under another id: equal to a known one, and in excess of their order's
 * filled quantity. `orders` are the newest known, external ones too, by the broker's id.
 */
export function withoutRepeats(
  { managedOrders, externalFills }: Pick<AccountState, 'managedOrders' | 'externalFills'>,
  orders: ReadonlyMap<string, Order>,
  fills: readonly Fill[],
): readonly Fill[] {
  const booked = [
    ...[...managedOrders.values()].flatMap((managed) => managed.fills),
    ...externalFills,
  ];
  const byOrder = Map.groupBy(booked, ({ orderId }) => orderId);
  return fills.filter((fill) => {
    const known = byOrder.get(fill.orderId) ?? [];
    const most = orders.get(fill.orderId)?.filledQty;
    if (most === undefined || known.some(({ id }) => id === fill.id)) return true;
    const filled = known.reduce<number>((sum, each) => sum + each.qty, fill.qty);
    const isRepeat = filled > most && known.some((each) => isEqual(each, fill));
    if (!isRepeat) byOrder.set(fill.orderId, [...known, fill]);
    return !isRepeat;
  });
}

function isEqual(left: Fill, right: Fill): boolean {
  return left.qty === right.qty && left.price === right.price && left.at === right.at;
}

/** Our orders that the broker has reported, by its own id. */
export function ordersById({
  managedOrders,
}: Pick<AccountState, 'managedOrders'>): ReadonlyMap<string, Order> {
  return new Map(
    [...managedOrders.values()].flatMap(({ order }): [string, Order][] =>
      order ? [[order.id, order]] : [],
    ),
  );
}

/** Whether the order reports more filled than the fills we booked. */
export function isBehind(managed: ManagedOrder): boolean {
  const booked = managed.fills.reduce((sum, fill) => sum + fill.qty, 0);
  return managed.order !== undefined && managed.order.filledQty > booked;
}

/** An order that can no longer change. */
export function isManagedOrderFinal(managed: ManagedOrder): boolean {
  if (managed.state === 'refused') return true;
  return managed.order !== undefined && isFinal(managed.order) && !isBehind(managed);
}

/** An order that has ended, whether or not all its fills are booked. */
export function isOrderFinal({ state, order }: ManagedOrder): boolean {
  return state === 'refused' || (order !== undefined && isFinal(order));
}

/** Whether the broker still reports the order open half an hour after the session it was sent for. */
export function isOverdue(managed: ManagedOrder, now: EpochMs): boolean {
  const { order } = managed;
  return order !== undefined && !isFinal(order) && isSessionOver(managed, now);
}

/** Whether the session that the order was sent for ended half an hour ago. */
export function isSessionOver({ sentAt, at }: ManagedOrder, now: EpochMs): boolean {
  const sent = sentAt ?? at;
  const session = sessionAt(sent) ?? nextSession(sent);
  return now > session.close + AFTER_CLOSE_MS;
}

/** Whether the order was sent, and the broker does not show it yet but still may. */
export function isUnseen({ state, sentAt }: ManagedOrder, now: EpochMs): boolean {
  return state === 'sending' && sentAt !== undefined && now - sentAt < LOST_MS;
}
