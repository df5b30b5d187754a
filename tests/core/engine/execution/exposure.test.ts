import fc from 'fast-check';
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
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import {
  type AccountFacts,
  type BuyFacts,
  buyFactsOf,
  buyRoom,
  managedEquity,
  ownValue,
  roomWords,
} from '#core/engine/execution/exposure.ts';
import { affordable, limitPriceOf } from '#core/engine/execution/order-terms.ts';
import { account, position } from '#tests/support/desk.ts';
import { LIMITS } from '#tests/support/limits.ts';

const WHOLE = 1_000_000_000;
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
  it('deducts from the cash every open buy, including those of others, and the possible cost of other assets', () => {
    const openOrders = [open('buy', XLF, 1), open('buy', AAPL, 2), open('sell', XLK, 4)];
    const found = buyFacts({ openOrders, otherBuys: dollars(50) });
    expect(found.openBuys).toBe(dollars(350));
    expect([found.cash, found.buyingPower]).toEqual([dollars(10_000), dollars(10_000)]);
  });

  it('takes off the cash what it would cost to buy back what somebody sold short', () => {
    const short = position('AAPL', -5);
    expect(buyFacts({ positions: [position('XLK', 10), short] }).cash).toBe(dollars(9_500));
  });

  it('counts nothing for what is held short: it makes no room for more', () => {
    const short = { positions: [position('XLK', -10), position('XLF', 10)] };
    const { exposure, tickerExposure } = buyFacts(short);
    expect([exposure, tickerExposure]).toEqual([dollars(1_000), 0]);
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

/** Round numbers, with room for $10,000 under every law. */
function madeUp(changes: Partial<BuyFacts> = {}): BuyFacts {
  return {
    cash: dollars(10_000),
    buyingPower: dollars(10_000),
    openBuys: cents(0),
    reserve: cents(0),
    managedEquity: dollars(10_000),
    exposure: cents(0),
    tickerExposure: cents(0),
    maxGross: 1,
    maxWeight: 1,
    ...changes,
  };
}

describe('the remaining amount for a buy', () => {
  it('names the binding limit', () => {
    expect(buyRoom(madeUp({ cash: dollars(500) }))).toEqual({ law: 'cash', room: dollars(500) });
    expect(buyRoom(madeUp({ buyingPower: dollars(200) })).law).toBe('buying power');
    expect(buyRoom(madeUp({ exposure: dollars(9_500) }))).toEqual({
      law: 'MAX_GROSS',
      room: dollars(500),
    });
    expect(buyRoom(madeUp({ maxWeight: 0.4, tickerExposure: dollars(3_900) }))).toEqual({
      law: 'MAX_WEIGHT',
      room: dollars(100),
    });
  });

  it('keeps the reserve and the possible cost of open buys', () => {
    const room = buyRoom(madeUp({ reserve: dollars(1_000), openBuys: dollars(4_000) }));
    expect(room).toEqual({ law: 'cash', room: dollars(5_000) });
  });

  it('also keeps the reserve of borrowed money', () => {
    expect(buyRoom(madeUp({ buyingPower: dollars(200), reserve: dollars(50) }))).toEqual({
      law: 'buying power',
      room: dollars(150),
    });
  });

  it('is in whole cents under a cap of exposure or weight, never a cent more', () => {
    const rich = {
      cash: dollars(90_000),
      buyingPower: dollars(90_000),
      managedEquity: cents(10_001),
    };
    expect(buyRoom(madeUp({ ...rich, maxGross: 1.05, maxWeight: 2 }))).toEqual({
      law: 'MAX_GROSS',
      room: 10_501,
    });
    expect(buyRoom(madeUp({ ...rich, maxGross: 2, maxWeight: 1.05 }))).toEqual({
      law: 'MAX_WEIGHT',
      room: 10_501,
    });
  });

  it('has no weight cap for the defensive asset', () => {
    const room = buyRoom(madeUp({ maxWeight: 0.1, tickerExposure: undefined }));
    expect(room.room).toBe(dollars(10_000));
  });

  it('borrows only what MAX_GROSS above 1 allows', () => {
    const room = buyRoom(madeUp({ maxGross: 1.3, buyingPower: dollars(40_000), maxWeight: 2 }));
    expect(room).toEqual({ law: 'cash', room: dollars(13_000) });
  });
});

describe('the reason why a buy does not fit', () => {
  it.each([
    ['cash', 200.6, '$5,025 is needed, $201 of cash is left'],
    ['buying power', 0, '$5,025 is needed, $0 of buying power is left'],
    ['MAX_GROSS', 12.4, '$5,025 is needed, MAX_GROSS leaves $12'],
    ['MAX_WEIGHT', -100, '$5,025 is needed, MAX_WEIGHT leaves $0'],
  ] as const)('%s with $%s is given as a sentence', (law, usd, words) => {
    const nothing = { openBuys: dollars(0), reserve: dollars(0) };
    expect(roomWords(dollars(5_025), { law, room: dollars(usd) }, nothing)).toBe(words);
  });

  it.each([
    ['cash', 30_000, 0, ' of cash is left after open buys of $30,000'],
    ['cash', 0, 500, ' of cash is left after RESERVE_USD of $500'],
    ['cash', 30_000, 500, ' of cash is left after open buys of $30,000 and RESERVE_USD of $500'],
    ['buying power', 30_000, 500, ' of buying power is left'],
  ] as const)('%s with open buys of $%d and $%d in reserve names both', (law, buys, kept, end) => {
    const heldBack = { openBuys: dollars(buys), reserve: dollars(kept) };
    expect(roomWords(dollars(5_025), { law, room: dollars(200) }, heldBack)).toBe(
      `$5,025 is needed, $200${end}`,
    );
  });
});

describe('cash and exposure', () => {
  const order = fc.record({
    fresh: fc.double({ min: 1, max: 500, noNaN: true }),
    /** What the market does between the check and the fill. */
    move: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    wanted: fc.integer({ min: 1, max: 5_000 }),
    /** The part of the order that fills. */
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    isFinal: fc.boolean(),
  });

  it('stay within their laws whatever prices do and whichever part of each order fills', () => {
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 12 }),
        fc.integer({ min: 0, max: 3_000 }),
        fc.constantFrom(1, 1.2, 1.5),
        (orders, reserveUsd, maxGross) => {
          const reserve = dollars(reserveUsd);
          const start = dollars(10_000);
          const managedEquity = cents(start - reserve);
          const credit = Math.floor((maxGross - 1) * managedEquity);
          let cash: number = start;
          let held = 0;
          let openAtLimit = 0;
          for (const { fresh, move, wanted, part, isFinal } of orders) {
            const limit = limitPriceOf('buy', fresh, 50);
            const { room } = buyRoom(
              madeUp({
                cash: cents(cash),
                buyingPower: dollars(1_000_000),
                openBuys: cents(openAtLimit),
                reserve,
                managedEquity,
                exposure: cents(held + openAtLimit),
                tickerExposure: undefined,
                maxGross,
              }),
            );
            const size = affordable(wholeShares(wanted), limit, room, WHOLE);
            const filled = qty(Math.floor((size / WHOLE) * part) * WHOLE);
            // A limit order fills at its limit or better.
            const paid = valueOf(filled, Math.min(limit, fresh * move));
            cash -= paid;
            held += paid;
            if (!isFinal) openAtLimit += valueOf(qty(size - filled), limit);
            expect(cash + credit - openAtLimit - reserve).toBeGreaterThanOrEqual(0);
            expect(held + openAtLimit).toBeLessThanOrEqual(maxGross * managedEquity);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
