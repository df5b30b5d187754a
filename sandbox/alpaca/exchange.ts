/** Accepts orders, cancels and replacements; the order clock does the rest. */
import { sessionAt } from '#core/domain/calendar.ts';
import type { Cents, EpochMs } from '#core/domain/units.ts';
import { type Answer, unprocessable } from './answers.ts';
import type { Book } from './book.ts';
import type { ExchangeParts } from './exchange-parts.ts';
import { leverOf } from './levers.ts';
import { ended, plannedFor, told, type Update } from './lifecycle.ts';
import { createOrderClock, type OrderClock } from './order-clock.ts';
import {
  type OrderRequest,
  type Reading,
  readOrderRequest,
  unknownOrder,
} from './order-request.ts';
import { validateOrder } from './order-validation.ts';
import { isOpen, type OrderRecord } from './records.ts';
import { replacementOf } from './replacement.ts';
import type { SeededRandom } from './seeded-random.ts';
import { acknowledgedAt, cancelledAt, nextFillAt, workingSession } from './timetable.ts';

type Body = Readonly<Record<string, unknown>>;

/** Accepts orders and fills them as market time passes, regardless of requests. */
export interface Exchange {
  submit(body: Body): Reading<OrderRecord>;
  /** Returns undefined when the cancel was accepted; it takes effect a little later. */
  cancel(orderId: string): Answer | undefined;
  /** The new order; the old one becomes `replaced` at once. */
  replace(orderId: string, change: Body): Reading<OrderRecord>;
  /** Cancels without the venue's delay. */
  cancelNow(orderId: string): void;
  /** Rejected by the venue, after the order was accepted. */
  reject(orderId: string): void;
  /** Processes everything due by now. */
  catchUp(): void;
  onUpdate(listener: (update: Update) => void): () => void;
  close(): void;
}

/** The exchange of one account. */
export function createExchange(parts: ExchangeParts): Exchange {
  const { book, random, time } = parts;
  const clock = createOrderClock(parts);
  const endNow = (orderId: string, status: 'rejected' | 'canceled'): void => {
    const order = book.order(orderId);
    if (order && isOpen(order)) clock.settle(ended(order, status, time.now(), random));
    clock.arm();
  };
  return {
    submit: (body) => submit(parts, clock, body),
    cancel: (orderId) => cancel(parts, clock, orderId),
    replace: (orderId, change) => replace(parts, clock, orderId, change),
    cancelNow: (orderId) => endNow(orderId, 'canceled'),
    reject: (orderId) => endNow(orderId, 'rejected'),
    catchUp: clock.catchUp,
    onUpdate: clock.onUpdate,
    close: clock.close,
  };
}

function submit(parts: ExchangeParts, clock: OrderClock, body: Body): Reading<OrderRecord> {
  const request = readOrderRequest(body);
  if (request.kind === 'refused') return request;
  const now = parts.time.now();
  const reserve = validateOrder(request.value, parts, now);
  if (reserve.kind === 'refused') return reserve;
  const plain = accepted(request.value, reserve.value, parts, now);
  const isHeld = leverOf(parts.levers.settings().stuck, plain.ticker) === 'held';
  const order: OrderRecord = isHeld ? { ...plain, status: 'held' } : plain;
  clock.settle({ order, booking: undefined, update: told(order, order.status, now, null) });
  clock.arm();
  return { kind: 'read', value: order };
}

function cancel(parts: ExchangeParts, clock: OrderClock, orderId: string): Answer | undefined {
  const { book, random, time, levers } = parts;
  const order = book.order(orderId);
  if (!order) return unknownOrder(orderId);
  if (!isOpen(order) || order.status === 'pending_cancel') {
    return unprocessable(`order is already in "${order.status}" state`);
  }
  // As observed on real accounts: accepted with 204, without any effect.
  if (leverOf(levers.settings().stuck, order.ticker) === 'new') return undefined;
  const now = time.now();
  const cancelAt = cancelledAt(order.id, now, random);
  const pending: OrderRecord = { ...order, status: 'pending_cancel', cancelAt, updatedAt: now };
  const update = told(pending, 'pending_cancel', now, random.uuid(order.id, 'pending_cancel'));
  clock.settle({ order: pending, booking: undefined, update });
  clock.arm();
  return undefined;
}

function replace(
  parts: ExchangeParts,
  clock: OrderClock,
  orderId: string,
  change: Body,
): Reading<OrderRecord> {
  const old = parts.book.order(orderId);
  if (!old) return { kind: 'refused', answer: unknownOrder(orderId) };
  const body = replacementOf(old, change);
  const request = body.kind === 'read' ? readOrderRequest(body.value) : body;
  if (request.kind === 'refused') return request;
  const now = parts.time.now();
  const fresh = freshInPlaceOf(old, request.value, parts, now);
  if (fresh.kind === 'refused') return fresh;
  const { order } = ended(old, 'replaced', now, parts.random);
  const replaced = { ...order, replacedBy: fresh.value.id };
  for (const [each, event] of [
    [replaced, 'replaced'],
    [fresh.value, 'new'],
  ] as const) {
    const update = told(each, event, now, parts.random.uuid(each.id, event));
    clock.settle({ order: each, booking: undefined, update });
  }
  clock.arm();
  return fresh;
}

/** The new order may use what the old one reserved; a rejection reserves nothing. */
function freshInPlaceOf(
  old: OrderRecord,
  request: OrderRequest,
  parts: ExchangeParts,
  now: EpochMs,
): Reading<OrderRecord> {
  const { book, market, random } = parts;
  return book.write((pen) => {
    pen.putOrder({ ...old, status: 'replaced' });
    const reserve = validateOrder(request, parts, now);
    pen.putOrder(old);
    if (reserve.kind === 'refused') return reserve;
    const plain = accepted(request, reserve.value, parts, now);
    const order = { ...plain, status: 'new', newAt: undefined, replaces: old.id } as const;
    return {
      kind: 'read',
      value: { ...order, fillAt: nextFillAt(order, now, { market, random }) },
    };
  });
}

function accepted(
  request: OrderRequest,
  reserve: Cents,
  { book, random }: { readonly book: Book; readonly random: SeededRandom },
  now: EpochMs,
): OrderRecord {
  const seq = book.orders().length + 1;
  const id = random.uuid('order', seq);
  const session = workingSession(now);
  return {
    ...request,
    id,
    seq,
    clientOrderId: request.clientOrderId ?? random.uuid('client order', seq),
    status: sessionAt(now) ? 'pending_new' : 'accepted',
    reserve,
    executions: [],
    planned: plannedFor(id, request.qty, random),
    session: session.date,
    submittedAt: now,
    updatedAt: now,
    newAt: acknowledgedAt(id, now, random),
    fillAt: undefined,
    cancelAt: undefined,
    expiresAt: session.close,
    endedAt: undefined,
  };
}
