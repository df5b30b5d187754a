import { afterEach, describe, expect, it } from 'vitest';
import { cents, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import { DAY, type Desk, nyTime, openDesk, order } from './brokerage.ts';

const MINUTE = 60_000;
let open: Desk[] = [];

async function desk(...over: Parameters<typeof openDesk>): Promise<Desk> {
  const made = await openDesk(...over);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.map(({ broker }) => broker.close()));
  open = [];
});

describe('an order during a session', () => {
  it('is pending, then new, then filled in whole cents at the moving price', async () => {
    const { alpaca, time } = await desk();
    const placed = await alpaca.trading.orders.market({ symbol: 'XLK', side: 'buy', qty: '10' });
    expect(placed.status).toBe('pending_new');
    time.advance(300);
    const acknowledged = await alpaca.trading.orders.getOrderByOrderID({
      orderId: placed.id ?? '',
    });
    expect(acknowledged.status).toBe('new');
    time.advance(MINUTE);
    const filled = await alpaca.trading.orders.getOrderByOrderID({ orderId: placed.id ?? '' });
    expect(filled).toMatchObject({ status: 'filled', filledQty: '10' });
    expect(filled.filledAvgPrice).toMatch(/^\d+(\.\d{1,2})?$/);
    const [position] = await alpaca.trading.positions.getAllOpenPositions();
    expect(position).toMatchObject({
      symbol: 'XLK',
      qty: '10',
      avgEntryPrice: filled.filledAvgPrice,
    });
    const account = await alpaca.trading.account.getAccount();
    const cost = Number(filled.filledAvgPrice) * 10;
    expect(Number(account.cash)).toBeCloseTo(100_000 - cost, 9);
    expect(account.accountNumber).toBe('PA3SANDBOX01');
  });

  it('fills even without any request', async () => {
    const { raw, time, broker } = await desk();
    await raw('POST', '/v2/orders', order());
    time.advance(MINUTE);
    broker.faults.add({
      on: () => true,
      fault: { kind: 'answer', effect: false, status: 503, body: '' },
    });
    expect((await raw('GET', '/v2/positions/XLK')).status).toBe(503);
    const activities = await raw('GET', '/v2/account/activities/FILL');
    const at = Date.parse(activities.body[0].transaction_time);
    expect(at).toBeLessThan(nyTime(DAY, 10) + 5_000);
  });

  it('is filled in two or three parts one time in ten, always completely', async () => {
    const { raw, time } = await desk();
    for (let n = 0; n < 200; n++) {
      await raw('POST', '/v2/orders', order({ qty: '6' }));
      time.advance(20_000);
    }
    const { body: orders } = await raw('GET', '/v2/orders?status=all&limit=500');
    expect(orders).toHaveLength(200);
    expect(new Set(orders.map((each: { status: string }) => each.status))).toEqual(
      new Set(['filled']),
    );
    const fills = await everyFill(raw);
    const parts = new Map<string, string[]>();
    for (const fill of fills)
      parts.set(fill.order_id, [...(parts.get(fill.order_id) ?? []), fill.qty]);
    const counts = [...parts.values()].map((each) => each.length);
    const inParts = counts.filter((count) => count > 1).length;
    expect(inParts).toBeGreaterThan(8);
    expect(inParts).toBeLessThan(36);
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    for (const sizes of parts.values()) {
      expect(sizes.reduce((sum, size) => sum + Number(size), 0)).toBe(6);
    }
  });

  it('accepts fractions of a share and dollar amounts', async () => {
    const { raw, time } = await desk();
    await raw('POST', '/v2/orders', order({ symbol: 'XLE', qty: '0.123456789' }));
    const placed = await raw(
      'POST',
      '/v2/orders',
      order({ symbol: 'XLF', qty: undefined, notional: '500' }),
    );
    expect(placed.body).toMatchObject({ qty: null, notional: '500.00' });
    time.advance(MINUTE);
    expect((await raw('GET', '/v2/positions/XLE')).body.qty).toBe('0.123456789');
    expect((await raw('GET', `/v2/orders/${placed.body.id}`)).body).toMatchObject({
      status: 'filled',
      qty: null,
    });
    const { body } = await raw('GET', '/v2/positions/XLF');
    expect(Number(body.cost_basis)).toBeCloseTo(500, 1);
  });

  it('expires at the close if its limit was never reached', async () => {
    const { raw, time } = await desk();
    const limit = order({ type: 'limit', limit_price: '1.00' });
    const placed = await raw('POST', '/v2/orders', limit);
    time.advanceTo(nyTime(DAY, 16, 1));
    const { body } = await raw('GET', `/v2/orders/${placed.body.id}`);
    expect(body).toMatchObject({ status: 'expired', filled_qty: '0' });
    expect(Date.parse(body.expired_at)).toBe(nyTime(DAY, 16));
  });

  it('is filled at its limit or better when the price reaches it', async () => {
    const { raw, time } = await desk({ start: nyTime(DAY, 9, 30) });
    const { body: trades } = await raw('GET', '/v2/stocks/trades/latest?symbols=XLK&feed=iex');
    const below = (trades.trades.XLK.p * 0.995).toFixed(2);
    const placed = await raw('POST', '/v2/orders', order({ type: 'limit', limit_price: below }));
    time.advance(5_000);
    expect((await raw('GET', `/v2/orders/${placed.body.id}`)).body.status).toBe('new');
    time.advanceTo(nyTime(DAY, 15, 59));
    const { body } = await raw('GET', `/v2/orders/${placed.body.id}`);
    expect(body.status).toBe('filled');
    expect(Number(body.filled_avg_price)).toBeLessThanOrEqual(Number(below));
  });

  it('is never filled outside a session, however late it comes', async () => {
    const { raw, time } = await desk({ start: epochMs(nyTime(DAY, 16) - 200) });
    const placed = await raw('POST', '/v2/orders', order());
    time.advance(MINUTE);
    const { body } = await raw('GET', `/v2/orders/${placed.body.id}`);
    expect(body.status).toBe('filled');
    expect(Date.parse(body.filled_at)).toBeLessThan(nyTime(DAY, 16));
  });
});

