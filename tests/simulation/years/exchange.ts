/** The broker's own truth: the fake broker, whose orders fill, end and move money as time goes by. */
import type { Activity } from '#core/domain/activity.ts';
import { isFinal, type Order, type OrderIntent, type Submission } from '#core/domain/order.ts';
import {
  cents,
  type EpochMs,
  epochMs,
  type Qty,
  qty,
  type Ticker,
  toShares,
  valueOf,
} from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { OrderHint } from '#core/ports.ts';
import { type FakeBroker, fakeBroker } from '#tests/support/fake-broker.ts';
import { chanceOf, drawsOf } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Market } from './market.ts';
import type { Happening } from './story.ts';
import { createTrueAccount, type Holdings } from './true-account.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly market: Market;
  readonly faults: Faults;
  /** Told of what moves cash or shares without an order. */
  readonly onMoved: (activity: Activity) => void;
  /** Told once a list shows what moved before. */
  readonly onShown: () => void;
  /** Told of everything that changed, in words. */
  readonly tell: (text: string) => void;
}

/** The truth at the broker. */
export interface Exchange {
  /** Its reads are the truth; prices are those of now once `sync` was called. */
  readonly fake: FakeBroker;
  /** Cash and shares as they really are. */
  holdings(): Holdings;
  /** Shares that will become so many times as many: what they trade at says so already. */
  readonly due: Map<Ticker, number>;
  sync(): void;
  submit(intent: OrderIntent): Promise<Submission>;
  cancel(orderId: string): void;
  /** Cash less what open buys may still cost and what sells brought that is not settled. */
  buyingPower(): number;
  /** Every order that a day ends for does. */
  endOfDay(): void;
  happen(activity: Activity): void;
  /** Ids of activities whose money is there and that no list shows yet. */
  readonly hidden: Set<string>;
  /** Orders that are open after their session, by the broker's id. */
  readonly outlived: ReadonlyMap<string, Happening>;
  /** Every list shows it from now on. */
  show(id: string): void;
  onUpdate(listener: (hint: OrderHint) => void): () => void;
}

const RETRY_MS = 20_000;
const PENDING_CANCEL = 'pending_cancel';
/** What an account begins with, in cents. */
export const START_CASH = cents(10_000_000);

