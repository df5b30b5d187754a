/** Alpaca as our `Broker`. REST is the truth; the stream only says when to look. */
import { type Alpaca, ApiError } from '@alpacahq/alpaca-trade-api';
import type { Asset } from '../domain/account.ts';
import type { Order } from '../domain/order.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { Broker, Clock, Log } from '../ports.ts';
import { readActivities, readFills } from './activities.ts';
import * as answers from './answers.ts';
import { asDataTrouble, ask, asTrouble, find } from './ask.ts';
import { readOpenOrders, readOrders } from './order-pages.ts';
import { submitOrder } from './submission.ts';
import { realTimers, type Timers } from './timers.ts';
import { createTradeUpdates } from './trade-updates.ts';

/** The parts of a broker: the SDK, the address of the order stream, and time. */
export interface AlpacaBrokerParts {
  readonly alpaca: Alpaca;
  readonly streamUrl: string;
  readonly clock?: Clock;
  readonly realTimers?: Timers;
  readonly log: Log;
}

/** Opens the order-update stream at once; `close` ends it. */
export function createAlpacaBroker(parts: AlpacaBrokerParts): Broker {
  const { alpaca, streamUrl, log } = parts;
  const { trading, marketData } = alpaca;
  const updates = createTradeUpdates({
    open: () => trading.stream({ url: streamUrl, reconnect: false }),
    timers: parts.realTimers ?? realTimers,
    log,
  });
  const observe = (order: Order): Order => {
    updates.observed(order);
    return order;
  };

  return {
    account: () => ask('Alpaca account', () => trading.account.getAccountRaw(), answers.account),
    positions: () =>
      ask('Alpaca positions', () => trading.positions.getAllOpenPositionsRaw(), answers.positions),
    clock: () => ask('Alpaca clock', () => trading.clock.legacyClockRaw(), answers.marketClock),
    calendar: (from, to) => readCalendar(alpaca, from, to),
    assets: (tickers) => readAssets(alpaca, tickers),
    latestPrices: (tickers) =>
      ask(
        'Alpaca latest trades',
        // The one feed that every plan may read in real time.
        () => marketData.stocks.stockLatestTradesRaw({ symbols: tickers.join(','), feed: 'iex' }),
        answers.latestTrades,
        asDataTrouble,
      ),
    openOrders: async () => (await readOpenOrders(alpaca)).map(observe),
    orders: async (since) => (await readOrders(alpaca, since)).map(observe),
    async orderByClientId(clientOrderId) {
      const order = await find(
        `Alpaca order ${clientOrderId}`,
        () => trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }),
        answers.order,
      );
      return order && observe(order);
    },
    fills: (since) => readFills(alpaca, since),
    activities: (since) => readActivities(alpaca, since),
    async submit(intent) {
      const outcome = await submitOrder(alpaca, intent);
      if (outcome.kind === 'accepted') observe(outcome.order);
      return outcome;
    },
    cancel: (orderId) => cancel(alpaca, orderId),
    onOrderUpdate: updates.onOrderUpdate,
    streaming: updates.listening,
    async close() {
      updates.close();
    },
  };
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

/** One by one: the whole list is some ten thousand. A ticker that the broker does not know is absent. */
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

/** 422 means that there is nothing left to cancel, which the next look at the order shows. */
async function cancel(alpaca: Alpaca, orderId: string): Promise<void> {
  try {
    const answer = await alpaca.trading.orders.deleteOrderByOrderIDRaw({ orderId });
    await answer.value();
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return;
    throw asTrouble(`Alpaca cancel of ${orderId}`, error);
  }
}
