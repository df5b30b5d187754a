/** One step of one order: the new order, its booking and its stream update. Pure. */
import { nextSession } from '#core/domain/calendar.ts';
import { type Cents, cents, type EpochMs, type Qty, qty, valueOf } from '#core/domain/units.ts';
import { usd } from './account-metrics.ts';
import type { Market } from './market.ts';
import type { BrokerStatus, Execution, OrderRecord } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';
import { leaves, nextFillAt, partsOf, type Step } from './timetable.ts';

/** Stream update: the event's name, and the execution behind it. */
export interface Update {
  readonly event: string;
  readonly at: EpochMs;
  readonly order: OrderRecord;
  readonly execution: Execution | undefined;
  /** Null only in `pending_new`, before any execution. */
  readonly executionId: string | null;
}

/** An execution as booked. */
export interface BookedExecution {
  readonly execution: Execution;
  readonly amount: Cents;
}

/** Result of one step of an order. */
export interface Outcome {
  readonly order: OrderRecord;
  readonly booking: BookedExecution | undefined;
  readonly update: Update | undefined;
}

interface Venue {
  readonly market: Market;
  readonly random: SeededRandom;
  /** Shares held, needed for a sale by notional. */
  readonly held: Qty;
}

/** The order after the step, with its booking and update. */
export function afterStep(order: OrderRecord, step: Step, venue: Venue): Outcome {
  switch (step.kind) {
    case 'new':
      return acknowledged(order, step.at, venue);
    case 'fill':
      return executed(order, step.at, venue);
    case 'cancel':
      return ended(order, 'canceled', step.at, venue.random);
    case 'close':
      return order.timeInForce === 'gtc' && order.cancelAt === undefined
        ? carriedOver(order, step.at, venue)
        : ended(
            order,
            order.cancelAt === undefined ? 'expired' : 'canceled',
            step.at,
            venue.random,
          );
    default:
      return step.kind satisfies never;
  }
}

/** The order in its final state. */
export function ended(
  order: OrderRecord,
  status: 'canceled' | 'expired' | 'rejected' | 'replaced',
  at: EpochMs,
  random: SeededRandom,
): Outcome {
  const gone = { newAt: undefined, fillAt: undefined, cancelAt: undefined };
  const after: OrderRecord = { ...order, ...gone, status, updatedAt: at, endedAt: at };
  return {
    order: after,
    booking: undefined,
    update: told(after, status, at, random.uuid(order.id, status)),
  };
}

/** An update as sent by the stream. */
export function told(
  order: OrderRecord,
  event: string,
  at: EpochMs,
  executionId: string | null,
  execution?: Execution,
): Update {
  return { event, at, order, execution, executionId };
}

function acknowledged(order: OrderRecord, at: EpochMs, venue: Venue): Outcome {
  const fillAt = nextFillAt(order, at, venue);
  const status = order.status === 'pending_cancel' ? order.status : 'new';
  const after: OrderRecord = { ...order, status, newAt: undefined, fillAt, updatedAt: at };
  const update = told(after, 'new', at, venue.random.uuid(order.id, 'new'));
  return { order: after, booking: undefined, update };
}

function executed(order: OrderRecord, at: EpochMs, venue: Venue): Outcome {
  const price = priceOf(order, at, venue);
  const sized = order.qty === undefined ? sizedByNotional(order, price, venue.held) : order;
  const size = sized.planned.length > 1 ? (sized.planned[0] ?? leaves(sized)) : leaves(sized);
  const id = venue.random.uuid('execution', order.id, order.executions.length);
  const execution: Execution = { id, qty: size, price, at };
  const working: OrderRecord = {
    ...sized,
    executions: [...sized.executions, execution],
    planned: sized.planned.slice(1),
    updatedAt: at,
  };
  const after = leaves(working) === 0 ? filled(working, at) : partly(working, at, venue);
  const value = valueOf(size, usd(price));
  const amount = cents(order.side === 'buy' ? -value : value);
  const event = after.status === 'filled' ? 'fill' : 'partial_fill';
  return {
    order: after,
    booking: { execution, amount },
    update: told(after, event, at, id, execution),
  };
}

function filled(order: OrderRecord, at: EpochMs): OrderRecord {
  return { ...order, status: 'filled', fillAt: undefined, cancelAt: undefined, endedAt: at };
}

function partly(order: OrderRecord, at: EpochMs, venue: Venue): OrderRecord {
  const status: BrokerStatus =
    order.status === 'pending_cancel' ? order.status : 'partially_filled';
  return { ...order, status, fillAt: nextFillAt(order, at, venue) };
}

/** The far side of the quote, never beyond the limit. */
function priceOf(order: OrderRecord, at: EpochMs, { market }: Venue): Cents {
  const quote = market.quote(order.ticker, at);
  if (!quote) throw new RangeError(`sandbox: ${order.ticker} has no price at ${at}`);
  const touch = order.side === 'buy' ? quote.ask : quote.bid;
  if (order.limit === undefined) return touch;
  return cents(order.side === 'buy' ? Math.min(touch, order.limit) : Math.max(touch, order.limit));
}

/** The number of shares that the amount buys, to a billionth; a sale takes at most what is held. */
function sizedByNotional(order: OrderRecord, price: Cents, held: Qty): OrderRecord {
  const nanos = Number((BigInt(order.notional ?? 0) * 1_000_000_000n) / BigInt(price));
  const total = qty(order.side === 'sell' ? Math.min(nanos, held) : nanos);
  return { ...order, qty: total, planned: [total] };
}

function carriedOver(order: OrderRecord, at: EpochMs, venue: Venue): Outcome {
  const session = nextSession(at);
  const moved = { ...order, session: session.date, expiresAt: session.close };
  const after = { ...moved, fillAt: nextFillAt(moved, session.open, venue) };
  return { order: after, booking: undefined, update: undefined };
}

/** Sizes of the executions to come; unknown while an order is by notional. */
export function plannedFor(
  id: string,
  total: Qty | undefined,
  random: SeededRandom,
): readonly Qty[] {
  return total === undefined ? [] : partsOf(id, total, random);
}
