/** Situations of real accounts, as the real SDK meets them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticker, wholeShares } from '#core/domain/units.ts';
import { DAY, type Desk, nyTime, openDesk, order } from './brokerage.ts';

let desk: Desk;
let realMs = 0;

beforeEach(async () => {
  realMs = 1_000_000;
  desk = await openDesk({ realNow: () => realMs });
});
afterEach(() => desk.broker.close());

const set = async (change: object): Promise<void> => {
  const { status, body } = await desk.raw('POST', '/sandbox/levers', change);
  expect(status, JSON.stringify(body)).toBe(200);
};
const hold = (symbol: string, shares: number): void =>
  desk.broker.apply({
    kind: 'trade',
    ticker: ticker(symbol),
    side: 'buy',
    qty: wholeShares(shares),
  });
const account = () => desk.alpaca.trading.account.getAccount();
const refused = (body: object) => desk.raw('POST', '/v2/orders', order({ ...body }));
const resting = (over: object = {}) => order({ type: 'limit', limit_price: '1.00', ...over });

describe('the limit on requests', () => {
  it('The trading host refuses the 201st request of a minute, and the data host counts its own.', async () => {
    const answers = await Promise.all(
      Array.from({ length: 201 }, () => desk.raw('GET', '/v2/clock')),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    const quotes = '/v2/stocks/quotes/latest?symbols=XLK&feed=iex';
    expect((await desk.raw('GET', quotes)).status).toBe(200);
    realMs += 60_000;
    expect((await desk.raw('GET', '/v2/clock')).status).toBe(200);
  });

  it('A minute of market time resets it as well, and the headers show the remaining requests.', async () => {
    await set({ requestsPerMinute: 2 });
    const headers = {
      'apca-api-key-id': desk.broker.keyId,
      'apca-api-secret-key': desk.broker.secret,
    };
    const ask = () => fetch(`${desk.broker.url}/v2/clock`, { headers });
    expect((await ask()).headers.get('x-ratelimit-remaining')).toBe('1');
    expect((await ask()).headers.get('x-ratelimit-remaining')).toBe('0');
    const third = await ask();
    expect([third.status, third.headers.get('x-ratelimit-limit')]).toEqual([429, '2']);
    expect(await third.json()).toEqual({ code: 42910000, message: 'rate limit exceeded' });
    desk.time.advance(60_000);
    expect((await ask()).status).toBe(200);
  });
});

describe('sale proceeds that appear late', () => {
  const sell = async (): Promise<void> => {
    hold('XLK', 100);
    desk.time.advance(60_000);
    await desk.raw('POST', '/v2/orders', order({ side: 'sell', qty: '100' }));
    desk.time.advance(60_000);
  };

  it('Cash appears after as many reads as the lever says.', async () => {
    await set({ cashLag: { reads: 2 } });
    await sell();
    const reads = [await account(), await account(), await account()];
    const [first, second, third] = reads.map(({ cash }) => Number(cash));
    expect(first).toBe(second);
    expect(third).toBeGreaterThan(second ?? 0);
  });

  it('Buying power comes with the next session, and buys are rejected until then.', async () => {
    await set({ buyingPowerLag: 'next-session' });
    await sell();
    const before = await account();
    expect(Number(before.buying_power)).toBeLessThan(Number(before.cash));
    const whole = { notional: String(Math.floor(Number(before.cash)) - 10), qty: undefined };
    expect((await refused(whole)).body).toMatchObject({ message: 'insufficient buying power' });
    desk.time.advanceTo(nyTime('2024-03-05', 10));
    const after = await account();
    expect(after.buying_power).toBe(after.cash);
    expect((await refused(whole)).status).toBe(200);
  });
});

describe('prices', () => {
  const latest = async (kind: 'trades' | 'quotes') =>
    (await desk.raw('GET', `/v2/stocks/${kind}/latest?symbols=XLK,XLV&feed=iex`)).body[kind];

  it('A trade may be from the day before, and a ticker may have none.', async () => {
    await set({ trades: { XLK: { ageMinutes: 24 * 60 }, XLV: { none: true } } });
    const trades = await latest('trades');
    expect(trades.XLV).toBeUndefined();
    expect(Date.parse(trades.XLK.t)).toBeLessThan(nyTime(DAY, 0));
  });

  it('A quote may be wide, one-sided, crossed, old or missing.', async () => {
    await set({ quotes: { XLK: { spreadBps: 200 }, XLV: { only: 'ask' } } });
    const wide = await latest('quotes');
    expect((wide.XLK.ap - wide.XLK.bp) / wide.XLK.bp).toBeCloseTo(0.02, 2);
    expect([wide.XLV.bp, wide.XLV.ap > 0]).toEqual([0, true]);
    await set({ quotes: { XLK: { crossed: true }, XLV: { none: true } } });
    const crossed = await latest('quotes');
    expect(crossed.XLK.bp).toBeGreaterThan(crossed.XLK.ap);
    expect(crossed.XLV).toBeUndefined();
  });
});

describe('orders that get stuck', () => {
  const status = async (id: string) =>
    (await desk.alpaca.trading.orders.getOrderByOrderID({ orderId: id })).status;

  it.each(['new', 'pending_cancel', 'held'] as const)(
    'An order of a ticker stuck at %s is never filled until the lever is reset.',
    async (stuck) => {
      await set({ stuck: { XLK: stuck } });
      const { body } = await desk.raw('POST', '/v2/orders', order());
      desk.time.advanceTo(nyTime('2024-03-06', 11));
      expect(await status(body.id)).toBe(stuck === 'held' ? 'held' : 'new');
      if (stuck === 'pending_cancel') {
        expect((await desk.raw('DELETE', `/v2/orders/${body.id}`)).status).toBe(204);
        desk.time.advance(3_600_000);
        expect(await status(body.id)).toBe('pending_cancel');
      }
      await set({ stuck: null });
      desk.time.advance(60_000);
      expect(['expired', 'canceled']).toContain(await status(body.id));
    },
  );

  it('A stuck order released in its own session is filled then, not earlier.', async () => {
    await set({ stuck: { XLK: 'new' } });
    const { body } = await desk.raw('POST', '/v2/orders', order());
    desk.time.advance(600_000);
    await set({ stuck: null });
    desk.time.advance(60_000);
    const filled = await desk.alpaca.trading.orders.getOrderByOrderID({ orderId: body.id });
    expect(filled.status).toBe('filled');
    expect(Number(filled.filledAt)).toBeGreaterThan(nyTime(DAY, 10) + 600_000);
  });
});

describe('a replaced order', () => {
  it('The new order replaces the old one, and each names the other.', async () => {
    const { body: old } = await desk.raw('POST', '/v2/orders', resting());
    desk.time.advance(1_000);
    const fresh = await desk.alpaca.trading.orders.patchOrderByOrderId({
      orderId: old.id,
      patchOrderRequest: { limitPrice: '1.01', qty: '2' },
    });
    expect(fresh).toMatchObject({ replaces: old.id, qty: '2', limit_price: '1.01' });
    const gone = (await desk.raw('GET', `/v2/orders/${old.id}`)).body;
    expect(gone).toMatchObject({ status: 'replaced', replaced_by: fresh.id });
    expect(gone.replaced_at).toEqual(expect.any(String));
    const open = await desk.alpaca.trading.orders.getAllOrders({ status: 'open' });
    expect(open.map(({ id }) => id)).toEqual([fresh.id]);
  });

  it('Fields sent empty change nothing, as the Go client sends all of them.', async () => {
    const { body: old } = await desk.raw('POST', '/v2/orders', resting());
    desk.time.advance(1_000);
    const empty = {
      qty: '3',
      time_in_force: '',
      limit_price: null,
      trail: null,
      client_order_id: '',
    };
    const { status, body } = await desk.raw('PATCH', `/v2/orders/${old.id}`, empty);
    expect([status, body.qty, body.limit_price, body.time_in_force]).toEqual([
      ...[200, '3', old.limit_price, old.time_in_force],
    ]);
  });

  it('A rejected replacement leaves the old order unchanged.', async () => {
    const { body: old } = await desk.raw('POST', '/v2/orders', resting());
    desk.time.advance(1_000);
    const answer = await desk.raw('PATCH', `/v2/orders/${old.id}`, { qty: '9000000' });
    expect(answer.status).toBe(403);
    expect((await desk.raw('GET', `/v2/orders/${old.id}`)).body).toMatchObject({
      status: 'new',
      replaced_by: null,
    });
  });
});

describe('restrictions of the account', () => {
  it('A liquidation-only account can sell but not buy, and says so.', async () => {
    hold('XLK', 2);
    await set({ account: { liquidationOnly: true } });
    expect((await refused({})).body.message).toBe('account is restricted to liquidation only');
    expect((await refused({ side: 'sell' })).status).toBe(200);
    const { admin_configurations: admin } = (await desk.raw('GET', '/v2/account')).body;
    expect(Object.values(admin.restrict_to_liquidation_reasons)).toContain(true);
  });

  it('Blocked accounts, untradable and unfractionable assets are reported and rejected.', async () => {
    await set({ assets: { XLK: { tradable: false }, XLV: { fractionable: false } } });
    expect((await refused({})).body.message).toBe('asset "XLK" is not tradable');
    expect((await refused({ symbol: 'XLV', qty: '0.5' })).body.message).toBe(
      'asset "XLV" is not fractionable',
    );
    expect((await desk.raw('GET', '/v2/assets/XLK')).body.tradable).toBe(false);
    await set({ account: { tradingBlocked: true } });
    expect((await desk.raw('GET', '/v2/account')).body.trading_blocked).toBe(true);
    expect((await refused({ symbol: 'XLE' })).status).toBe(403);
  });

  it('Shares reserved by somebody else cannot be sold.', async () => {
    hold('XLK', 99);
    await set({ reserved: { XLK: '1' } });
    expect((await desk.raw('GET', '/v2/positions/XLK')).body.qty_available).toBe('98');
    expect((await refused({ side: 'sell', qty: '99' })).body).toMatchObject({
      available: '98',
      held_for_orders: '1',
    });
    expect((await refused({ side: 'sell', qty: '98' })).status).toBe(200);
  });

  it.each(['bracket', 'oco', 'oto'])(
    'A %s order is rejected, not accepted without its legs.',
    async (kind) => {
      const legs = { take_profit: { limit_price: '900' }, stop_loss: { stop_price: '10' } };
      expect((await refused({ order_class: kind, ...legs })).status).toBe(422);
      expect((await refused(legs)).status).toBe(422);
      expect((await refused({ order_class: 'simple' })).status).toBe(200);
    },
  );
});

describe('foreign rows and unusual rows', () => {
  it('Foreign holdings are listed by their class and count towards equity.', async () => {
    hold('XLK', 1);
    const before = Number((await account()).equity);
    const coin = { symbol: 'BTCUSD', asset_class: 'crypto', qty: '0.5', market_value: '25000' };
    const short = {
      symbol: 'TSLA',
      asset_class: 'us_equity',
      side: 'short',
      qty: '-3',
      market_value: '-600',
    };
    await set({ foreign: { positions: [coin, short] } });
    expect(Number((await account()).equity) - before).toBeCloseTo(24_400);
    const symbols = async (query: string) =>
      (await desk.raw('GET', `/v2/positions${query}`)).body.map(
        (each: { symbol: string }) => each.symbol,
      );
    expect(await symbols('')).toEqual(['XLK', 'BTCUSD', 'TSLA']);
    expect(await symbols('?asset_class=crypto')).toEqual(['BTCUSD']);
    expect((await desk.raw('GET', '/v2/assets?asset_class=crypto')).body).toEqual([]);
  });

  it('A row has the fields that the lever sets, and may lack a field.', async () => {
    hold('XLK', 1);
    const odd = { current_price: '0', cost_basis: null, qty: 1e-7, market_value: '(absent)' };
    await set({ rows: { positions: { XLK: odd } } });
    const row = (await desk.raw('GET', '/v2/positions/XLK')).body;
    expect(row).toMatchObject({ current_price: '0', cost_basis: null, qty: 1e-7 });
    expect('market_value' in row).toBe(false);
  });

  it('A misspelt lever is rejected by name, and all levers can be reset at once.', async () => {
    const wrong = await desk.raw('POST', '/sandbox/levers', { requestsPerMinut: 1 });
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      expect.stringContaining('requestsPerMinut'),
    ]);
    await set({ requestsPerMinute: 7 });
    const { body } = await desk.raw('DELETE', '/sandbox/levers');
    expect(body.requestsPerMinute).toBe(200);
  });
});

describe('closing positions', () => {
  it('A position is closed in part or in full, all of them with an answer for each.', async () => {
    hold('XLK', 10);
    hold('XLV', 4);
    const part = await desk.raw('DELETE', '/v2/positions/XLK?percentage=50');
    expect(part.body).toMatchObject({ side: 'sell', qty: '5' });
    desk.time.advance(60_000);
    const { body: open } = await desk.raw('POST', '/v2/orders', resting());
    // As the client for Python writes it.
    const all = await desk.raw('DELETE', '/v2/positions?cancel_orders=True');
    expect((await desk.raw('GET', `/v2/orders/${open.id}`)).body.status).toBe('canceled');
    expect(all.status).toBe(207);
    expect(
      all.body.map((each: { symbol: string; status: number }) => [each.symbol, each.status]),
    ).toEqual([
      ['XLK', 200],
      ['XLV', 200],
    ]);
    desk.time.advance(60_000);
    expect((await desk.raw('GET', '/v2/positions')).body).toEqual([]);
    expect((await desk.raw('DELETE', '/v2/positions/XLK')).status).toBe(404);
  });

  it('Activities are listed in the requested order.', async () => {
    hold('XLV', 1);
    const { body } = await desk.raw('POST', '/v2/orders', order());
    desk.time.advance(60_000);
    const found = await desk.raw('GET', `/v2/account/activities/FILL?order_id=${body.id}`);
    expect(found.body.map((each: { symbol: string }) => each.symbol)).toEqual(['XLK']);
  });
});

it('An event over HTTP has the same effect on the account as one from a test.', async () => {
  const before = Number((await account()).cash);
  const deposit = { kind: 'deposit', amount: '12.34' };
  expect((await desk.raw('POST', '/sandbox/events', deposit)).status).toBe(204);
  expect(Number((await account()).cash) - before).toBeCloseTo(12.34);
  expect((await desk.raw('POST', '/sandbox/events', { kind: 'deposit' })).status).toBe(400);
});

it('A page of another origin reaches no lever, also with text/plain, and no other host name.', async () => {
  const post = (headers: Record<string, string>) =>
    fetch(`${desk.broker.url}/sandbox/speed`, {
      method: 'POST',
      headers,
      body: '{"speed":"second"}',
    });
  const foreign = { 'content-type': 'text/plain', origin: 'http://elsewhere.example' };
  expect((await post(foreign)).status).toBe(403);
  expect((await post({ origin: 'null' })).status).toBe(403);
  expect((await post({})).status).toBe(200);
});
