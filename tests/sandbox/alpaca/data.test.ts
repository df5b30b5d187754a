import { TimeFrame } from '@alpacahq/alpaca-trade-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barAt } from '#core/domain/bar.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { createMarket } from '#sandbox/alpaca/market.ts';
import { firstReach, pathOf, priceOn } from '#sandbox/alpaca/price-path.ts';
import { createSeededRandom } from '#sandbox/alpaca/seeded-random.ts';
import { DAY, type Desk, nyTime, openDesk, springBars } from './brokerage.ts';

const MINUTE = 60_000;
const ALL = [...springBars().keys()];
let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ start: nyTime(DAY, 12) });
});
afterAll(() => desk.broker.close());

const bars = (query: string) => desk.raw('GET', `/v2/stocks/bars?timeframe=1Day&${query}`);

describe('daily bars', () => {
  it('arrive through the SDK for thirteen tickers, page by page, unchanged', async () => {
    const found = await desk.alpaca.marketData.getStockBars({
      symbols: ALL,
      timeframe: TimeFrame.Day,
      start: new Date('2024-02-01T00:00:00Z'),
      end: new Date(nyTime('2024-03-02', 0)),
      adjustment: 'all',
      feed: 'sip',
      limit: 50,
    });
    const given = springBars();
    expect(Object.keys(found).sort()).toEqual([...ALL].sort());
    for (const name of ALL) {
      const history = given.get(name);
      const mine = found[name] ?? [];
      expect(mine).toHaveLength(21);
      mine.forEach((bar, index) => {
        const expected = history && barAt(history, index);
        expect(bar).toMatchObject({
          open: expected?.open,
          close: expected?.close,
          high: expected?.high,
        });
      });
    }
  });

  it('count their limit over all symbols, so that early symbols can use up a page', async () => {
    const { body } = await bars(`symbols=XLE,XLK,XLB&start=2024-02-01&end=2024-03-01&limit=30`);
    expect(Object.keys(body.bars)).toEqual(['XLB', 'XLE']);
    expect(body.bars.XLE).toHaveLength(9);
    expect(Buffer.from(body.next_page_token, 'base64').toString()).toBe('XLE|D|2024-02-14');
  });

  it('leave out a symbol without bars instead of giving an empty list', async () => {
    const { body } = await bars('symbols=XLE,NONE&start=2024-02-01&end=2024-02-02');
    expect(Object.keys(body.bars)).toEqual(['XLE']);
    expect(body.next_page_token).toBeNull();
  });

  it('include today’s unfinished bar during the session, and the final one after the close', async () => {
    const query = `symbols=XLK&start=2024-03-01&end=${new Date(nyTime(DAY, 11, 30)).toISOString()}`;
    const { body } = await bars(query);
    expect(body.bars.XLK.map((bar: { t: string }) => bar.t)).toEqual([
      '2024-03-01T05:00:00Z',
      '2024-03-04T05:00:00Z',
    ]);
    const history = springBars().get(ticker('XLK'));
    const index = history?.dates.indexOf(sessionDate(DAY)) ?? -1;
    expect(body.bars.XLK[1].o).toBe(history?.open[index]);
    expect(body.bars.XLK[1].c).not.toBe(history?.close[index]);
  });

  it('reject the last 15 minutes of sip, with or without the name of the feed', async () => {
    const recent = new Date(nyTime(DAY, 11, 50)).toISOString();
    const expected = {
      status: 403,
      body: { message: 'subscription does not permit querying recent SIP data' },
    };
    expect(await bars(`symbols=XLK&start=2024-03-01&end=${recent}&feed=sip`)).toEqual(expected);
    expect(await bars(`symbols=XLK&start=2024-03-01&end=${recent}`)).toEqual(expected);
    expect((await bars(`symbols=XLK&start=2024-03-01&end=${recent}&feed=iex`)).status).toBe(200);
  });

  it.each([
    ['', /symbols is required/],
    ['symbols=xlk', /invalid symbol/],
    ['symbols=XLK&limit=0', /invalid limit/],
    ['symbols=XLK&limit=10001', /invalid limit/],
    ['symbols=XLK&start=yesterday', /invalid start/],
    ['symbols=XLK&page_token=abc', /invalid page_token/],
  ])('reject the query "%s"', async (query, message) => {
    const { status, body } = await bars(query);
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
  });

  it('have their own response format for a single symbol', async () => {
    const { body } = await desk.raw(
      'GET',
      '/v2/stocks/XLK/bars?timeframe=1Day&start=2024-02-01&end=2024-02-02',
    );
    expect(body).toMatchObject({ symbol: 'XLK', next_page_token: null });
    expect(body.bars).toHaveLength(2);
  });
});

