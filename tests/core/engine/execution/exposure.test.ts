import { describe, expect, it } from 'vitest';
import type { LatestPrice, Position } from '#core/domain/account.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Order } from '#core/domain/order.ts';
import {
  cents,
  dollars,
  type EpochMs,
  epochMs,
  qty,
  sessionDate,
  type Ticker,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import {
  type AccountFacts,
  buyFactsOf,
  managedEquity,
  ownValue,
} from '#core/engine/execution/exposure.ts';
import { account, position } from '#tests/support/desk.ts';
import { LIMITS } from '#tests/support/limits.ts';

const NOW = newYorkInstant(sessionDate('2026-11-10'), 11 * 60);
const [XLK, XLF, AAPL, TLT] = ['XLK', 'XLF', 'AAPL', 'TLT'].map(ticker) as [
  Ticker,
  Ticker,
  Ticker,
  Ticker,
];

const priceOf = (of: Ticker, price: number, at: EpochMs = NOW): [Ticker, LatestPrice] => [
  of,
  { ticker: of, price, at },
];

/** $10,000 in cash, 10 XLK at $100, and 5 AAPL of somebody else. */
function facts(changes: Partial<AccountFacts> = {}): AccountFacts {
  return {
    now: NOW,
    account: account(10_000),
    positions: [position('XLK', 10), position('AAPL', 5)],
    openOrders: [],
    otherBuys: cents(0),
    prices: new Map([XLK, XLF, AAPL, TLT].map((each) => priceOf(each, 100))),
    own: new Set([XLK, XLF, TLT]),
    defensive: TLT,
    ...changes,
  };
}

function open(
  side: Order['side'],
  of: Ticker,
  shares: number,
  changes: Partial<Order> = {},
): Order {
  return {
    id: 'o',
    clientOrderId: 'c',
    ticker: of,
    side,
    qty: wholeShares(shares),
    filledQty: qty(0),
    averagePrice: undefined,
    status: 'open',
    brokerStatus: 'new',
    submittedAt: NOW,
    updatedAt: NOW,
    ...changes,
  };
}

const buyFacts = (changes: Partial<AccountFacts> = {}, of = XLK) =>
  buyFactsOf(facts(changes), LIMITS, of);
/** What the rest of one open buy of XLF counts. */
const worth = (changes: Partial<Order>, others: Partial<AccountFacts> = {}) =>
  buyFacts({ openOrders: [open('buy', XLF, 10, changes)], ...others }).openBuys;

describe('the exposure checked before a buy', () => {
  it('deducts every open buy from the cash, whoever sent it, and the possible cost of other assets', () => {
    const openOrders = [open('buy', XLF, 1), open('buy', AAPL, 2), open('sell', XLK, 4)];
    const found = buyFacts({ openOrders, otherBuys: dollars(50) });
    expect(found.openBuys).toBe(dollars(350));
    expect([found.cash, found.buyingPower]).toEqual([dollars(10_000), dollars(10_000)]);
  });

  it('includes Rotor’s holdings and requested buys, and nothing foreign', () => {
    const openOrders = [open('buy', XLF, 1), open('buy', AAPL, 2), open('sell', XLK, 4)];
    expect(buyFacts({ openOrders }).exposure).toBe(dollars(1_100));
  });

  it('includes for one ticker its position and its own open buys', () => {
    const openOrders = [open('buy', XLF, 1), open('buy', XLK, 2)];
    expect(buyFacts({ openOrders }, XLK).tickerExposure).toBe(dollars(1_200));
    expect(buyFacts({ openOrders }, XLF).tickerExposure).toBe(dollars(100));
    expect(buyFacts({}, XLF).tickerExposure).toBe(0);
  });

  it('has no weight cap for the defensive asset', () => {
    expect(buyFacts({}, TLT).tickerExposure).toBeUndefined();
  });

  it('allows a weight two hundredths above its cap', () => {
    expect(buyFacts().maxWeight).toBeCloseTo(LIMITS.maxWeight + 0.02, 12);
  });

  it('measures shares of the managed part only', () => {
    expect(buyFacts().managedEquity).toBe(dollars(11_000));
    expect(managedEquity(facts(), { ...LIMITS, reserve: dollars(500) })).toBe(dollars(10_500));
    expect(ownValue(facts(), LIMITS)).toBe(dollars(1_000));
  });
});

describe('a position’s value', () => {
  const only = (changes: Partial<Position>, prices: readonly [Ticker, LatestPrice][] = []) =>
    ownValue(
      facts({ positions: [{ ...position('XLK', 10), ...changes }], prices: new Map(prices) }),
      LIMITS,
    );
  const stated = { marketValue: dollars(900), currentPrice: 80, averagePrice: 70 };

  it('uses a fresh price, whatever the broker says', () => {
    expect(only(stated, [priceOf(XLK, 120)])).toBe(dollars(1_200));
  });

  it('falls back to the broker’s value, then the last price, then the cost', () => {
    const old = priceOf(XLK, 120, epochMs(NOW - LIMITS.maxPriceAgeMs - 1));
    expect(only(stated, [old])).toBe(dollars(900));
    expect(only({ ...stated, marketValue: undefined })).toBe(dollars(800));
    expect(only({ ...stated, marketValue: undefined, currentPrice: undefined })).toBe(dollars(700));
  });
});

describe('the remaining cost of an open buy', () => {
  it('uses its limit, else its stop, else the latest price, else its fill price', () => {
    const none = { prices: new Map() };
    expect(worth({ limitPrice: 90, stopPrice: 80, averagePrice: 70 })).toBe(dollars(900));
    expect(worth({ stopPrice: 80, averagePrice: 70 })).toBe(dollars(800));
    expect(worth({ averagePrice: 70 })).toBe(dollars(1_000));
    expect(worth({ averagePrice: 70 }, none)).toBe(dollars(700));
    expect(worth({}, none)).toBe(0);
  });

  it('includes only the remainder, and is never negative', () => {
    expect(worth({ filledQty: wholeShares(4) })).toBe(dollars(600));
    expect(worth({ filledQty: wholeShares(11) })).toBe(0);
    expect(worth({ filledQty: wholeShares(10) })).toBe(0);
  });

  it('is its notional while its shares are unknown, and its remainder afterwards', () => {
    const notional = dollars(250);
    expect(worth({ notional, qty: qty(0), limitPrice: 90 })).toBe(notional);
    expect(worth({ notional, filledQty: wholeShares(4), limitPrice: 90 })).toBe(dollars(540));
    expect(worth({ notional, filledQty: wholeShares(4) }, { prices: new Map() })).toBe(notional);
  });
});
