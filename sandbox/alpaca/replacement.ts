/** Turns a PATCH of an order into the POST of the order that replaces it. */
import { centsToDecimal, type Qty, qtyFromDecimal, qtyToDecimal } from '#core/domain/units.ts';
import { unprocessable } from './answers.ts';
import type { Reading } from './order-request.ts';
import { filledQty, isOpen, type OrderRecord } from './records.ts';
import { leaves } from './timetable.ts';

type Body = Readonly<Record<string, unknown>>;

/** Not final, but not at the venue yet either. */
const NOT_YET_AT_VENUE = ['accepted', 'pending_new', 'held'];

/** The new order is for the remainder: a requested `qty` includes the shares already filled. */
export function replacementOf(order: OrderRecord, asked: Body): Reading<Body> {
  const change = Object.fromEntries(Object.entries(asked).filter(([, value]) => isGiven(value)));
  const left = leftOf(order, change['qty']);
  const fault = faultOf(order, left);
  if (fault !== undefined) return { kind: 'refused', answer: unprocessable(fault) };
  return {
    kind: 'read',
    value: {
      symbol: order.ticker,
      side: order.side,
      type: order.type,
      time_in_force: change['time_in_force'] ?? order.timeInForce,
      extended_hours: order.extendedHours,
      qty: left === undefined ? change['qty'] : qtyToDecimal(left),
      limit_price:
        change['limit_price'] ??
        (order.limit === undefined ? undefined : centsToDecimal(order.limit)),
      stop_price: change['stop_price'],
      trail_price: change['trail'],
      client_order_id: change['client_order_id'],
    },
  };
}

/** The Go client sends every field, even empty ones. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function faultOf(order: OrderRecord, left: Qty | undefined): string | undefined {
  if (!isOpen(order)) return `order is already in "${order.status}" state`;
  if (order.status === 'pending_cancel') return 'order pending cancel cannot be replaced';
  if (NOT_YET_AT_VENUE.includes(order.status)) {
    return "unable to replace order, order isn't sent to exchange yet";
  }
  if (order.notional !== undefined) return 'notional orders cannot be replaced';
  return left !== undefined && left <= 0 ? 'qty must be > filled_qty' : undefined;
}

/** Returns undefined for an invalid quantity, which the order's own validation then reports. */
function leftOf(order: OrderRecord, asked: unknown): Qty | undefined {
  if (asked === undefined) return leaves(order);
  if (!/^\d+(\.\d{1,9})?$/.test(String(asked))) return undefined;
  return (qtyFromDecimal(String(asked)) - filledQty(order)) as Qty;
}
