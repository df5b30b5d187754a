import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, type Desk, nyTime, openDesk, order } from './brokerage.ts';

let desk: Desk;
const post = (over: Readonly<Record<string, unknown>>) =>
  desk.raw('POST', '/v2/orders', order(over));

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.broker.close());

const invalid = (message: string) => ({ status: 422, body: { code: 40010001, message } });
const unprocessable = (message: string) => ({ status: 422, body: { code: 42210000, message } });
const forbidden = (message: string) => ({ status: 403, body: { code: 40310000, message } });

describe('an order is rejected with the real status, code and text', () => {
  it.each([
    ['no symbol', { symbol: undefined }, invalid('symbol is required')],
    ['an unknown symbol', { symbol: 'ZZZZ' }, unprocessable('asset "ZZZZ" not found')],
    ['a symbol in small letters', { symbol: 'xlk' }, unprocessable('asset "xlk" not found')],
    ['no side', { side: 'hold' }, invalid('invalid side')],
    ['no type', { type: 'magic' }, invalid('invalid type')],
    [
      'a stop order, which is not played',
      { type: 'stop', stop_price: '40' },
      unprocessable('stop orders are not supported for this account'),
    ],
    [
      'a stop limit order, which is not played',
      { type: 'stop_limit', stop_price: '40', limit_price: '39' },
      unprocessable('stop_limit orders are not supported for this account'),
    ],
    [
      'a trailing stop order, which is not played',
      { type: 'trailing_stop', trail_percent: '2' },
      unprocessable('trailing_stop orders are not supported for this account'),
    ],
    [
      'a short sale by its position intent',
      { side: 'sell', position_intent: 'sell_to_open' },
      unprocessable('position intent sell_to_open is not supported for this account'),
    ],
    ['an unknown position intent', { position_intent: 'hope' }, invalid('invalid position_intent')],
    ['no time in force', { time_in_force: 'week' }, invalid('invalid time_in_force')],
    ['neither qty nor notional', { qty: undefined }, invalid('qty or notional is required')],
    ['both of them', { notional: '5' }, invalid('only one of qty or notional is accepted')],
    ['nothing', { qty: '0' }, invalid('qty must be > 0')],
    ['less than nothing', { qty: '-1' }, invalid('qty must be > 0')],
    ['an exponent', { qty: '1e-7' }, invalid('invalid qty')],
    [
      'three decimals of money',
      { qty: undefined, notional: '5.001' },
      unprocessable('notional value must be limited to 2 decimal places'),
    ],
    [
      'ten decimals of a share',
      { qty: '0.1234567891' },
      unprocessable('qty must be limited to 9 decimal places'),
    ],
    [
      'a fraction good till cancelled',
      { qty: '0.5', time_in_force: 'gtc' },
      unprocessable('fractional orders must be DAY orders'),
    ],
    [
      'less than a dollar',
      { qty: undefined, notional: '0.99' },
      forbidden('cost basis must be >= minimal amount of order 1'),
    ],
    [
      'an id of 129 characters',
      { client_order_id: 'x'.repeat(129) },
      invalid('client_order_id must be no more than 128 characters'),
    ],
    [
      'a limit order without a limit',
      { type: 'limit' },
      unprocessable('limit orders require a limit price'),
    ],
    [
      'a limit of less than a cent',
      { type: 'limit', limit_price: '50.001' },
      unprocessable(
        'invalid limit_price 50.001. sub-penny increment does not fulfill minimum pricing criteria',
      ),
    ],
    [
      'the opening auction during the day',
      { time_in_force: 'opg' },
      forbidden('opg orders must be submitted after 7:00pm and before 9:28am'),
    ],
    [
      'extended hours at the market',
      { extended_hours: true },
      unprocessable('extended hours order must be DAY or GTC limit orders'),
    ],
    ['a short sale', { side: 'sell' }, forbidden('account is not allowed to short')],
  ])('for %s', async (_what, over, expected) => {
    expect(await post(over)).toEqual(expected);
  });

  it('for a body that is not JSON', async () => {
    const response = await fetch(`${desk.broker.url}/v2/orders`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
  });

  it('and leaves no trace', async () => {
    expect((await desk.raw('GET', '/v2/orders?status=all')).body).toEqual([]);
    const { body } = await desk.raw('GET', '/v2/account');
    expect(body.buying_power).toBe('100000.00');
  });

  it('for exceeding the buying power, with both amounts', async () => {
    const answer = await post({ symbol: 'XLK', qty: '100000' });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({
      code: 40310000,
      message: 'insufficient buying power',
      buying_power: '100000.00',
    });
    expect(Number(answer.body.cost_basis)).toBeGreaterThan(5_000_000);
  });

  it('by an account suspended by its user', async () => {
    await desk.alpaca.trading.accountConfigurations.patchAccountConfig({
      accountConfigurations: { suspendTrade: true },
    });
    expect(await post({})).toEqual(forbidden('new orders are rejected by user request'));
    await desk.raw('PATCH', '/v2/account/configurations', { suspend_trade: false });
    expect((await desk.raw('GET', '/v2/account')).body.trade_suspended_by_user).toBe(false);
  });

  it('by an account blocked by the broker', async () => {
    desk.broker.apply({ kind: 'block' });
    expect((await post({})).status).toBe(403);
    expect((await desk.raw('GET', '/v2/account')).body.trading_blocked).toBe(true);
    desk.broker.apply({ kind: 'unblock' });
  });
});

describe('open orders', () => {
  it('reserve buying power for buys until they end', async () => {
    const placed = await post({ symbol: 'XLY', qty: '500', type: 'limit', limit_price: '100.00' });
    const buyingPower = async () => (await desk.raw('GET', '/v2/account')).body.buying_power;
    expect(await buyingPower()).toBe('50000.00');
    expect(
      (await post({ symbol: 'XLY', qty: '600', type: 'limit', limit_price: '90.00' })).status,
    ).toBe(403);
    await desk.raw('DELETE', `/v2/orders/${placed.body.id}`);
    desk.time.advance(1_000);
    expect(await buyingPower()).toBe('100000.00');
  });

  it('make an opposite order on the same symbol a wash trade', async () => {
    const first = await post({ symbol: 'XLI', qty: '2' });
    const opposite = await post({ symbol: 'XLI', qty: '1', side: 'sell' });
    expect(opposite).toEqual({
      status: 403,
      body: {
        code: 40310000,
        message: 'potential wash trade detected. use complex orders',
        existing_order_id: first.body.id,
        reject_reason: 'opposite side market/stop order exists',
      },
    });
    desk.time.advance(60_000);
  });

  it('reserve shares for sells, so that nothing can be sold twice', async () => {
    const first = await post({
      symbol: 'XLI',
      side: 'sell',
      qty: '2',
      type: 'limit',
      limit_price: '900',
    });
    expect(first.status).toBe(200);
    expect((await desk.raw('GET', '/v2/positions/XLI')).body).toMatchObject({
      qty: '2',
      qty_available: '0',
    });
    const second = await post({ symbol: 'XLI', side: 'sell', qty: '1' });
    expect(second).toEqual({
      status: 403,
      body: {
        code: 40310000,
        message: 'insufficient qty available for order (requested: 1, available: 0)',
        available: '0',
        existing_qty: '2',
        held_for_orders: '2',
        related_orders: [first.body.id],
        symbol: 'XLI',
      },
    });
  });
});

describe('a client order id', () => {
  it('can be used only once, even by an order that was cancelled', async () => {
    const made = order({ type: 'limit', limit_price: '1.00' });
    const placed = await desk.raw('POST', '/v2/orders', made);
    expect(placed.status).toBe(200);
    expect(await desk.raw('POST', '/v2/orders', made)).toEqual(
      invalid('client_order_id must be unique'),
    );
    await desk.raw('DELETE', `/v2/orders/${placed.body.id}`);
    desk.time.advance(1_000);
    expect(await desk.raw('POST', '/v2/orders', made)).toEqual(
      invalid('client_order_id must be unique'),
    );
  });
});

describe('the API', () => {
  it.each(['/v2/account', '/v2/stocks/bars', '/nowhere'])(
    'rejects wrong keys at %s',
    async (path) => {
      const headers = { 'apca-api-key-id': desk.broker.keyId, 'apca-api-secret-key': 'wrong' };
      const response = await fetch(desk.broker.url + path, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ message: 'unauthorized.' });
    },
  );

  it('answers an unknown path with 404 and JSON', async () => {
    expect((await desk.raw('GET', '/v2/nowhere')).status).toBe(404);
  });

  it('shows New York time on its clock and half days in its calendar', async () => {
    const clock = await desk.alpaca.trading.clock.legacyClock();
    expect(clock.isOpen).toBe(true);
    expect(clock.nextClose?.getTime()).toBe(nyTime(DAY, 16));
    expect((await desk.raw('GET', '/v2/clock')).body.timestamp).toMatch(
      /T10:\d\d:\d\d\.\d+-05:00$/,
    );
    const days = await desk.alpaca.trading.calendar.legacyCalendar({
      start: new Date('2024-07-01'),
      end: new Date('2024-07-05'),
    });
    expect(days.map((day) => day.close)).toEqual(['16:00', '16:00', '13:00', '16:00']);
  });

  it('lists the tradable assets', async () => {
    const assets = await desk.alpaca.trading.assets.getV2Assets({ status: 'active' });
    expect(assets).toHaveLength(13);
    const one = await desk.alpaca.trading.assets.getV2AssetsSymbolOrAssetId({
      symbolOrAssetId: 'TLT',
    });
    expect(one).toMatchObject({ symbol: 'TLT', tradable: true, fractionable: true });
    expect((await desk.raw('GET', '/v2/assets/NONE')).status).toBe(404);
    expect((await desk.raw('GET', '/v2/positions/NONE')).body.code).toBe(40410000);
  });
});
