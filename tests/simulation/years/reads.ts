/** The broker's answers as they reach a process: late, old, wrong or not at all. */
import type { Account, Asset, LatestPrice, MarketClock, Position } from '#core/domain/account.ts';
import { type Activity, reversalOf } from '#core/domain/activity.ts';
import { CLIENT_ORDER_PREFIX, type Fill, isFinal, type Order } from '#core/domain/order.ts';
import { cents, epochMs, type Ticker } from '#core/domain/units.ts';
import { TradingError, UnreadableAnswer } from '#core/errors.ts';
import type { Broker, BrokerSession } from '#core/ports.ts';
import { chanceOf } from './chance.ts';
import type { Exchange } from './exchange.ts';
import type { Faults } from './faults.ts';
import type { FaultKind } from './kinds.ts';
import { type Market, tickerOf } from './market.ts';
import { trueSessionAfter, trueSessionOver, trueSessionsIn } from './true-calendar.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What reads go through. */
export interface ReadParts {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly market: Market;
  readonly exchange: Exchange;
  readonly faults: Faults;
  /** The last price that the process was told, by ticker. */
  readonly prices: Map<Ticker, LatestPrice>;
  /** The last answers before a fault, by what was asked; the broker's, whoever asked. */
  readonly before: Map<string, unknown>;
}

type Reads = Pick<
  Broker,
  | 'account'
  | 'positions'
  | 'clock'
  | 'calendar'
  | 'assets'
  | 'latestPrices'
  | 'openOrders'
  | 'orders'
  | 'orderByClientId'
  | 'fills'
  | 'activities'
>;

/** Fails, or comes back after the time that the answer takes. */
export type Travel = (what: string) => Promise<void>;

/** A calendar lacks a day on which the exchange stays shut once its morning comes. */
const SHUT_KNOWN_MS = 60_000;
const NO_ANSWER = 'the broker did not answer within 10 s';

/** The way to the broker and back. */
export function createTravel({ seed, time, faults }: ReadParts): Travel {
  let count = 0;
  return async (what) => {
    count += 1;
    // Of those that are asked at once each fails by itself.
    const number = count;
    const lost = (kind: FaultKind, share: number, text: string): void => {
      const fault = faults.on(kind);
      if (!fault || chanceOf(seed, kind, number) >= share) return;
      faults.met(fault);
      throw new TradingError(text, 'retry');
    };
    const slow = faults.on('slow-broker');
    if (slow) faults.met(slow);
    const took = chanceOf(seed, what, number);
    await time.sleep(slow ? 2_000 + took * 6_000 : 20 + took * 180);
    lost('broker-down', 1, NO_ANSWER);
    lost('broker-flaky', 1 / 3, NO_ANSWER);
    lost('rate-limited', 1 / 2, 'the broker answered 429: too many requests');
  };
}

