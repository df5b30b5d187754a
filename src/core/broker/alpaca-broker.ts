/** Alpaca as our `Broker`. REST is authoritative; the stream only says when to poll. */
import { type Alpaca, ApiError } from '@alpacahq/alpaca-trade-api';
import type { Asset, SetAsideRow } from '../domain/account.ts';
import type { Order } from '../domain/order.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { tradable, UNIVERSE } from '../domain/universe.ts';
import type { Broker, Clock, Log } from '../ports.ts';
import { readFills, readMovements } from './activities.ts';
import * as answers from './answers.ts';
import { ask, asTradingError, find } from './ask.ts';
import { createAssetClasses } from './asset-classes.ts';
import { readHoldings } from './holdings.ts';
import { readLatestPrices } from './latest-prices.ts';
import { readOpenOrders, readOrders } from './order-pages.ts';
import { order as orderShape } from './order-rows.ts';
import { createSetAside, rowsOf } from './rows.ts';
import { createSharedReads } from './shared-reads.ts';
import { submitOrder } from './submission.ts';
import { realTimers, type Timers } from './timers.ts';
import { createTradeUpdates } from './trade-updates.ts';

/** Dependencies of createAlpacaBroker. */
export interface AlpacaBrokerParts {
  readonly alpaca: Alpaca;
  readonly streamUrl: string;
  /** The market clock; detects quotes dated in the future. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Tickers that Rotor may trade: rows about these must be readable. The universe's by default. */
  readonly tickers?: readonly Ticker[];
  /** A wider quote gives no price; basis points of its midpoint. */
  readonly maxSpreadBps?: number;
  readonly realTimers?: Timers;
  readonly log: Log;
}

const MAX_SPREAD_BPS = 50;

/** Opens the order-update stream at once; `close` ends it. */
export function createAlpacaBroker(parts: AlpacaBrokerParts): Broker {
  const { alpaca, streamUrl, log } = parts;
  const updates = createTradeUpdates({
    open: () => alpaca.trading.stream({ url: streamUrl, reconnect: false }),
    timers: parts.realTimers ?? realTimers,
    log,
  });
  const { share, changed } = createSharedReads();
  const reads = createListReads(parts, share);
  const observe = (order: Order): Order => {
    updates.observed(order);
    return order;
  };
  // A pending read may have started before the fill that the hint is about.
  updates.onOrderUpdate(changed);
  /** Reads started after an action show its effect. */
  const acting = async <T>(act: Promise<T>): Promise<T> => act.finally(changed);

  return {
    account: () => share('account', () => readAccount(alpaca)),
    positions: async () => (await reads.holdings()).positions,
    unmanagedHoldings: async () => (await reads.holdings()).unmanaged,
    clock: () => share('clock', () => readClock(alpaca)),
    calendar: (from, to) => share(`calendar ${from} ${to}`, () => readCalendar(alpaca, from, to)),
    assets: (tickers) => share(`assets ${tickers.join(',')}`, () => readAssets(alpaca, tickers)),
    latestPrices: reads.latestPrices,
    openOrders: async () => (await reads.openOrders()).orders.map(observe),
    unmanagedOrders: async () => (await reads.openOrders()).unmanaged,
    orders: async (since) => (await reads.orders(since)).orders.map(observe),
    async orderByClientId(clientOrderId) {
      const order = await share(`order ${clientOrderId}`, () => readOrder(alpaca, clientOrderId));
      return order && observe(order);
    },
    fills: async (since) => (await reads.fills(since)).fills,
    async activities(since) {
      const [moved, executed] = await awaitBoth(reads.movements(since), reads.fills(since));
      return [...moved.activities, ...executed.unmanaged].toSorted((a, b) => a.at - b.at);
    },
    async submit(intent) {
      const outcome = await acting(submitOrder(alpaca, intent));
      if (outcome.kind === 'accepted') observe(outcome.order);
      return outcome;
    },
    cancel: (orderId) => acting(cancel(alpaca, orderId)),
    onOrderUpdate: updates.onOrderUpdate,
    streaming: updates.listening,
    setAside: reads.setAside,
    async close() {
      updates.close();
    },
  };
}

