import type { Account, Position } from '#core/domain/account.ts';
import type { Activity } from '#core/domain/activity.ts';
import { nextSession, sessionAt, sessionsIn } from '#core/domain/calendar.ts';
import { applyFill, applyMovement, equityOf, type Ledger } from '#core/domain/ledger.ts';
import type { Fill, Order, OrderIntent, Submission } from '#core/domain/order.ts';
import {
  type Cents,
  cents,
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
  /** What the broker has, one entry an order. */
  readonly accepted: Order[];
  ledger(): Ledger;
  setPrice(symbol: string, usd: number): void;
  /** Shares that appear out of nothing: no fill, no activity. */
  give(symbol: string, shares: number): void;
  /** Cash or shares that move with a record of it. */
  happen(activity: Activity): void;
  /** Somebody else's order, filled at once at the set price. */
  tradeByHand(intent: OrderIntent): Order;
  /** Decides what becomes of the next orders; the default fills them whole at once. */
  behave(behaviour: Behaviour): void;
  /** Every call fails until it is called with undefined. */
  fail(error: Error | undefined): void;
}

/** `fills`: parts to fill, the rest expires. `lost`: accepted, but the answer never arrives. */
export type Behaviour = (
  intent: OrderIntent,
  postNumber: number,
) =>
  | { readonly kind: 'fills'; readonly parts: readonly number[] }
  | { readonly kind: 'whole' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'never-arrives' }
  | { readonly kind: 'refused'; readonly reason: string };

/** A broker in memory that keeps its own books, fills at the set price and refuses a known id. */
export function fakeBroker(clock: Clock, cash: Cents = cents(10_000_000)): FakeBroker {
  const prices = new Map<Ticker, number>();
  const posts: OrderIntent[] = [];
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

  function accept(intent: OrderIntent, parts: readonly number[] | undefined): Order {
    const wanted = parts ? parts.map(wholeShares) : [intent.qty];
    const id = `order-${accepted.length + 1}`;
    let filled = 0;
    for (const part of wanted) {
      const price = prices.get(intent.ticker) ?? intent.priceAtDecision;
      const fill: Fill = {
        id: `fill-${fills.length + 1}`,
        orderId: id,
        ticker: intent.ticker,
        side: intent.side,
        qty: part,
        price,
        at: clock.now(),
      };
      fills.push(fill);
      ledger = applyFill(ledger, fill);
      filled += part;
    }
    const whole = filled === intent.qty;
    const order: Order = {
      id,
      clientOrderId: intent.clientOrderId,
      ticker: intent.ticker,
      side: intent.side,
      qty: intent.qty,
      filledQty: qty(filled),
      averagePrice: filled > 0 ? (prices.get(intent.ticker) ?? intent.priceAtDecision) : undefined,
      status: whole ? 'filled' : 'expired',
      brokerStatus: whole ? 'filled' : 'expired',
      submittedAt: clock.now(),
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
      case 'lost':
        accept(intent, undefined);
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
    accepted,
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
          lastEquity: equity(),
          cash: ledger.cash,
          buyingPower: ledger.cash,
          blocked: false,
        }),
      ),
    positions: () =>
      ask(() => [...ledger.lots].map(([held, lot]) => position(held, lot.qty, prices))),
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
    cancel: () => ask(() => undefined),
    onOrderUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    streaming: () => true,
    close: async () => undefined,
  };
}

function position(held: Ticker, quantity: Qty, prices: ReadonlyMap<Ticker, number>): Position {
  return {
    ticker: held,
    qty: quantity,
    available: quantity,
    averagePrice: prices.get(held) ?? 0,
    currentPrice: prices.get(held),
    marketValue: valueOf(quantity, prices.get(held) ?? 0),
    unrealised: undefined,
  };
}
