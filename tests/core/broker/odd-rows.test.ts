/** Rows of other hands beside those that Rotor needs, as a broker's lists really hold them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { epochMs } from '#core/domain/units.ts';
import { UnreadableAnswer } from '#core/errors.ts';
import type { Broker } from '#core/ports.ts';
import { silentLog } from '#tests/support/log.ts';
import { type Answer, clientOf, json, type Loopback, loopback } from './loopback.ts';
import { manualTimers } from './manual-timers.ts';
import { fillJson, orderJson, positionJson } from './wire.ts';

const SINCE = epochMs(Date.UTC(2026, 10, 10, 14, 0));

let server: Loopback;
let broker: Broker;
beforeAll(async () => {
  server = await loopback();
  broker = createAlpacaBroker({
    alpaca: clientOf(server.url),
    streamUrl: server.url.replace('http', 'ws'),
    realTimers: manualTimers(),
    log: silentLog,
  });
});
afterAll(async () => {
  await broker.close();
  await server.close();
});

function on(answer: unknown): Broker {
  server.asked.length = 0;
  server.answer(json(200, answer));
  return broker;
}

const positionsSetAside = () => broker.setAside().filter(({ answer }) => answer === 'positions');

const ODD_VALUES = ['', '0', '-0', '-7.27e-12', '25000000', 'NaN', 'abc', null, 12, true, {}, []];
const odd = fc.constantFrom<unknown>(...ODD_VALUES, undefined);

/** A row of a stock that Rotor does not trade, with any of its fields odd. */
function oddRows(whole: Readonly<Record<string, unknown>>) {
  const fields = Object.keys(whole).filter((field) => field !== 'symbol');
  const changes = fc.dictionary(fc.constantFrom(...fields), odd, { maxKeys: 4 });
  return fc.array(
    changes.map((change) => ({ ...whole, ...change })),
    { minLength: 1, maxLength: 4 },
  );
}

const foreign = { symbol: 'QQQX' };

