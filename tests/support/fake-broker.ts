import type { Account, Position } from '#core/domain/account.ts';
import type { Activity } from '#core/domain/activity.ts';
import { nextSession, sessionAt, sessionsIn } from '#core/domain/calendar.ts';
import { applyFill, applyMovement, equityOf, type Ledger } from '#core/domain/ledger.ts';
import type { Fill, Order, OrderIntent, Submission } from '#core/domain/order.ts';
import {
  type Cents,
  cents,
  epochMs,
  type Qty,
  qty,
  type Ticker,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import type { Broker, Clock, OrderHint } from '#core/ports.ts';
import { ACCOUNT_ID } from './decision.ts';

export interface FakeBroker extends Broker {
  /** Every POST in the order it arrived. */
  readonly posts: OrderIntent[];
  /** Ids of the orders that were asked to go, one entry a request. */
  readonly cancels: string[];
  /** What the broker has, one entry an order. */
  readonly accepted: Order[];
  /** Every fill, in order. */
  readonly executed: readonly Fill[];
  ledger(): Ledger;
  setPrice(symbol: string, usd: number): void;
  /** Shares that appear out of nothing: no fill, no activity. */
  give(symbol: string, shares: number): void;
  /** Cash or shares that move with a record of it. */
  happen(activity: Activity): void;
  /** Somebody else's order, filled at once at the set price. */
  tradeByHand(intent: OrderIntent): Order;
  /** An order that stays open and fills nothing until `progress` says so; not counted as a POST. */
  openByHand(intent: OrderIntent): Order;
  /** Fills so many shares more of an order, and then gives it another status. */
  progress(clientOrderId: string, change: Progress): void;
  /** Decides what becomes of the next orders; the default fills them whole at once. */
  behave(behaviour: Behaviour): void;
  /** Every call fails until it is called with undefined. */
  fail(error: Error | undefined): void;
}

export interface Progress {
  readonly fill?: number;
  readonly status?: Order['status'];
  /** The broker's own word where it says more than the status. */
  readonly word?: string;
}

/**
 * `fills`: parts to fill, the rest expires. `open`: accepted and not filled. `lost`: accepted, but the
 * answer never arrives.
 */
export type Behaviour = (
  intent: OrderIntent,
  postNumber: number,
) =>
  | { readonly kind: 'fills'; readonly parts: readonly number[] }
  | { readonly kind: 'whole' }
  | { readonly kind: 'open' }
  /** Its answer is lost; the broker's clock is behind ours by so much. */
  | { readonly kind: 'lost'; readonly behindMs?: number }
  | { readonly kind: 'never-arrives' }
  | { readonly kind: 'refused'; readonly reason: string };

/** A broker in memory that keeps its own books, fills at the set price and refuses a known id. */
export function fakeBroker(clock: Clock, cash: Cents = cents(10_000_000)): FakeBroker {
  const prices = new Map<Ticker, number>();
  const posts: OrderIntent[] = [];
  const cancels: string[] = [];
  const accepted: Order[] = [];
  const fills: Fill[] = [];
  const activities: Activity[] = [];
  const listeners = new Set<(hint: OrderHint) => void>();
  let ledger: Ledger = { cash, lots: new Map() };
  let behave: Behaviour = () => ({ kind: 'whole' });
  let failure: Error | undefined;

  const ask = async <T>(answer: () => T): Promise<T> => {
    if (failure) throw failure;
    return answer();
  };

  function execute(orderId: string, of: OrderIntent | Order, part: Qty): void {
    const { ticker: traded, side } = of;
    const planned = 'priceAtDecision' in of ? of.priceAtDecision : Number.NaN;
    const fill: Fill = {
      id: `fill-${fills.length + 1}`,
      orderId,
      ticker: traded,
      side,
      qty: part,
      price: prices.get(traded) ?? planned,
      at: clock.now(),
    };
    fills.push(fill);
    ledger = applyFill(ledger, fill);
  }

  function openOrder(intent: OrderIntent): Order {
    const order: Order = {
      id: `order-${accepted.length + 1}`,
      clientOrderId: intent.clientOrderId,
      ticker: intent.ticker,
      side: intent.side,
      qty: intent.qty,
      ...limitOf(intent),
      filledQty: qty(0),
      averagePrice: undefined,
      status: 'open',
      brokerStatus: 'new',
      submittedAt: clock.now(),
      updatedAt: clock.now(),
    };
    accepted.push(order);
    return order;
  }

  function progress(clientOrderId: string, { fill = 0, status, word }: Progress): void {
    const index = accepted.findIndex((order) => order.clientOrderId === clientOrderId);
    const known = accepted[index];
    if (!known) throw new RangeError(`progress: ${clientOrderId} is not at the broker`);
    const part = qty(Math.round(fill * 1e9));
    if (part > 0) execute(known.id, known, part);
    const filledQty = qty(known.filledQty + part);
    const reached = status ?? (filledQty === known.qty ? 'filled' : known.status);
    accepted[index] = {
      ...known,
      filledQty,
      averagePrice: filledQty > 0 ? prices.get(known.ticker) : undefined,
      status: reached,
      brokerStatus: word ?? (reached === 'open' ? 'partially_filled' : reached),
      updatedAt: clock.now(),
    };
    for (const listener of listeners) listener({ clientOrderId, event: 'fill' });
  }

  const reserved = (of: Ticker): number =>
    accepted
      .filter(
        ({ status, side, ticker: held }) => status === 'open' && side === 'sell' && held === of,
      )
      .reduce((sum, order) => sum + order.qty - order.filledQty, 0);

  function accept(intent: OrderIntent, parts: readonly number[] | undefined, behindMs = 0): Order {
    const wanted = parts ? parts.map(wholeShares) : [intent.qty];
    const id = `order-${accepted.length + 1}`;
    let filled = 0;
    for (const part of wanted) {
      execute(id, intent, part);
      filled += part;
    }
    const whole = filled === intent.qty;
    const order: Order = {
      id,
      clientOrderId: intent.clientOrderId,
      ticker: intent.ticker,
      side: intent.side,
      qty: intent.qty,
      ...limitOf(intent),
      filledQty: qty(filled),
      averagePrice: filled > 0 ? (prices.get(intent.ticker) ?? intent.priceAtDecision) : undefined,
      status: whole ? 'filled' : 'expired',
      brokerStatus: whole ? 'filled' : 'expired',
      submittedAt: epochMs(clock.now() - behindMs),
      updatedAt: clock.now(),
    };
    accepted.push(order);
    for (const listener of listeners)
      listener({ clientOrderId: intent.clientOrderId, event: 'fill' });
    return order;
  }

  function submit(intent: OrderIntent): Submission {
    posts.push(intent);
    if (accepted.some((order) => order.clientOrderId === intent.clientOrderId)) {
      return { kind: 'unknown', reason: 'client_order_id must be unique' };
    }
    const what = behave(intent, posts.length);
    switch (what.kind) {
      case 'whole':
        return { kind: 'accepted', order: accept(intent, undefined) };
      case 'fills':
        return { kind: 'accepted', order: accept(intent, what.parts) };
      case 'open':
        return { kind: 'accepted', order: openOrder(intent) };
      case 'lost':
        accept(intent, undefined, what.behindMs);
        return { kind: 'unknown', reason: 'the connection was reset' };
      case 'never-arrives':
        return { kind: 'unknown', reason: 'the connection was reset' };
      case 'refused':
        return { kind: 'refused', reason: what.reason };
      default:
        return what satisfies never;
    }
  }

  const equity = (): Cents => equityOf(ledger, prices) ?? ledger.cash;

  return {
    posts,
    cancels,
    accepted,
    executed: fills,
    ledger: () => ledger,
    setPrice: (symbol, usd) => void prices.set(ticker(symbol), usd),
    give(symbol, shares) {
      const lots = new Map(ledger.lots).set(ticker(symbol), {
        qty: wholeShares(shares),
        cost: cents(0),
      });
      ledger = { ...ledger, lots };
    },
    happen(activity) {
      activities.push(activity);
      ledger = applyMovement(ledger, activity);
    },
    tradeByHand: (intent) => accept(intent, undefined),
    openByHand: openOrder,
    progress,
    behave: (next) => {
      behave = next;
    },
    fail: (error) => {
      failure = error;
    },
    account: () =>
      ask(
        (): Account => ({
          id: ACCOUNT_ID,
          number: 'PA3FAKE00001',
          status: 'ACTIVE',
          equity: equity(),
          cash: ledger.cash,
          buyingPower: ledger.cash,
          blocked: false,
        }),
      ),
    positions: () =>
      ask(() =>
        [...ledger.lots].map(([held, lot]) => position(held, lot.qty, reserved(held), prices)),
      ),
    clock: () =>
      ask(() => ({
        at: clock.now(),
        open: sessionAt(clock.now()) !== undefined,
        nextOpen: nextSession(clock.now()).open,
        nextClose: (sessionAt(clock.now()) ?? nextSession(clock.now())).close,
      })),
    calendar: (from, to) => ask(() => sessionsIn(from, to)),
    assets: (tickers) =>
      ask(() => tickers.map((each) => ({ ticker: each, tradable: true, fractionable: true }))),
    latestPrices: (tickers) =>
      ask(
        () =>
          new Map(
            tickers.flatMap((each) => {
              const price = prices.get(each);
              return price === undefined ? [] : [[each, { ticker: each, price, at: clock.now() }]];
            }),
          ),
      ),
    openOrders: () => ask(() => accepted.filter((order) => order.status === 'open')),
    orders: (since) => ask(() => accepted.filter((order) => order.submittedAt >= since)),
    orderByClientId: (id) => ask(() => accepted.find((order) => order.clientOrderId === id)),
    fills: (since) => ask(() => fills.filter((fill) => fill.at > since)),
    activities: () => ask(() => activities),
    submit: (intent) => ask(() => submit(intent)),
    cancel: (orderId) =>
      ask(() => {
        cancels.push(orderId);
        const order = accepted.find(({ id }) => id === orderId);
        // As at the real one: there is nothing left to cancel, which is no error.
        if (order?.status === 'open') progress(order.clientOrderId, { status: 'canceled' });
      }),
    onOrderUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    unmanagedHoldings: () => ask(() => []),
    unmanagedOrders: () => ask(() => []),
    streaming: () => true,
    setAside: () => [],
    close: async () => undefined,
  };
}

function limitOf({ limitPrice }: OrderIntent): Pick<Order, 'limitPrice'> {
  return limitPrice === undefined ? {} : { limitPrice: Number(limitPrice) };
}

function position(
  held: Ticker,
  quantity: Qty,
  reserved: number,
  prices: ReadonlyMap<Ticker, number>,
): Position {
  return {
    ticker: held,
    qty: quantity,
    available: qty(quantity - reserved),
    averagePrice: prices.get(held) ?? 0,
    currentPrice: prices.get(held),
    marketValue: valueOf(quantity, prices.get(held) ?? 0),
    unrealised: undefined,
  };
}
