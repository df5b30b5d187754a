/** The broker's orders as ours: stock orders in full, all others by their possible cost. */
import { z } from 'zod';
import type { Order, OrderStatus, UnmanagedOrder } from '../domain/order.ts';
import { type Cents, cents, type Qty } from '../domain/units.ts';
import {
  instant,
  lenient,
  looseMoney,
  money,
  optional,
  optionalOr,
  price,
  shares,
  symbol,
  word,
} from './fields.ts';

/** A short sale counts as a sell. */
const side = z
  .enum(['buy', 'sell', 'sell_short'])
  .transform((text) => (text === 'buy' ? 'buy' : 'sell'));

const PLAIN: ReadonlySet<string> = new Set(['', 'simple']);

/** An order without a client order id uses the broker's id instead. */
function orderShape(strict: boolean) {
  const clientId: z.ZodType<string | undefined> = strict ? word : lenient(word);
  return z
    .object({
      id: word,
      client_order_id: clientId,
      symbol,
      side,
      qty: optional(shares),
      notional: optional(money),
      limit_price: optional(price),
      stop_price: optional(price),
      filled_qty: shares,
      filled_avg_price: z.unknown().optional(),
      order_class: lenient(z.string()),
      replaced_by: lenient(word),
      replaces: lenient(word),
      status: word,
      created_at: instant,
      submitted_at: lenient(instant),
      updated_at: lenient(instant),
    })
    .transform((wire, context): Order => {
      // An unfilled order has no price, which some servers write as "0".
      const paid =
        wire.filled_qty > 0
          ? optionalOr(strict, price).safeParse(wire.filled_avg_price)
          : undefined;
      if (paid && !paid.success) {
        const message = paid.error.issues[0]?.message ?? 'expected a price above 0';
        context.addIssue({ code: 'custom', message, path: ['filled_avg_price'] });
      }
      const submittedAt = wire.submitted_at ?? wire.created_at;
      return {
        id: wire.id,
        clientOrderId: wire.client_order_id ?? wire.id,
        ticker: wire.symbol,
        side: wire.side,
        // An order by amount, which is never ours, has no quantity except the filled one.
        qty: wire.qty ?? wire.filled_qty,
        filledQty: wire.filled_qty,
        averagePrice: paid?.data,
        status: statusOf(wire.status, wire.qty, wire.filled_qty),
        brokerStatus: wire.status,
        submittedAt,
        updatedAt: wire.updated_at ?? submittedAt,
        ...detailsOf(wire),
      };
    });
}

/** Optional details; keys are absent where there are none, so that stored orders keep their shape. */
function detailsOf(wire: {
  readonly qty: unknown;
  readonly notional: Cents | undefined;
  readonly limit_price: number | undefined;
  readonly stop_price: number | undefined;
  readonly order_class: string | undefined;
  readonly replaced_by: string | undefined;
  readonly replaces: string | undefined;
}): Partial<Order> {
  const kind = wire.order_class;
  return {
    ...(wire.limit_price !== undefined && { limitPrice: wire.limit_price }),
    ...(wire.stop_price !== undefined && { stopPrice: wire.stop_price }),
    ...(wire.notional !== undefined && { notional: wire.notional }),
    ...(kind !== undefined && !PLAIN.has(kind) && { orderClass: kind }),
    ...(wire.replaced_by !== undefined && { replacedBy: wire.replaced_by }),
    ...(wire.replaces !== undefined && { replaces: wire.replaces }),
  };
}

/** An order that Rotor sent, or for a ticker that it trades: every relevant field is required. */
export const order = orderShape(true);

/** An external order for another stock. */
export const foreignOrder = orderShape(false);

/** An open order for an asset that is not a stock. A multi-leg order has no single asset. */
export const unmanagedOrder = z
  .object({
    id: word,
    symbol: lenient(word),
    asset_class: lenient(word),
    side: side.nullish().catch(undefined),
    qty: lenient(z.coerce.number()),
    filled_qty: lenient(z.coerce.number()),
    filled_avg_price: lenient(z.coerce.number()),
    limit_price: lenient(price),
    notional: lenient(looseMoney),
  })
  .transform((wire): UnmanagedOrder => {
    const name = wire.symbol ?? 'several';
    // An order of unknown side may cost something; a sell cannot.
    return {
      id: wire.id,
      name,
      assetClass: wire.asset_class ?? 'unknown',
      side: wire.side ?? 'buy',
      worth: worthOf(wire),
    };
  });

function worthOf(wire: {
  readonly qty: number | undefined;
  readonly filled_qty: number | undefined;
  readonly filled_avg_price: number | undefined;
  readonly limit_price: number | undefined;
  readonly notional: Cents | undefined;
  readonly asset_class: string | undefined;
}): Cents | undefined {
  const filled = wire.filled_qty ?? 0;
  if (wire.notional !== undefined) {
    const spent = wholeCents(filled * (wire.filled_avg_price ?? 0)) ?? 0;
    return cents(Math.max(0, wire.notional - spent));
  }
  if (wire.qty === undefined || wire.limit_price === undefined) return undefined;
  return wholeCents(
    Math.max(0, wire.qty - filled) * wire.limit_price * multiplierOf(wire.asset_class),
  );
}

/** An option's price is per share, and a contract covers a hundred. */
export function multiplierOf(assetClass: string | undefined): number {
  return assetClass === 'us_option' ? 100 : 1;
}

const FINAL: ReadonlySet<string> = new Set([
  'filled',
  'canceled',
  'expired',
  'rejected',
  'replaced',
] satisfies OrderStatus[]);

/**
 * An unknown status means that it may still fill; `done_for_day` is not final either. Quantities override
 * the status: a completely filled order has ended, and `filled` with less is not complete yet.
 * @param size undefined for an order by amount, for which only the status is available.
 */
function statusOf(text: string, size: Qty | undefined, filled: Qty): OrderStatus {
  if (size !== undefined && size > 0 && filled >= size) return 'filled';
  if (text === 'filled' && size !== undefined && size > 0) return 'open';
  return FINAL.has(text) ? (text as OrderStatus) : 'open';
}

/** Dollars to cents, rounded up: a possible cost. Undefined for an invalid amount. */
function wholeCents(usd: number): Cents | undefined {
  const rounded = Math.ceil(usd * 100);
  return Number.isSafeInteger(rounded) ? cents(rounded) : undefined;
}
