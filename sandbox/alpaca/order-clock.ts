/** Executes the due steps of orders as market time passes. */
import { type EpochMs, epochMs, qty, type Ticker } from '#core/domain/units.ts';
import { bookFill } from './book-fill.ts';
import type { ExchangeParts } from './exchange-parts.ts';
import { leverOf } from './levers.ts';
import { afterStep, type Outcome, type Update } from './lifecycle.ts';
import type { OrderRecord } from './records.ts';
import { nextFillAt, nextStep, type Step } from './timetable.ts';

/** The only place where orders change and updates are sent. */
export interface OrderClock {
  /** Books the outcome and sends its update. */
  settle(outcome: Outcome): void;
  /** Sets a timer for the next step. */
  arm(): void;
  /** Executes everything due by now. */
  catchUp(): void;
  onUpdate(listener: (update: Update) => void): () => void;
  close(): void;
}

interface Due {
  readonly order: OrderRecord;
  readonly step: Step;
}

const RELEASE_MS = 250;

/** Creates the clock; no timer is set before the first order. */
export function createOrderClock(parts: ExchangeParts): OrderClock {
  const { book, market, random, time } = parts;
  const listeners = new Set<(update: Update) => void>();
  let forget = (): void => undefined;

  const settle = (outcome: Outcome): void => {
    book.write((pen) => {
      pen.putOrder(outcome.order);
      if (outcome.booking) bookFill(book, pen, random, outcome.order, outcome.booking);
    });
    const { update } = outcome;
    if (update) for (const listener of [...listeners]) listener(update);
  };
  const catchUp = (): void => {
    const now = time.now();
    for (let due = earliest(parts); due && due.step.at <= now; due = earliest(parts)) {
      const held = book.holdings().shares.get(due.order.ticker)?.qty ?? qty(0);
      settle(afterStep(due.order, due.step, { market, random, held }));
    }
    arm();
  };
  const arm = (): void => {
    forget();
    const due = earliest(parts);
    forget = due ? time.at(due.step.at, catchUp) : () => undefined;
  };
  parts.levers.onChange(() => {
    release(parts);
    catchUp();
  });
  return {
    settle,
    arm,
    catchUp,
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => forget(),
  };
}

/** The next step; of two at the same instant, the older order's. */
function earliest({ book, levers }: ExchangeParts): Due | undefined {
  const halted: ReadonlySet<Ticker> = new Set(book.settings().halted);
  const { stuck } = levers.settings();
  let first: Due | undefined;
  for (const order of book.openOrders()) {
    const step = nextStep(order, halted.has(order.ticker), leverOf(stuck, order.ticker));
    if (step && (!first || step.at < first.step.at)) first = { order, step };
  }
  return first;
}

/** Steps that were due while a lever blocked them happen a moment later, never in the past. */
function release({ book, levers, market, random, time }: ExchangeParts): void {
  const again = epochMs(time.now() + RELEASE_MS);
  const notBefore = (at: EpochMs | undefined): EpochMs | undefined =>
    at !== undefined && at < time.now() ? again : at;
  for (const order of book.openOrders()) {
    if (leverOf(levers.settings().stuck, order.ticker)) continue;
    const newAt = notBefore(order.newAt);
    const isLate = order.fillAt !== undefined && order.fillAt < time.now();
    const isOver = order.expiresAt <= time.now();
    const next = isLate ? nextFillAt(order, again, { market, random }) : order.fillAt;
    const fillAt = isOver ? undefined : next;
    const moved = { ...order, newAt, fillAt, cancelAt: notBefore(order.cancelAt) };
    book.write((pen) => pen.putOrder(moved));
  }
}
