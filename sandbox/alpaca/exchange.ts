import { sessionAt } from '#core/domain/calendar.ts';
import type { Cents, EpochMs, Ticker } from '#core/domain/units.ts';
import { qty } from '#core/domain/units.ts';
import type { MarketTime } from '#ops/market-time/market-time.ts';
import { type Answer, unprocessable } from './answers.ts';
import type { Book, Pen } from './book.ts';
import {
  afterStep,
  type Booking,
  ended,
  type Outcome,
  plannedFor,
  told,
  type Update,
} from './lifecycle.ts';
import type { Market } from './market.ts';
import {
  type OrderRequest,
  type Reading,
  readOrderRequest,
  unknownOrder,
} from './order-request.ts';
import { validateOrder } from './order-validation.ts';
import { filledQty, isOpen, type OrderRecord } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';
import {
  acknowledgedAt,
  cancelledAt,
  leaves,
  nextStep,
  type Step,
  workingSession,
} from './timetable.ts';

export interface ExchangeParts {
  readonly book: Book;
  readonly market: Market;
  readonly random: SeededRandom;
  readonly time: MarketTime;
}

/** Takes orders and fills them as market time passes, whether or not anybody asks. */
export interface Exchange {
  submit(body: Readonly<Record<string, unknown>>): Reading<OrderRecord>;
  /** Undefined when the cancel was taken; it happens a little later. */
  cancel(orderId: string): Answer | undefined;
  /** As the venue itself does it, later than the acceptance. */
  reject(orderId: string): void;
  /** Does everything that is due by now. */
  catchUp(): void;
  onUpdate(listener: (update: Update) => void): () => void;
  close(): void;
}

interface Due {
  readonly order: OrderRecord;
  readonly step: Step;
}

export function createExchange({ book, market, random, time }: ExchangeParts): Exchange {
  const listeners = new Set<(update: Update) => void>();
  let forget = (): void => undefined;

  const tell = (update: Update | undefined): void => {
    if (update) for (const listener of [...listeners]) listener(update);
  };
  const settle = (outcome: Outcome): void => {
    book.write((pen) => {
      pen.putOrder(outcome.order);
      if (outcome.booking) bookFill(book, pen, random, outcome.order, outcome.booking);
    });
    tell(outcome.update);
  };
  const catchUp = (): void => {
    const now = time.now();
    for (let due = earliest(book); due && due.step.at <= now; due = earliest(book)) {
      const held = book.holdings().shares.get(due.order.ticker)?.qty ?? qty(0);
      settle(afterStep(due.order, due.step, { market, random, held }));
    }
    arm();
  };
  const arm = (): void => {
    forget();
    const due = earliest(book);
    forget = due ? time.at(due.step.at, catchUp) : () => undefined;
  };

  const submit = (body: Readonly<Record<string, unknown>>): Reading<OrderRecord> => {
    const request = readOrderRequest(body);
    if (request.kind === 'refused') return request;
    const now = time.now();
    const reserve = validateOrder(request.value, book, market, now);
    if (reserve.kind === 'refused') return reserve;
    const order = accepted(request.value, reserve.value, { book, random }, now);
    const event = order.status === 'accepted' ? 'accepted' : 'pending_new';
    settle({ order, booking: undefined, update: told(order, event, now, null) });
    arm();
    return { kind: 'read', value: order };
  };

  const cancel = (orderId: string): Answer | undefined => {
    const order = book.order(orderId);
    if (!order) return unknownOrder(orderId);
    if (!isOpen(order) || order.status === 'pending_cancel') {
      return unprocessable(`order is already in "${order.status}" state`);
    }
    const now = time.now();
    const cancelAt = cancelledAt(order.id, now, random);
    const pending: OrderRecord = { ...order, status: 'pending_cancel', cancelAt, updatedAt: now };
    const update = told(pending, 'pending_cancel', now, random.uuid(order.id, 'pending_cancel'));
    settle({ order: pending, booking: undefined, update });
    arm();
    return undefined;
  };

  return {
    submit,
    cancel,
    catchUp,
    reject: (orderId) => {
      const order = book.order(orderId);
      if (order && isOpen(order)) settle(ended(order, 'rejected', time.now(), random));
      arm();
    },
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => forget(),
  };
}

/** The next thing to happen; of two at one instant the older order's. */
function earliest(book: Book): Due | undefined {
  const halted: ReadonlySet<Ticker> = new Set(book.settings().halted);
  let first: Due | undefined;
  for (const order of book.openOrders()) {
    const step = nextStep(order, halted.has(order.ticker));
    if (step && (!first || step.at < first.step.at)) first = { order, step };
  }
  return first;
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

/** Books one execution: the activity that cash and shares follow from. */
export function bookFill(
  book: Book,
  pen: Pen,
  random: SeededRandom,
  order: OrderRecord,
  booking: Booking,
): void {
  const seq = book.activities().length + 1;
  const { execution, amount } = booking;
  pen.addActivity({
    kind: 'fill',
    id: random.uuid('activity', seq),
    seq,
    at: execution.at,
    amount,
    ticker: order.ticker,
    side: order.side,
    qty: execution.qty,
    price: execution.price,
    orderId: order.id,
    leaves: leaves(order),
    cumulative: filledQty(order),
  });
}
