import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents, centsFromDecimal, qtyFromDecimal, ticker, valueOf } from '#core/domain/units.ts';
import { type AccountEvent, applyAccountEvent } from '#sandbox/alpaca/account-events.ts';
import { accountMetrics, positionMetrics, reservedCash } from '#sandbox/alpaca/account-metrics.ts';
import { openBook } from '#sandbox/alpaca/book.ts';
import { createExchange } from '#sandbox/alpaca/exchange.ts';
import { createLevers } from '#sandbox/alpaca/levers.ts';
import { createMarket } from '#sandbox/alpaca/market.ts';
import { filledQty, isOpen } from '#sandbox/alpaca/records.ts';
import { createSeededRandom } from '#sandbox/alpaca/seeded-random.ts';
import { openStore } from '#sandbox/alpaca/store.ts';
import { createWithheld } from '#sandbox/alpaca/withheld.ts';
import { createManualTime } from '#tests/support/manual-time.ts';
import { DAY, nyTime, springBars } from './brokerage.ts';

const OPENING = cents(100_000_00);

function exchange(seed: number) {
  const time = createManualTime(nyTime(DAY, 9, 45));
  const random = createSeededRandom(seed);
  const market = createMarket(springBars(), random);
  const book = openBook(openStore(undefined), {
    accountId: 'a',
    accountNumber: 'PA3',
    openingCash: OPENING,
    createdAt: time.now(),
    multiplier: 1,
    maxMarginMultiplier: 4,
    noShorting: true,
    suspendTrade: false,
    fractionalTrading: true,
    blocked: false,
    halted: [],
  });
  const levers = createLevers();
  const withheld = createWithheld(book, levers);
  const parts = { book, market, random, time, levers, withheld };
  const venue = createExchange(parts);
  const world = { ...parts, exchange: venue, tell: () => undefined };
  return {
    ...parts,
    exchange: venue,
    apply: (event: AccountEvent) => applyAccountEvent(event, world),
  };
}

const size = fc.oneof(
  fc.integer({ min: 1, max: 300 }).map((qty) => ({ qty: String(qty) })),
  fc.integer({ min: 1, max: 2e9 }).map((nanos) => ({ qty: (nanos / 1e9).toFixed(9) })),
  fc.integer({ min: 100, max: 3_000_000 }).map((money) => ({ notional: (money / 100).toFixed(2) })),
);