/** Reads of one process. What was answered before a fault began, to any process, is what an old answer says. */
export function createReads(parts: ReadParts, travel: Travel): Reads {
  const { time, market, exchange, faults } = parts;
  const { fake } = exchange;
  const { before } = parts;

  /** Keeps the answer, or gives the one from before the fault. */
  function old<T>(kind: FaultKind, key: string, answer: T): T {
    const fault = faults.on(kind);
    if (!fault || !before.has(key)) {
      before.set(key, answer);
      return answer;
    }
    faults.met(fault);
    return before.get(key) as T;
  }
  function changed<T>(kind: FaultKind, answer: T, change: (answer: T, pick: number) => T): T {
    const fault = faults.on(kind);
    if (!fault) return answer;
    faults.met(fault);
    return change(answer, fault.pick);
  }

  /** Orders, but for those that no list shows yet. */
  function listed(orders: readonly Order[]): readonly Order[] {
    for (const order of orders) {
      const outlives = isFinal(order) ? undefined : exchange.outlived.get(order.id);
      if (outlives) faults.met(outlives);
    }
    const unseen = faults.on('order-unseen');
    return unseen ? orders.filter(({ submittedAt }) => submittedAt < unseen.from) : orders;
  }

  const isOwn = ({ orderId }: Fill): boolean =>
    fake.accepted.some(
      ({ id, clientOrderId }) => id === orderId && clientOrderId.startsWith(CLIENT_ORDER_PREFIX),
    );

  async function account(): Promise<Account> {
    await travel('account');
    exchange.sync();
    const now: Account = {
      ...(await fake.account()),
      cash: exchange.holdings().cash,
      buyingPower: exchange.buyingPower() as Account['buyingPower'],
    };
    const { cash } = old('lagging-cash', 'cash', now);
    const { buyingPower } = old('lagging-buying-power', 'buying power', now);
    const seen = old('stale-account', 'account', { ...now, cash, buyingPower });
    const blocked = changed('account-blocked', seen, (each) => ({
      ...each,
      ...{ blocked: true, status: 'ACCOUNT_UPDATED' },
    }));
    const selling = changed('liquidation-only', blocked, (each) => ({
      ...each,
      liquidationOnly: true,
    }));
    return changed('wrong-equity', selling, (each, pick) => ({
      ...each,
      equity: cents(Math.round(each.equity * (pick < 0.5 ? 0.6 + pick / 2 : 0.9 + pick / 2))),
    }));
  }

  async function positions(): Promise<readonly Position[]> {
    await travel('positions');
    exchange.sync();
    const seen = old('stale-positions', 'positions', await fake.positions());
    const fewer = changed('position-left-out', seen, (rows, pick) =>
      rows.filter((_, index) => index !== Math.floor(pick * rows.length)),
    );
    return changed('wrong-row', fewer, (rows) => {
      if (rows.length === 0) return rows;
      throw new UnreadableAnswer('positions: row 1: qty: expected a decimal number');
    });
  }

  async function clock(): Promise<MarketClock> {
    await travel('clock');
    const now = time.now();
    const session = market.sessionAt(now);
    const seen: MarketClock = {
      ...(await fake.clock()),
      open: session !== undefined,
      nextClose: (session ?? trueSessionAfter(now)).close,
      nextOpen: trueSessionAfter(now).open,
    };
    const apart = changed('clock-apart', seen, (each) => ({
      ...each,
      at: epochMs(each.at + 30_000),
    }));
    return changed('says-closed', apart, (each) => ({ ...each, open: false }));
  }

  async function latestPrices(tickers: readonly Ticker[]): ReturnType<Broker['latestPrices']> {
    await travel('prices');
    for (const halted of [faults.on('ticker-halted'), faults.on('all-halted')]) {
      if (halted) faults.met(halted);
    }
    const isOld = faults.on('prices-of-yesterday');
    if (isOld) faults.met(isOld);
    const at = isOld ? trueSessionOver(time.now()).close : time.now();
    const answer = new Map(
      tickers.map((ticker) => [ticker, { ticker, ...market.price(ticker, epochMs(at)) }]),
    );
    const seen = new Map(
      [...answer].map(([ticker, latest]) => [
        ticker,
        old('stale-prices', `price ${ticker}`, latest),
      ]),
    );
    const wrong = changed('wrong-price', seen, (each, pick) => {
      const known = each.get(tickerOf(pick));
      return known ? new Map(each).set(known.ticker, { ...known, price: known.price * 10 }) : each;
    });
    const told = changed('no-prices', wrong, (each, pick) => {
      const rest = new Map(each);
      rest.delete(tickerOf(pick));
      return rest;
    });
    for (const latest of told.values()) parts.prices.set(latest.ticker, latest);
    return told;
  }

  return {
    account,
    positions,
    clock,
    latestPrices,
    async calendar(from, to) {
      await travel('calendar');
      // What was announced stays in the calendar until the day itself.
      const known = trueSessionsIn(from, to).filter(
        ({ date, open }) => !market.isShut(date) || open > time.now() + SHUT_KNOWN_MS,
      );
      return changed('calendars-differ', known, closesEarly);
    },
    async assets(tickers) {
      await travel('assets');
      const all: readonly Asset[] = await fake.assets(tickers);
      return changed('not-tradable', all, (each, pick) =>
        each.map((asset) =>
          asset.ticker === tickerOf(pick) ? { ...asset, tradable: false } : asset,
        ),
      );
    },
    async openOrders() {
      await travel('open orders');
      return old('stale-open-orders', 'open orders', listed(await fake.openOrders()));
    },
    async orders(since) {
      await travel('orders');
      const all = old('stale-orders', 'orders', listed(await fake.orders(epochMs(0))));
      return all.filter(({ submittedAt, status }) => submittedAt >= since || status === 'open');
    },
    async orderByClientId(id) {
      await travel('order');
      const seen = old(
        'stale-order',
        `order ${id}`,
        listed(arrayOf(await fake.orderByClientId(id)))[0],
      );
      return changed('unfindable-orders', seen, () => undefined);
    },
    async fills(since) {
      await travel('fills');
      const all = old('late-fills', 'fills', await fake.fills(epochMs(0)));
      const asked = all.filter(({ at }) => at > since);
      return changed('fills-twice', asked, (each, pick) => {
        const again = each.map((fill) => (pick < 0.5 && isOwn(fill) ? renamed(fill) : fill));
        return [...each, ...again].reverse();
      });
    },
    async activities(since) {
      await travel('activities');
      const rows = (await fake.activities(epochMs(0))).map(asListed);
      const all = old('late-activities', 'activities', rows);
      return all.filter(({ at, id }) => at >= since - 86_400_000 && !exchange.hidden.has(id));
    },
  };
}

/** A row that cancels another is listed with the amounts of that one. */
function asListed(activity: Activity): Activity {
  const { id, at, cancels } = activity;
  return cancels === undefined ? activity : { ...reversalOf(activity, id, at), cancels };
}

/** The same execution under an id of its own. */
function renamed(fill: Fill): Fill {
  return { ...fill, id: `${fill.id}-again` };
}

function arrayOf<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

/** One session closes early, or is none at all. */
function closesEarly(sessions: readonly BrokerSession[], pick: number): readonly BrokerSession[] {
  const chosen = Math.floor(((pick * 2) % 1) * sessions.length);
  if (pick < 0.5) return sessions.filter((_, index) => index !== chosen);
  return sessions.map((session, index) =>
    index === chosen ? { ...session, close: epochMs(session.close - 3 * 3_600_000) } : session,
  );
}