describe('an order outside a session', () => {
  it('is accepted and waits for the next open', async () => {
    const { raw, time } = await desk({ start: nyTime('2024-03-08', 17) });
    const placed = await raw('POST', '/v2/orders', order());
    expect(placed).toMatchObject({ status: 200, body: { status: 'accepted' } });
    time.advanceTo(nyTime('2024-03-11', 9, 29));
    expect((await raw('GET', `/v2/orders/${placed.body.id}`)).body.status).toBe('accepted');
    time.advanceTo(nyTime('2024-03-11', 9, 31));
    expect((await raw('GET', `/v2/orders/${placed.body.id}`)).body.status).toBe('filled');
  });
});

describe('a cancel', () => {
  it('is accepted with 204 and takes effect a little later', async () => {
    const { alpaca, raw, time } = await desk();
    const { body } = await raw('POST', '/v2/orders', order({ type: 'limit', limit_price: '1.00' }));
    time.advance(1_000);
    await alpaca.trading.orders.deleteOrderByOrderID({ orderId: body.id });
    const status = async () => (await raw('GET', `/v2/orders/${body.id}`)).body.status;
    expect(await status()).toBe('pending_cancel');
    time.advance(1_000);
    expect(await status()).toBe('canceled');
    expect(await raw('DELETE', `/v2/orders/${body.id}`)).toEqual({
      status: 422,
      body: { code: 42210000, message: 'order is already in "canceled" state' },
    });
  });

  it('of all orders is answered with 207 and a line for each', async () => {
    const { raw, time } = await desk();
    for (const symbol of ['XLK', 'XLE']) {
      await raw('POST', '/v2/orders', order({ symbol, type: 'limit', limit_price: '1.00' }));
    }
    const { status, body } = await raw('DELETE', '/v2/orders');
    expect(status).toBe(207);
    expect(body.map((each: { status: number }) => each.status)).toEqual([200, 200]);
    time.advance(1_000);
    expect((await raw('GET', '/v2/orders')).body).toEqual([]);
  });

  it('of an unknown order is answered with 404', async () => {
    const { raw } = await desk();
    expect(await raw('DELETE', '/v2/orders/nothing')).toEqual({
      status: 404,
      body: { code: 40410000, message: 'order not found for nothing' },
    });
  });
});