/** Waits for both, then throws the first failure; neither is pending any more by then. */
async function awaitBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** The lists, each read row by row; rows left out are remembered by name. */
function createListReads(
  parts: AlpacaBrokerParts,
  share: <T>(key: string, read: () => Promise<T>) => Promise<T>,
) {
  const { alpaca, clock, log, maxSpreadBps = MAX_SPREAD_BPS } = parts;
  const isOurs = rowsOf(parts.tickers ?? tradable(UNIVERSE).map(({ ticker }) => ticker));
  const setAside = createSetAside();
  const classes = createAssetClasses({ alpaca, isOurs, listOrders: (since) => orders(since) });
  const list = { alpaca, isOurs, classes };
  const prices = { alpaca, maxSpreadBps, now: clock && (() => clock.now()), log };

  const noting =
    <T extends { readonly setAside: readonly SetAsideRow[] }>(answer: string) =>
    (read: T): T => {
      setAside.note(answer, read.setAside);
      return read;
    };
  const orders = (since: EpochMs) =>
    share(`orders ${since}`, () => readOrders(list, since).then(noting('orders')));

  return {
    orders,
    setAside: setAside.all,
    holdings: () => share('positions', () => readHoldings(list).then(noting('positions'))),
    openOrders: () => share('open orders', () => readOpenOrders(list).then(noting('open orders'))),
    fills: (since: EpochMs) =>
      share(`fills ${since}`, () => readFills(list, since).then(noting('fills'))),
    movements: (since: EpochMs) =>
      share(`activities ${since}`, () => readMovements(list, since).then(noting('activities'))),
    latestPrices: (tickers: readonly Ticker[]) =>
      share(`prices ${tickers.join(',')}`, async () => {
        const found = noting<Awaited<ReturnType<typeof readLatestPrices>>>('prices')(
          await readLatestPrices(prices, tickers),
        );
        return found.prices;
      }),
  };
}

function readAccount({ trading }: Alpaca) {
  return ask('Alpaca account', () => trading.account.getAccountRaw(), answers.account);
}

function readClock({ trading }: Alpaca) {
  return ask('Alpaca clock', () => trading.clock.legacyClockRaw(), answers.marketClock);
}

function readOrder({ trading }: Alpaca, clientOrderId: string) {
  return find(
    `Alpaca order ${clientOrderId}`,
    () => trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }),
    orderShape,
  );
}

async function readCalendar(alpaca: Alpaca, from: SessionDate, to: SessionDate) {
  const range = { start: new Date(`${from}T00:00:00Z`), end: new Date(`${to}T00:00:00Z`) };
  const sessions = await ask(
    'Alpaca calendar',
    () => alpaca.trading.calendar.legacyCalendarRaw(range),
    answers.calendar,
  );
  return sessions.filter(({ date }) => date >= from && date <= to);
}

/** One request each: the whole list has some ten thousand rows. A ticker unknown to the broker is absent. */
async function readAssets(alpaca: Alpaca, tickers: readonly Ticker[]): Promise<readonly Asset[]> {
  const found = await Promise.all(
    tickers.map((ticker) =>
      find(
        `Alpaca asset ${ticker}`,
        () => alpaca.trading.assets.getV2AssetsSymbolOrAssetIdRaw({ symbolOrAssetId: ticker }),
        answers.asset,
      ),
    ),
  );
  return found.filter((asset) => asset !== undefined);
}

/** 422 means that there is nothing left to cancel, which the next poll of the order shows. */
async function cancel(alpaca: Alpaca, orderId: string): Promise<void> {
  try {
    const answer = await alpaca.trading.orders.deleteOrderByOrderIDRaw({ orderId });
    await answer.value();
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return;
    throw asTradingError(`Alpaca cancel of ${orderId}`, error);
  }
}