export function createExchange(parts: ExchangeParts): Exchange {
  const { time, market, faults, tell } = parts;
  const fake = fakeBroker(time, START_CASH);
  const listeners = new Set<(hint: OrderHint) => void>();
  const hidden = new Set<string>();
  const outlived = new Map<string, Happening>();
  fake.behave(() => ({ kind: 'open' }));
  const account = createTrueAccount(START_CASH);
  let counted = 0;
  const holdings = (): Holdings => {
    for (const fill of fake.executed.slice(counted)) account.filled(fill);
    counted = fake.executed.length;
    return account.now();
  };
  fake.onOrderUpdate((hint) => {
    for (const listener of listeners) listener(hint);
  });
  let syncedAt = -1;
  const sync = (): void => {
    const minute = Math.floor(time.now() / 1_000);
    if (minute === syncedAt) return;
    syncedAt = minute;
    for (const { ticker } of instruments(UNIVERSE)) {
      fake.setPrice(ticker, market.price(ticker, time.now()).price);
    }
  };
  const orderOf = (clientOrderId: string): Order | undefined =>
    fake.accepted.find((order) => order.clientOrderId === clientOrderId);
  /** What sells brought and may not be spent before the next day. */
  let unsettled = 0;
  let unsettledBy: Happening | undefined;
  const spendable = (): number => {
    if (unsettled > 0 && unsettledBy) faults.met(unsettledBy);
    return holdings().cash - openBuys() - unsettled;
  };
  const openBuys = (): number =>
    fake.accepted
      .filter((order) => !isFinal(order) && order.side === 'buy')
      .reduce((sum, order) => sum + valueOf(restOf(order), order.limitPrice ?? 0), 0);

  /** Fills a part where the order is open, its market is and its limit allows. */
  function tryFill(clientOrderId: string, part: Qty, isLast: boolean): void {
    const order = orderOf(clientOrderId);
    if (!order || isFinal(order)) return;
    sync();
    if (!market.sessionAt(time.now())) return;
    const halted = market.price(order.ticker, time.now()).at < time.now() - 5_000;
    if (halted || isBeyondLimit(order, market.price(order.ticker, time.now()).price)) {
      time.at(time.now() + RETRY_MS, () => tryFill(clientOrderId, part, isLast));
      return;
    }
    const size = isLast ? restOf(order) : qty(Math.min(part, restOf(order)));
    if (size === 0) return;
    tell(`${order.side} ${order.ticker}: ${toShares(size)} filled`);
    fake.progress(clientOrderId, { fill: toShares(size) });
    const late = order.side === 'sell' ? faults.on('sells-unsettled') : undefined;
    if (!late) return;
    unsettledBy = late;
    unsettled += valueOf(size, market.price(order.ticker, time.now()).price);
  }

  function end(clientOrderId: string, status: 'canceled' | 'expired' | 'rejected'): void {
    const order = orderOf(clientOrderId);
    if (!order || isFinal(order)) return;
    tell(`${order.side} ${order.ticker}: ${status} after ${toShares(order.filledQty)} shares`);
    fake.progress(clientOrderId, { status });
  }

  function schedule({ clientOrderId, qty: whole }: Order): void {
    const [rejected, partial, slow, stays] = (
      ['rejected-later', 'partial-then-ends', 'slow-fills', 'stays-new'] as const
    ).map((kind) => faults.on(kind));
    if (rejected) {
      faults.met(rejected);
      time.at(time.now() + 1_000, () => end(clientOrderId, 'rejected'));
      return;
    }
    if (stays) return faults.met(stays);
    const draw = drawsOf(parts.seed, clientOrderId);
    const shares = partsOf(whole, draw);
    let at = time.now();
    for (const [index, share] of shares.entries()) {
      at = epochMs(at + 300 + Math.floor(draw() ** 2 * (slow ? 400_000 : 9_000)));
      const isLast = index === shares.length - 1 && !partial;
      time.at(at, () => tryFill(clientOrderId, share, isLast));
      if (!partial) continue;
      time.at(at + 500, () => end(clientOrderId, draw() < 0.5 ? 'canceled' : 'expired'));
      break;
    }
    if (slow) faults.met(slow);
    if (partial) faults.met(partial);
  }

  return {
    fake,
    holdings,
    due: new Map(),
    sync,
    buyingPower: () => Math.max(0, spendable()),
    async submit(intent) {
      sync();
      const refusal = refusalOf(intent, { fake, holdings }, spendable());
      if (refusal !== undefined) return { kind: 'refused', reason: refusal };
      const outcome = await fake.submit(intent);
      if (outcome.kind === 'accepted') schedule(outcome.order);
      return outcome;
    },
    cancel(orderId) {
      const order = fake.accepted.find(({ id }) => id === orderId);
      if (!order || isFinal(order)) return;
      const { clientOrderId } = order;
      const sticks = faults.on('cancel-sticks');
      const fills = market.sessionAt(time.now()) && faults.on('fills-while-cancelled');
      const wait = sticks
        ? sticks.to - time.now()
        : 200 + 2_000 * chanceOf(parts.seed, orderId, 'cancel');
      // Asking again is no news.
      if (order.brokerStatus !== PENDING_CANCEL)
        fake.progress(clientOrderId, { word: PENDING_CANCEL });
      if (sticks) faults.met(sticks);
      if (fills) {
        faults.met(fills);
        time.at(time.now() + wait / 2, () => tryFill(clientOrderId, order.qty, true));
      }
      time.at(time.now() + wait, () => end(clientOrderId, 'canceled'));
    },
    endOfDay() {
      unsettled = 0;
      const outlives = faults.on('outlives-session');
      for (const order of fake.accepted.filter((each) => !isFinal(each))) {
        if (outlives) outlived.set(order.id, outlives);
        time.at(outlives ? outlives.to : time.now(), () => end(order.clientOrderId, 'expired'));
      }
    },
    happen(activity) {
      tell(`${activity.kind} of ${activity.cash / 100} dollars, ${toShares(activity.qty)} shares`);
      parts.onMoved(activity);
      account.moved(activity);
      fake.happen(activity);
    },
    hidden,
    outlived,
    show(id) {
      hidden.delete(id);
      parts.onShown();
    },
    onUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function restOf({ qty: whole, filledQty }: Order): Qty {
  return qty(whole - filledQty);
}

function isBeyondLimit({ side, limitPrice }: Order, price: number): boolean {
  if (limitPrice === undefined) return false;
  return side === 'buy' ? price > limitPrice : price < limitPrice;
}

/** Whole shares in one to four parts. */
function partsOf(whole: Qty, draw: () => number): readonly Qty[] {
  const count = draw() < 0.6 ? 1 : 2 + Math.floor(draw() * 3);
  const each = Math.max(1, Math.floor(toShares(whole) / count));
  return Array.from({ length: count }, () => qty(each * 1_000_000_000));
}

/** What the broker itself would not take. */
function refusalOf(
  { clientOrderId, side, qty: size, ticker, limitPrice, priceAtDecision }: OrderIntent,
  { fake, holdings }: Pick<Exchange, 'fake' | 'holdings'>,
  room: number,
): string | undefined {
  // A known id is answered as one, whatever the account allows.
  if (fake.accepted.some((order) => order.clientOrderId === clientOrderId)) return undefined;
  if (side === 'buy') {
    const cost = valueOf(size, Number(limitPrice ?? priceAtDecision));
    return cost > room ? 'insufficient buying power' : undefined;
  }
  const held = holdings().shares.get(ticker) ?? 0;
  const reserved = fake.accepted
    .filter((order) => !isFinal(order) && order.side === 'sell' && order.ticker === ticker)
    .reduce((sum, order) => sum + restOf(order), 0);
  return size > held - reserved ? 'insufficient qty available for order' : undefined;
}

/** The value of what is held and what open buys may add, by ticker, in cents. */
export function exposureOf(
  { fake, holdings }: Pick<Exchange, 'fake' | 'holdings'>,
  price: (ticker: Ticker) => number,
  at: EpochMs,
): ReadonlyMap<Ticker, number> {
  const sum = new Map<Ticker, number>();
  const add = (ticker: Ticker, value: number): void =>
    void sum.set(ticker, (sum.get(ticker) ?? 0) + value);
  for (const [ticker, held] of holdings().shares) add(ticker, valueOf(held, price(ticker)));
  for (const order of fake.accepted) {
    if (isFinal(order) || order.side !== 'buy' || order.submittedAt > at) continue;
    add(order.ticker, valueOf(restOf(order), order.limitPrice ?? price(order.ticker)));
  }
  return sum;
}