describe('a foreign row', () => {
  it('hides no position of Rotor’s, however unusual it is', async () => {
    const rows = oddRows(positionJson('QQQX'));
    await fc.assert(
      fc.asyncProperty(rows, async (others) => {
        const found = await on([...others, positionJson('XLV')]).positions();
        expect(found.filter(({ ticker }) => ticker === 'XLV')).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });

  it('hides no order of Rotor’s, however unusual it is', async () => {
    const rows = oddRows(orderJson({ ...foreign, id: 'odd', client_order_id: 'by-hand' }));
    await fc.assert(
      fc.asyncProperty(rows, async (others) => {
        const found = await on([...others, orderJson({ symbol: 'XLV' })]).openOrders();
        expect(found.filter(({ ticker }) => ticker === 'XLV')).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });

  it('hides no execution of Rotor’s, however unusual it is', async () => {
    const rows = oddRows(fillJson(2, foreign));
    await fc.assert(
      fc.asyncProperty(rows, async (others) => {
        const found = await on([...others, fillJson(1, { symbol: 'XLV' })]).fills(SINCE);
        expect(found.filter(({ ticker }) => ticker === 'XLV')).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });

  it('hides no activity of Rotor’s, however unusual it is', async () => {
    const fee = { id: 'fee', activity_type: 'FEE', date: '2026-11-12', net_amount: '-0.07' };
    const rows = oddRows({ ...fee, id: 'odd', activity_type: 'SPLIT', qty: '5', ...foreign });
    await fc.assert(
      fc.asyncProperty(rows, async (others) => {
        const found = await on([...others, fee]).activities(SINCE);
        expect(found.filter(({ id }) => id === 'fee')).toMatchObject([{ cash: -7 }]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['25 million tokens', { qty: '25000000' }, 'quantity'],
    ['a quantity of no characters', { qty: '' }, 'qty'],
    ['dust in exponent form', { qty: '-7.27e-12' }, 'qty'],
    ['a cost that is null', { avg_entry_price: null }, 'avg_entry_price'],
    ['a number for a text', { qty: 12 }, 'qty'],
  ])('with %s is skipped and named', async (_, change, reason) => {
    await on([positionJson('QQQX', change), positionJson('XLV')]).positions();
    expect(positionsSetAside()).toMatchObject([
      { answer: 'positions', name: 'QQQX', reason: expect.stringContaining(reason) },
    ]);
    await on([positionJson('XLV')]).positions();
    expect(positionsSetAside()).toEqual([]);
  });
});

describe('a row of a ticker that Rotor trades', () => {
  it.each([
    ['a price of "0"', { current_price: '0' }],
    ['a cost that is null', { avg_entry_price: null }],
    ['25 million shares', { qty: '25000000' }],
  ])('with %s makes the answer unreadable, which is not silence', async (_, change) => {
    const failure = await on([positionJson('XLU', change), positionJson('QQQX')])
      .positions()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableAnswer);
    expect(failure).toMatchObject({
      remedy: 'retry',
      message: expect.stringMatching(
        /^Alpaca positions: the answer could not be read: XLU: field /,
      ),
    });
  });

  it('is also needed when it is an order of Rotor’s under another name', async () => {
    const renamed = orderJson({ symbol: 'QQQX', qty: '' });
    await expect(on([renamed]).openOrders()).rejects.toBeInstanceOf(UnreadableAnswer);
  });

  it('is read without unnecessary fields', async () => {
    const row = positionJson('XLU', { unrealized_pl: '-7.27e-12', asset_id: 4, cost_basis: [] });
    expect(await on([row]).positions()).toMatchObject([{ ticker: 'XLU', unrealised: undefined }]);
  });
});

describe('assets other than stocks', () => {
  const coin = { asset_class: 'crypto', qty: '41234567', market_value: '1234.56' };

  it('are reported by their asset class, and count at the broker’s value', async () => {
    const rows = [
      positionJson('LINKUSD', coin),
      positionJson('XLE261218C00090000', { asset_class: 'us_option', market_value: '-310' }),
      positionJson('QQQX'),
    ];
    const [stocks, others] = await Promise.all([on(rows).positions(), broker.unmanagedHoldings()]);
    expect(stocks.map(({ ticker }) => ticker)).toEqual(['QQQX']);
    expect(others).toEqual([
      { name: 'LINKUSD', assetClass: 'crypto', value: 123_456 },
      { name: 'XLE261218C00090000', assetClass: 'us_option', value: -31_000 },
    ]);
    expect(server.asked).toHaveLength(1);
  });

  it('have executions that change cash but no shares, recognised by their order', async () => {
    const coinOrder = { ...orderJson({ id: 'o7', symbol: 'SOLUSD' }), asset_class: 'crypto' };
    const fill = fillJson(3, { symbol: 'SOLUSD', order_id: 'o7', qty: '2.5', price: '160.1' });
    const answer: Answer = (response, asked) => {
      const body = asked.path === '/v2/orders/o7' ? coinOrder : [fill, fillJson(4)];
      json(200, body)(response, asked);
    };
    server.asked.length = 0;
    server.answer(answer);
    const [fills, moved] = await Promise.all([broker.fills(SINCE), broker.activities(SINCE)]);
    expect(fills.map(({ ticker }) => ticker)).toEqual(['XLK']);
    expect(moved).toMatchObject([{ id: fill['id'], kind: 'withdrawal', cash: -40_025, qty: 0 }]);
  });

  it('have executions that stay stocks’ when their order says so, whatever the name looks like', async () => {
    const order = orderJson({ id: 'o8', symbol: 'BTCO', asset_class: 'us_equity' });
    const fill = fillJson(5, { symbol: 'BTCO', order_id: 'o8' });
    const answer: Answer = (response, asked) =>
      json(200, asked.path === '/v2/orders/o8' ? order : [fill])(response, asked);
    server.answer(answer);
    expect(await broker.fills(SINCE)).toMatchObject([{ ticker: 'BTCO' }]);
  });

  it.each([
    ['at their limit', { qty: '0.5', limit_price: '60000', filled_qty: '0.1' }, 2_400_000],
    ['at their notional', { qty: null, notional: '250', filled_qty: '0' }, 25_000],
    ['at nothing that is made up', { qty: '3', limit_price: null }, undefined],
  ])('have open orders that count %s', async (_, change, worth) => {
    const order = orderJson({ symbol: 'BTC/USD', asset_class: 'crypto', ...change });
    const foreignOrder = { ...order, client_order_id: 'by-hand' };
    expect(await on([foreignOrder]).openOrders()).toEqual([]);
    expect(await broker.unmanagedOrders()).toMatchObject([{ name: 'BTC/USD', side: 'buy', worth }]);
  });
});

describe('a manual order for a stock', () => {
  it('keeps its limit, its notional and its replacement', async () => {
    const limit = orderJson({ ...foreign, client_order_id: 'h1', limit_price: '12.5', qty: '40' });
    const money = orderJson({
      ...foreign,
      id: 'h2',
      client_order_id: '',
      qty: null,
      notional: '75',
    });
    const replaced = orderJson({
      ...foreign,
      id: 'h3',
      client_order_id: 'h3',
      order_class: 'bracket',
      replaces: 'h0',
      side: 'sell_short',
    });
    expect(await on([limit, money, replaced]).openOrders()).toMatchObject([
      { clientOrderId: 'h1', limitPrice: 12.5, qty: 40_000_000_000 },
      { clientOrderId: 'h2', notional: 7_500 },
      { clientOrderId: 'h3', side: 'sell', orderClass: 'bracket', replaces: 'h0' },
    ]);
  });
});