const orders = fc.array(
  fc.record({
    symbol: fc.constantFrom('XLK', 'XLE', 'TLT'),
    side: fc.constantFrom('buy', 'buy', 'sell'),
    limit: fc.option(fc.integer({ min: 40_00, max: 200_00 })),
    size,
    cancel: fc.boolean(),
    world: fc.constantFrom('nothing', 'halt', 'resume'),
    pauseMs: fc.constantFrom(0, 400, 2_000, 60_000, 6 * 3_600_000),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('the account', () => {
  it('equals its fills, to the cent, whatever is ordered', () => {
    fc.assert(
      fc.property(orders, fc.nat(1_000), (wanted, seed) => {
        const desk = exchange(seed);
        for (const { symbol, side, limit, size: amount, cancel, world, pauseMs } of wanted) {
          const type =
            limit === null
              ? { type: 'market' }
              : { type: 'limit', limit_price: String(limit / 100) };
          const made = desk.exchange.submit({
            symbol,
            side,
            time_in_force: 'day',
            ...type,
            ...amount,
          });
          desk.time.advance(pauseMs);
          if (world !== 'nothing') desk.apply({ kind: world, ticker: ticker(symbol) });
          if (cancel && made.kind === 'read') desk.exchange.cancel(made.value.id);
        }
        desk.time.advance(48 * 3_600_000);
        expectConserved(desk);
      }),
      { numRuns: 60 },
    );
  });

  it('is valued at the last trade, and knows its value at the last close', () => {
    const { book, market, time, withheld, exchange: venue } = exchange(3);
    venue.submit({ symbol: 'XLK', side: 'buy', type: 'market', time_in_force: 'day', qty: '100' });
    time.advance(60_000);
    const [fill] = book.activities();
    time.advanceTo(nyTime('2024-03-05', 12));
    const figures = accountMetrics(book, market, time.now(), withheld);
    const price = market.quote(ticker('XLK'), time.now())?.last ?? 0;
    const close = market.quote(ticker('XLK'), nyTime(DAY, 16))?.last ?? 0;
    expect(figures.equity).toBe(OPENING + (fill?.amount ?? 0) + 100 * price);
    expect(figures.lastEquity).toBe(OPENING + (fill?.amount ?? 0) + 100 * close);
    time.advanceTo(nyTime('2024-03-05', 16, 10));
    expect(accountMetrics(book, market, time.now(), withheld).lastEquity).toBe(figures.lastEquity);
    time.advanceTo(nyTime('2024-03-06', 8));
    expect(accountMetrics(book, market, time.now(), withheld).lastEquity).not.toBe(
      figures.lastEquity,
    );
  });

  it('reserves for a partly filled order only the remainder', () => {
    const { book, time, exchange: venue } = exchange(7);
    let seen = 0;
    for (let n = 0; n < 40; n++) {
      const amount = {
        symbol: 'XLK',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
        qty: '10',
      };
      venue.submit(amount);
      for (let open = book.openOrders(); open.length > 0; open = book.openOrders()) {
        const [order] = open;
        if (!order || !isOpen(order)) break;
        const filled = filledQty(order) / 1e9;
        expect(reservedCash(open)).toBe(Math.ceil(order.reserve * ((10 - filled) / 10)));
        if (filled > 0) seen += 1;
        time.advance(200);
      }
    }
    expect(seen).toBeGreaterThan(3);
  });

  it('calculates the profit of a position since its purchase and since the last close', () => {
    const { book, market, time, exchange: venue } = exchange(3);
    venue.submit({ symbol: 'XLK', side: 'buy', type: 'market', time_in_force: 'day', qty: '100' });
    time.advance(60_000);
    const [fill] = book.activities();
    time.advanceTo(nyTime('2024-03-05', 12));
    const price = market.quote(ticker('XLK'), time.now())?.last ?? 0;
    const close = market.quote(ticker('XLK'), nyTime(DAY, 16))?.last ?? 0;
    const position = positionMetrics(book, market, ticker('XLK'), time.now());
    expect(position?.today).toBe(100 * (price - close));
    expect(position?.unrealised).toBe(100 * price + (fill?.amount ?? 0));
  });
});

function expectConserved({ book, market, time, withheld }: ReturnType<typeof exchange>): void {
  let cash = OPENING as number;
  const shares = new Map<string, number>();
  for (const activity of book.activities()) {
    if (activity.kind !== 'fill') continue;
    const value = valueOf(activity.qty, activity.price / 100);
    const sign = activity.side === 'buy' ? 1 : -1;
    cash -= sign * value;
    shares.set(activity.ticker, (shares.get(activity.ticker) ?? 0) + sign * activity.qty);
  }
  const held = book.holdings();
  expect(held.cash).toBe(cash);
  for (const [name, qty] of shares) {
    expect(held.shares.get(ticker(name))?.qty ?? 0).toBe(qty);
    expect(qty).toBeGreaterThanOrEqual(0);
  }
  expect(book.openOrders()).toEqual([]);
  for (const order of book.orders()) {
    const filled = order.executions.reduce((sum, part) => sum + part.qty, 0);
    expect(filled).toBeLessThanOrEqual(order.qty ?? 0);
    if (order.status === 'filled') expect(filled).toBe(order.qty);
    for (const { price, at } of order.executions) {
      const quote = market.quote(order.ticker, at);
      const touch = order.side === 'buy' ? quote?.ask : quote?.bid;
      if (order.limit === undefined) expect(price).toBe(touch);
      else if (order.side === 'buy') {
        expect(price).toBeLessThanOrEqual(order.limit);
        expect(touch).toBeLessThanOrEqual(order.limit);
      } else {
        expect(price).toBeGreaterThanOrEqual(order.limit);
        expect(touch).toBeGreaterThanOrEqual(order.limit - 1);
      }
    }
  }
  expect(accountMetrics(book, market, time.now(), withheld).buyingPower).toBe(
    Math.max(0, held.cash),
  );
}

describe('a limit that was reached during a halt', () => {
  it('is not filled afterwards while the market has moved away', () => {
    const { book, market, time, exchange: venue, apply: world } = exchange(5);
    const xlk = ticker('XLK');
    const askAt = (minute: number) => market.quote(xlk, nyTime(DAY, 9, 45 + minute))?.ask ?? 0;
    const asks = Array.from({ length: 360 }, (_, minute) => askAt(minute));
    const limit = Math.min(...asks) + 1;
    const low = asks.findIndex((ask) => ask <= limit);
    const away = asks.findIndex((ask, minute) => minute > low && ask > limit + 10);
    const price = { type: 'limit', limit_price: String(limit / 100) };
    venue.submit({ symbol: 'XLK', side: 'buy', qty: '1', time_in_force: 'day', ...price });
    world({ kind: 'halt', ticker: xlk });
    time.advanceTo(nyTime(DAY, 9, 45 + away));
    world({ kind: 'resume', ticker: xlk });
    time.advance(30_000);
    expect(away).toBeGreaterThan(low);
    expect(book.activities()).toEqual([]);
  });
});

describe('exact decimals', () => {
  it('are booked for a fill of a billionth and of a million shares', () => {
    expect(valueOf(qtyFromDecimal('0.000000001'), 50)).toBe(0);
    expect(valueOf(qtyFromDecimal('1000000.000000001'), 50)).toBe(centsFromDecimal('50000000.00'));
  });
});