describe('latest prices', () => {
  it('lie between bid and ask, and the snapshot agrees', async () => {
    const query = '?symbols=XLK,SPY,NONE&feed=iex';
    const { trades } = (await desk.raw('GET', `/v2/stocks/trades/latest${query}`)).body;
    const { quotes } = (await desk.raw('GET', `/v2/stocks/quotes/latest${query}`)).body;
    const snapshots = (await desk.raw('GET', `/v2/stocks/snapshots${query}`)).body;
    expect(Object.keys(trades).sort()).toEqual(['SPY', 'XLK']);
    expect(quotes.XLK.bp).toBeLessThan(trades.XLK.p);
    expect(quotes.XLK.ap).toBeGreaterThan(trades.XLK.p);
    const spread = (quotes.XLK.ap - quotes.XLK.bp) / trades.XLK.p;
    expect(spread).toBeLessThan(10e-4);
    expect(snapshots.XLK.latestTrade).toEqual(trades.XLK);
    expect(snapshots.XLK.prevDailyBar.t).toBe('2024-03-01T05:00:00Z');
  });

  it('of sip need another plan', async () => {
    expect((await desk.raw('GET', '/v2/stocks/trades/latest?symbols=XLK&feed=sip')).status).toBe(
      403,
    );
  });
});

const history = springBars().get(ticker('XLV'));
const someBar = fc
  .record({
    open: fc.double({ min: 5, max: 500, noNaN: true }),
    close: fc.double({ min: 5, max: 500, noNaN: true }),
    up: fc.double({ min: 0, max: 0.1, noNaN: true }),
    down: fc.double({ min: 0, max: 0.1, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ open, close, up, down, seed }) => ({
    bar: {
      date: sessionDate(DAY),
      open,
      close,
      high: Math.max(open, close) * (1 + up),
      low: Math.min(open, close) * (1 - down),
      volume: 1,
    },
    seed,
  }));

describe("a session's prices", () => {
  it('go from open to close, touch high and low, and never leave them', () => {
    fc.assert(
      fc.property(someBar, ({ bar, seed }) => {
        const path = pathOf(bar, (name) => createSeededRandom(seed).of(name));
        expect(priceOn(path, 0)).toBe(bar.open);
        expect(priceOn(path, 1)).toBe(bar.close);
        const prices = path.map((knot) => knot.price);
        expect(Math.max(...prices)).toBe(bar.high);
        expect(Math.min(...prices)).toBe(bar.low);
        expect(
          path.every((knot, index) => index === 0 || knot.at > (path[index - 1]?.at ?? 1)),
        ).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('reach a limit first at the stated moment, not earlier', () => {
    fc.assert(
      fc.property(someBar, fc.double({ min: 0, max: 1, noNaN: true }), ({ bar, seed }, share) => {
        const path = pathOf(bar, (name) => createSeededRandom(seed).of(name));
        const limit = bar.low + (bar.high - bar.low) * share;
        const reached = firstReach(path, 0, limit, 'falls');
        expect(reached).toBeDefined();
        expect(priceOn(path, Math.min(1, (reached ?? 0) + 1e-9))).toBeLessThanOrEqual(limit + 1e-3);
        for (let step = 0; step < (reached ?? 0) - 1e-9; step += 0.01) {
          expect(priceOn(path, step)).toBeGreaterThan(limit - 1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are the same for the same seed and different for another', () => {
    const quoteAt = (seed: number, minute: number) =>
      createMarket(springBars(), createSeededRandom(seed)).quote(
        ticker('XLV'),
        nyTime(DAY, 10, minute),
      );
    expect(quoteAt(1, 7)).toEqual(quoteAt(1, 7));
    expect(quoteAt(1, 7)).not.toEqual(quoteAt(2, 7));
  });

  it('stay at the last close until the next open, also on a day without a bar', () => {
    const market = createMarket(springBars(), createSeededRandom(1));
    const index = history?.dates.indexOf(sessionDate('2024-03-01')) ?? -1;
    const close = Math.round((history?.close[index] ?? 0) * 100);
    for (const now of [nyTime('2024-03-01', 16), nyTime('2024-03-02', 12), nyTime(DAY, 9, 29)]) {
      expect(market.quote(ticker('XLV'), now)).toMatchObject({
        last: close,
        at: nyTime('2024-03-01', 16),
      });
    }
    expect(market.quote(ticker('XLV'), epochMs(nyTime('2024-02-01', 9, 30) - 1))).toBeUndefined();
    const session = sessionOn(sessionDate('2024-05-02'));
    expect(session && market.trades(ticker('XLV'), session)).toBe(false);
    expect(market.quote(ticker('XLV'), epochMs((session?.open ?? 0) + 60 * MINUTE))).toBeDefined();
  });
});