describe('the list of orders', () => {
  it('filters by status, symbol, side and time, and pages without loss in both directions', async () => {
    const { alpaca, raw, time } = await desk();
    for (let n = 0; n < 60; n++) {
      const symbol = n % 2 === 0 ? 'XLK' : 'XLE';
      await raw('POST', '/v2/orders', order({ symbol, qty: '1', client_order_id: `n-${n}` }));
    }
    expect(await alpaca.trading.orders.getAllOrders({ status: 'open' })).toHaveLength(50);
    time.advance(MINUTE);
    expect(await alpaca.trading.orders.getAllOrders({ status: 'open' })).toEqual([]);
    const even = await alpaca.trading.orders.getAllOrders({
      status: 'closed',
      symbols: 'XLK',
      limit: 500,
    });
    expect(even).toHaveLength(30);
    expect(even[0]?.clientOrderId).toBe('n-58');
    const { body: sold } = await raw('GET', '/v2/orders?status=all&side=sell');
    expect(sold).toEqual([]);
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const query = `status=all&limit=7&direction=asc&after=${encodeURIComponent(after)}`;
      const { body } = await raw('GET', `/v2/orders?${query}`);
      if (body.length === 0) break;
      seen.push(...body.map((each: { client_order_id: string }) => each.client_order_id));
      after = body.at(-1).submitted_at;
    }
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => `n-${n}`));
  });

  it('finds an order by its client id', async () => {
    const { alpaca, raw } = await desk();
    const made = order();
    await raw('POST', '/v2/orders', made);
    const clientOrderId = made.client_order_id;
    const found = await alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId });
    expect(found.symbol).toBe('XLK');
    expect((await raw('GET', '/v2/orders:by_client_order_id?client_order_id=x')).status).toBe(404);
  });
});

describe('an event on the account', () => {
  it('is booked and listed', async () => {
    const { broker, raw } = await desk();
    broker.apply({ kind: 'deposit', amount: cents(50_000) });
    broker.apply({ kind: 'trade', ticker: ticker('XLV'), side: 'buy', qty: wholeShares(3) });
    broker.apply({ kind: 'split', ticker: ticker('XLV'), from: 1, to: 2 });
    broker.apply({ kind: 'withdraw', amount: cents(10_000) });
    expect((await raw('GET', '/v2/positions/XLV')).body.qty).toBe('6');
    const { body } = await raw('GET', '/v2/account/activities');
    const types = body.map((each: { activity_type: string }) => each.activity_type);
    expect(types).toEqual(['CSW', 'SPLIT', 'FILL', 'CSD']);
    const cash = Number((await raw('GET', '/v2/account')).body.cash);
    expect(cash).toBeCloseTo(100_000 + 500 - 100 - 3 * Number(body[2].price), 9);
  });

  it('such as a halt keeps orders waiting until it ends', async () => {
    const { broker, raw, time } = await desk();
    broker.apply({ kind: 'halt', ticker: ticker('XLK') });
    const { body } = await raw('POST', '/v2/orders', order());
    time.advance(10 * MINUTE);
    expect((await raw('GET', `/v2/orders/${body.id}`)).body.status).toBe('new');
    broker.apply({ kind: 'resume', ticker: ticker('XLK') });
    time.advance(MINUTE);
    const { body: filled } = await raw('GET', `/v2/orders/${body.id}`);
    expect(filled.status).toBe('filled');
    expect(Date.parse(filled.filled_at)).toBeGreaterThan(nyTime(DAY, 10, 10));
  });

  it('such as a halt leaves the latest trade and quote unchanged', async () => {
    const { broker, raw, time } = await desk();
    const at = async (kind: 'trades' | 'quotes'): Promise<number> => {
      const { body } = await raw('GET', `/v2/stocks/${kind}/latest?symbols=XLK&feed=iex`);
      return Date.parse(body[kind].XLK.t);
    };
    time.advance(MINUTE);
    broker.apply({ kind: 'halt', ticker: ticker('XLK') });
    const before = await at('trades');
    time.advance(10 * MINUTE);
    expect([await at('trades'), await at('quotes')]).toEqual([before, before]);
    broker.apply({ kind: 'resume', ticker: ticker('XLK') });
    expect(await at('trades')).toBe(before + 10 * MINUTE);
  });

  it('can still reject an accepted order', async () => {
    const { broker, raw } = await desk();
    const { body } = await raw('POST', '/v2/orders', order());
    broker.apply({ kind: 'reject', orderId: body.id });
    const { body: after } = await raw('GET', `/v2/orders/${body.id}`);
    expect(after).toMatchObject({ status: 'rejected' });
    expect(after.failed_at).not.toBeNull();
  });
});

type Raw = Desk['raw'];

async function everyFill(
  raw: Raw,
): Promise<readonly { order_id: string; qty: string; id: string }[]> {
  const all: { order_id: string; qty: string; id: string }[] = [];
  for (let token = ''; ; ) {
    const { body } = await raw('GET', `/v2/account/activities/FILL?page_size=100${token}`);
    all.push(...body);
    if (body.length < 100) return all;
    token = `&page_token=${encodeURIComponent(body.at(-1).id)}`;
  }
}
