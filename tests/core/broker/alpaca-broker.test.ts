import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { flowValue } from '#core/domain/activity.ts';
import { ACTIVITY_RULES } from '#core/domain/activity-types.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Broker } from '#core/ports.ts';
import { silentLog } from '#tests/support/log.ts';
import {
  type Answer,
  clientOf,
  IMPATIENT_MS,
  json,
  type Loopback,
  loopback,
  nothing,
  text,
} from './loopback.ts';
import { manualTimers } from './manual-timers.ts';
import { accountJson, fillJson, orderJson, positionJson } from './wire.ts';

const SINCE = epochMs(Date.UTC(2026, 10, 10, 14, 0));
const XLK = ticker('XLK');

let server: Loopback;
let broker: Broker;
beforeAll(async () => {
  server = await loopback();
  broker = brokerOf();
});
afterAll(async () => {
  await broker.close();
  await server.close();
});

function brokerOf(timeoutMs?: number): Broker {
  return createAlpacaBroker({
    alpaca: clientOf(server.url, timeoutMs === undefined ? {} : { timeoutMs }),
    streamUrl: server.url.replace('http', 'ws'),
    realTimers: manualTimers(),
    log: silentLog,
  });
}

function on(answer: Answer): Broker {
  server.asked.length = 0;
  server.answer(answer);
  return broker;
}

describe('the account', () => {
  it('is read to the cent, debt as negative', async () => {
    expect(await on(json(200, accountJson())).account()).toEqual({
      id: 'e6fe16f3-64a4-4921-8928-cadf02f92f98',
      number: 'PA3T3ST00001',
      status: 'ACTIVE',
      equity: 10_002_346,
      cash: -125_055,
      buyingPower: 20_000_001,
      blocked: false,
    });
  });

  it.each(['ONBOARDING', 'REJECTED', 'ACCOUNT_CLOSED'])(
    'is blocked while it is %s',
    async (status) => {
      const answer = json(200, accountJson({ status }));
      expect(await on(answer).account()).toMatchObject({ status, blocked: true });
    },
  );

  it('allows only closing when the broker restricts it, for whatever reason', async () => {
    const reasons = { ach_return: false, unspecified: true };
    const restricted = { admin_configurations: { restrict_to_liquidation_reasons: reasons } };
    expect(await on(json(200, accountJson(restricted))).account()).toMatchObject({
      blocked: false,
      liquidationOnly: true,
    });
    for (const admin_configurations of [null, {}, 'none']) {
      const found = await on(json(200, accountJson({ admin_configurations }))).account();
      expect(found.liquidationOnly ?? false).toBe(false);
    }
  });

  it.each(['account_blocked', 'trading_blocked', 'trade_suspended_by_user'])(
    'is blocked when the broker says %s',
    async (field) => {
      const answer = json(200, accountJson({ [field]: true }));
      expect(await on(answer).account()).toMatchObject({ blocked: true });
    },
  );

  it.each([
    'id',
    'account_number',
    'status',
    'equity',
    'cash',
    'buying_power',
    'account_blocked',
    'trading_blocked',
    'trade_suspended_by_user',
  ])('without %s is an error that names the field', async (field) => {
    for (const missing of [undefined, null]) {
      const failure = on(json(200, accountJson({ [field]: missing }))).account();
      await expect(failure).rejects.toMatchObject({
        remedy: 'retry',
        message: expect.stringContaining(`field ${field}`),
      });
    }
  });

  it.each(['1e5', 'NaN', '', ' ', '12,5', 100_000, '99999999999999999999'])(
    'with %j for cash is an error that names the field',
    async (cash) => {
      const failure = on(json(200, accountJson({ cash }))).account();
      await expect(failure).rejects.toThrow(/field cash/);
    },
  );

  it('in another currency than dollars is an error that names the field', async () => {
    const failure = on(json(200, accountJson({ currency: 'EUR' }))).account();
    await expect(failure).rejects.toThrow('field currency: expected USD');
    for (const none of [null, undefined]) {
      expect(await on(json(200, accountJson({ currency: none }))).account()).toHaveProperty('cash');
    }
  });

  it('needs none of the fields that the broker removed in 2026', async () => {
    const answer = accountJson({ last_equity: null });
    expect(await on(json(200, answer)).account()).toHaveProperty('equity');
  });
});

describe('positions', () => {
  it('are read with fractions, and short ones as negative', async () => {
    const short = positionJson('XLE', { side: 'short', qty: '-2', qty_available: '-2' });
    const found = await on(json(200, [positionJson('XLK'), short])).positions();
    expect(found).toEqual([
      {
        ticker: 'XLK',
        qty: 10_500_000_000,
        available: 4_000_000_000,
        averagePrice: 101.255,
        currentPrice: 110.5,
        marketValue: 116_025,
        unrealised: -9_707,
      },
      expect.objectContaining({ ticker: 'XLE', qty: -2_000_000_000, available: -2_000_000_000 }),
    ]);
  });

  it('that are short are negative however the broker signs them', async () => {
    const short = positionJson('XLE', { side: 'short', qty: '2', qty_available: '2' });
    const [found] = await on(json(200, [short])).positions();
    expect(found).toMatchObject({ qty: -2_000_000_000, available: -2_000_000_000 });
  });

  it('without a price at night have none, not 0', async () => {
    const night = { current_price: null, market_value: null, unrealized_pl: null };
    const [found] = await on(json(200, [positionJson('XLK', night)])).positions();
    expect(found).toMatchObject({
      currentPrice: undefined,
      marketValue: undefined,
      unrealised: undefined,
    });
  });

  it('leave out options and crypto pairs', async () => {
    const others = [
      positionJson('AAPL240621C00190000', { asset_class: 'us_option' }),
      positionJson('BTCUSD', { asset_class: 'crypto' }),
    ];
    const found = await on(json(200, [...others, positionJson('BRK.B')])).positions();
    expect(found.map((each) => each.ticker)).toEqual(['BRK.B']);
  });

  it.each(['side', 'qty', 'avg_entry_price'])(
    'of Rotor’s without %s are an error that names ticker and field',
    async (field) => {
      const bad = positionJson('XLK', { [field]: undefined });
      const failure = on(json(200, [positionJson('XLE'), bad])).positions();
      await expect(failure).rejects.toThrow(`could not be read: XLK: field ${field}`);
    },
  );
});

describe('clock, calendar, assets and prices', () => {
  it('reads the clock with its nanoseconds and time zone', async () => {
    const wire = {
      timestamp: '2026-11-10T10:00:00.451420928-05:00',
      is_open: true,
      next_open: '2026-11-11T09:30:00-05:00',
      next_close: '2026-11-10T16:00:00-05:00',
    };
    expect(await on(json(200, wire)).clock()).toEqual({
      at: Date.UTC(2026, 10, 10, 15, 0, 0, 451),
      open: true,
      nextOpen: Date.UTC(2026, 10, 11, 14, 30),
      nextClose: Date.UTC(2026, 10, 10, 21),
    });
  });

  it('reads half days in New York time and drops days outside the range', async () => {
    const wire = [
      { date: '2026-11-25', open: '09:30', close: '16:00' },
      { date: '2026-11-27', open: '09:30', close: '13:00' },
    ];
    const day = sessionDate('2026-11-27');
    expect(await on(json(200, wire)).calendar(day, day)).toEqual([
      { date: day, open: newYorkInstant(day, 570), close: newYorkInstant(day, 780) },
    ]);
  });

  it('leaves out an asset unknown to the broker, and does not trade an inactive one', async () => {
    const answer: Answer = (response, asked) => {
      const symbol = asked.path.split('/').at(-1) ?? '';
      const wire = { symbol, status: 'active', tradable: true, fractionable: true };
      const status = symbol === 'XLE' ? 'inactive' : 'active';
      if (symbol === 'XLF')
        json(404, { code: 40410000, message: 'asset not found' })(response, asked);
      else json(200, { ...wire, status })(response, asked);
    };
    expect(await on(answer).assets(['XLK', 'XLE', 'XLF'].map(ticker))).toEqual([
      { ticker: 'XLK', tradable: true, fractionable: true },
      { ticker: 'XLE', tradable: false, fractionable: true },
    ]);
  });

  it('reads latest prices; a ticker without a trade is absent', async () => {
    const trades = { XLK: { t: '2026-11-10T15:00:00.5Z', p: 201.25, s: 3, x: 'V' } };
    const found = await on(json(200, { trades })).latestPrices([XLK, ticker('XLE')]);
    expect([...found]).toEqual([
      [
        'XLK',
        {
          ticker: 'XLK',
          price: 201.25,
          at: Date.UTC(2026, 10, 10, 15, 0, 0, 500),
          source: 'trade',
        },
      ],
    ]);
    expect(server.asked[0]?.query.get('feed')).toBe('iex');
  });

  it.each([0, -1, null, 'abc'])(
    'a latest price of %j is none for its ticker, which is named',
    async (p) => {
      const trades = {
        XLK: { t: '2026-11-10T15:00:00Z', p },
        XLE: { t: '2026-11-10T15:00:00Z', p: 90 },
      };
      const found = await on(json(200, { trades })).latestPrices([XLK, ticker('XLE')]);
      expect([...found.keys()]).toEqual(['XLE']);
      expect(broker.setAside()).toMatchObject([{ answer: 'prices', name: 'XLK' }]);
    },
  );
});

describe('one order', () => {
  it('that the broker does not list is undefined', async () => {
    const answer = json(404, { code: 40410000, message: 'order not found for rotor-1' });
    expect(await on(answer).orderByClientId('rotor-1')).toBeUndefined();
  });

  it.each([
    ['new', 'open'],
    ['partially_filled', 'open'],
    // Its figures do not say so yet: nothing more may be sent for it.
    ['filled', 'open'],
    ['done_for_day', 'open'],
    ['canceled', 'canceled'],
    ['expired', 'expired'],
    ['replaced', 'replaced'],
    ['pending_cancel', 'open'],
    ['pending_replace', 'open'],
    ['pending_new', 'open'],
    ['accepted', 'open'],
    ['accepted_for_bidding', 'open'],
    ['stopped', 'open'],
    ['rejected', 'rejected'],
    ['suspended', 'open'],
    ['calculated', 'open'],
    ['held', 'open'],
    ['a_word_of_next_year', 'open'],
  ])('that is %s at the broker is %s to us', async (brokerStatus, status) => {
    const order = await on(json(200, orderJson({ status: brokerStatus }))).orderByClientId('x');
    expect(order).toMatchObject({ status, brokerStatus });
  });

  it.each(['filled', 'new', 'calculated', 'canceled', 'replaced'])(
    'that is completely filled counts as filled, though the broker calls it %s',
    async (status) => {
      const wire = orderJson({ status, filled_qty: '3', filled_avg_price: '99.755' });
      expect(await on(json(200, wire)).orderByClientId('x')).toMatchObject({
        status: 'filled',
        brokerStatus: status,
      });
    },
  );

  it('that was cancelled after a partial fill keeps the filled quantity', async () => {
    const wire = { status: 'canceled', filled_qty: '1.5', filled_avg_price: '99.755' };
    expect(await on(json(200, orderJson(wire))).orderByClientId('x')).toMatchObject({
      status: 'canceled',
      filledQty: 1_500_000_000,
      averagePrice: 99.755,
    });
  });

  it('is cancelled by its id; if nothing is left to cancel, that is not an error', async () => {
    await on((response) => void response.writeHead(204).end()).cancel('order-1');
    expect(server.asked).toMatchObject([{ method: 'DELETE', path: '/v2/orders/order-1' }]);
    const filled = { code: 42210000, message: 'order is already in "filled" state' };
    expect(await on(json(422, filled)).cancel('order-1')).toBeUndefined();
    expect(server.asked).toHaveLength(1);
  });

  it('that the broker does not know cannot be cancelled', async () => {
    const failure = on(json(404, { code: 40410000, message: 'order not found' })).cancel('order-9');
    await expect(failure).rejects.toThrow(/cancel of order-9: order not found/);
  });
});

/** A broker with so many orders, of which every third was submitted in one and the same millisecond. */
function bookOf(count: number): Answer {
  const all = Array.from({ length: count }, (_, index) => {
    const micros = String(index % 3).padStart(3, '0');
    const at = new Date(SINCE + Math.floor(index / 3)).toISOString().replace('Z', `${micros}Z`);
    return orderJson({ id: `order-${index}`, client_order_id: `rotor-${index}`, submitted_at: at });
  });
  return (response, asked) => {
    const after = Date.parse(asked.query.get('after') ?? '1970-01-01T00:00:00Z');
    const limit = Number(asked.query.get('limit'));
    const later = all.filter((each) => Date.parse(String(each['submitted_at'])) > after);
    const found = asked.query.get('status') === 'open' ? [] : later.slice(0, limit);
    json(200, found)(response, asked);
  };
}

describe('all orders', () => {
  it.each([0, 1, 499, 500, 501, 1_000, 1_700])('are read completely: %i', async (count) => {
    const found = await on(bookOf(count)).orders(SINCE);
    expect(new Set(found.map(({ id }) => id)).size).toBe(count);
    expect(found).toHaveLength(count);
    expect(
      found.every(({ submittedAt }, i) => submittedAt >= (found[i - 1]?.submittedAt ?? 0)),
    ).toBe(true);
  });

  const before = orderJson({ id: 'moving', status: 'new' });
  const after = { ...before, status: 'filled', filled_qty: '3', filled_avg_price: '100' };

  it.each([
    ['first', before, after],
    ['last', after, before],
  ])(
    'include old open orders, each once, with the more advanced state: %s',
    async (_, open, all) => {
      const old = orderJson({ id: 'old', submitted_at: '2025-01-02T15:00:00Z', status: 'held' });
      const answer: Answer = (response, asked) =>
        json(200, asked.query.get('status') === 'open' ? [old, open] : [all])(response, asked);
      const found = await on(answer).orders(SINCE);
      expect(found.map(({ id, status }) => [id, status])).toEqual([
        ['old', 'open'],
        ['moving', 'filled'],
      ]);
    },
  );

  it('that may still fill are requested as open ones only', async () => {
    const found = await on(json(200, [orderJson()])).openOrders();
    expect(found.map(({ id }) => id)).toEqual(['order-1']);
    expect(server.asked.map(({ query }) => query.get('status'))).toEqual(['open']);
  });

  it('are an error when the list never ends', async () => {
    const page = Array.from({ length: 500 }, (_, index) => orderJson({ id: `order-${index}` }));
    await expect(on(json(200, page)).openOrders()).rejects.toThrow(/does not end/);
  });

  it('of other kinds do not stop the reading', async () => {
    const legs = orderJson({ id: 'legs', symbol: '', side: '', order_class: 'mleg', qty: '1' });
    const notional = orderJson({ id: 'notional', qty: null, notional: '50', filled_qty: '0.4' });
    const found = await on(json(200, [legs, notional])).openOrders();
    expect(found).toMatchObject([{ id: 'notional', qty: 400_000_000, filledQty: 400_000_000 }]);
  });
});

describe('fills', () => {
  it.each([0, 1, 99, 100, 101, 250])('are read completely, page by page: %i', async (count) => {
    const all = Array.from({ length: count }, (_, index) => fillJson(index));
    const answer: Answer = (response, asked) => {
      const token = asked.query.get('page_token');
      const start = token === null ? 0 : all.findIndex(({ id }) => id === token) + 1;
      const size = Number(asked.query.get('page_size'));
      json(200, all.slice(start, start + size))(response, asked);
    };
    const found = await on(answer).fills(SINCE);
    expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(server.asked[0]?.query.get('activity_types')).toBe('FILL');
    expect(server.asked[0]?.query.get('after')).toBe(new Date(SINCE).toISOString());
  });

  it('of one millisecond are ordered by their cumulative quantity', async () => {
    const at = '2026-11-10T15:00:00.100Z';
    const wire = ['3', '1', '2'].map((cum_qty) =>
      fillJson(0, { id: `fill-${cum_qty}`, cum_qty, transaction_time: at }),
    );
    const found = await on(json(200, wire)).fills(SINCE);
    expect(found.map(({ id }) => id)).toEqual(['fill-1', 'fill-2', 'fill-3']);
  });

  it('are an error when the pages never end', async () => {
    const page = Array.from({ length: 100 }, (_, index) => fillJson(index));
    await expect(on(json(200, page)).fills(SINCE)).rejects.toThrow(/does not end/);
  });
});

describe('activities', () => {
  const activity = (id: string, activity_type: string, changes = {}) => ({
    id,
    activity_type,
    date: '2026-11-10',
    net_amount: '12.34',
    status: 'executed',
    ...changes,
  });

  it.each([
    ['CSD', '500', 'deposit', 50_000],
    ['CSW', '-500', 'withdrawal', -50_000],
    ['JNLC', '-1.5', 'withdrawal', -150],
    ['DIV', '1.05', 'dividend', 105],
    ['DIVNRA', '-0.16', 'dividend', -16],
    ['INT', '-2', 'interest', -200],
    ['FEE', '-0.01', 'fee', -1],
    ['MA', '7', 'split', 700],
    ['A_NEW_KIND', '7', 'other', 700],
  ])('of type %s and amount %s are a %s', async (type, net_amount, kind, cash) => {
    const found = await on(json(200, [activity('a', type, { net_amount })])).activities(SINCE);
    expect(found).toEqual([
      {
        id: 'a',
        kind,
        type,
        ticker: undefined,
        qty: 0,
        cash,
        at: newYorkInstant(sessionDate('2026-11-10'), 0),
      },
    ]);
  });

  const everyRow = Object.keys(ACTIVITY_RULES)
    .filter((name) => ACTIVITY_RULES[name]?.meaning !== 'trade')
    .flatMap((name) =>
      [1, -1].flatMap((sign) =>
        ['XLK', 'TSLA', undefined].map((of) => ({ name, sign, of, rule: ACTIVITY_RULES[name] })),
      ),
    );

  it.each(everyRow)(
    '$name of sign $sign in $of has one effect: cash always, shares and performance by rule',
    async ({ name, sign, of, rule }) => {
      const [type = '', sub] = name.split('.');
      const row = activity('a', type, {
        net_amount: String(5 * sign),
        ...(sub && { activity_sub_type: sub }),
        ...(of && { symbol: of, asset_class: 'us_equity', qty: String(2 * sign), price: '100' }),
      });
      const [found] = await on(json(200, [row])).activities(SINCE);
      if (!found || !rule) throw new Error('expected the activity');
      const shares = of && rule.movesShares ? 2_000_000_000 * sign : 0;
      expect([found.cash, found.qty, found.type]).toEqual([500 * sign, shares, name]);
      const isOutside = ['money', 'shares', 'unknown'].includes(rule.meaning);
      const worth = rule.meaning === 'shares' && of ? 20_000 * sign : 0;
      expect(flowValue(found)).toBe(isOutside ? 500 * sign + worth : 0);
      expect(found.kind === 'other').toBe(rule.meaning === 'unknown');
    },
  );

  it.each([
    ['1', '0.00', '0.0031', 'dividend', 0],
    ['1', '0.0031', '0.0031', 'dividend', 0],
    ['10', null, '0.5', 'dividend', 0],
    ['2', '0', '0.05', 'split', 2_000_000_000],
    ['2', '0', null, 'split', 2_000_000_000],
  ])(
    'of %s shares, %s in all and %s a share are a %s',
    async (qty, net_amount, per_share_amount, kind, moved) => {
      const row = activity('d', 'DIV', { symbol: 'XLK', qty, net_amount, per_share_amount });
      expect(await on(json(200, [row])).activities(SINCE)).toMatchObject([
        { kind, qty: moved, cash: 0 },
      ]);
    },
  );

  it('change shares in a split, but not in a dividend that names the shares it was paid on', async () => {
    const split = activity('s', 'SPLIT', { symbol: 'XLK', qty: '30', net_amount: null });
    const dividend = activity('d', 'DIV', { symbol: 'XLK', qty: '10' });
    expect(await on(json(200, [split, dividend])).activities(SINCE)).toMatchObject([
      { kind: 'split', ticker: 'XLK', qty: qty(30_000_000_000), cash: 0 },
      { kind: 'dividend', ticker: 'XLK', qty: 0, cash: 1_234 },
    ]);
  });

  it('name the earlier row that they reverse, and the one that they replace', async () => {
    const rows = [
      activity('one', 'CSD', { status: 'canceled' }),
      activity('other', 'DIV', { status: 'canceled', previous_id: 'paid' }),
      activity('right', 'DIV', { status: 'correct', previous_id: 'wrong' }),
      activity('plain', 'CSD', { status: 'executed', previous_id: null }),
    ];
    const found = await on(json(200, rows)).activities(SINCE);
    expect(found.map(({ id, cancels, corrects }) => [id, cancels, corrects])).toEqual([
      ['one canceled', 'one', undefined],
      ['other', 'paid', undefined],
      ['right', undefined, 'wrong'],
      ['plain', undefined, undefined],
    ]);
  });

  it('count on their own day, however many days later the broker wrote them down', async () => {
    const told = (id: string, date: string, created_at: string) =>
      activity(id, 'DIV', { date, created_at });
    const rows = [
      told('next night', '2026-11-10', '2026-11-11T06:10:00Z'),
      told('that evening', '2026-11-10', '2026-11-11T01:00:00Z'),
      told('told since', '2026-10-30', '2026-11-10T15:00:00Z'),
      told('told before', '2026-10-30', '2026-10-31T15:00:00Z'),
    ];
    const found = await on(json(200, rows)).activities(SINCE);
    expect(found.map(({ id, at }) => [id, new Date(at).toISOString()])).toEqual([
      ['told since', '2026-10-30T04:00:00.000Z'],
      ['next night', '2026-11-10T05:00:00.000Z'],
      ['that evening', '2026-11-11T01:00:00.000Z'],
    ]);
  });

  it('leave out fills and earlier days', async () => {
    const rows = [
      fillJson(1),
      activity('before', 'CSD', { date: '2026-11-09' }),
      activity('that day', 'CSD'),
    ];
    const found = await on(json(200, rows)).activities(SINCE);
    expect(found.map(({ id }) => id)).toEqual(['that day']);
    expect(server.asked[0]?.query.get('after')).toBe('2026-11-09T00:00:00.000Z');
  });
});

const READS: readonly [string, (broker: Broker) => Promise<unknown>][] = [
  ['account', (broker) => broker.account()],
  ['positions', (broker) => broker.positions()],
  ['clock', (broker) => broker.clock()],
  ['calendar', (broker) => broker.calendar(sessionDate('2026-11-02'), sessionDate('2026-11-03'))],
  ['assets', (broker) => broker.assets([XLK])],
  ['latest trades', (broker) => broker.latestPrices([XLK])],
  ['orders', (broker) => broker.orders(SINCE)],
  ['open orders', (broker) => broker.openOrders()],
  ['order', (broker) => broker.orderByClientId('rotor-1')],
  ['fills', (broker) => broker.fills(SINCE)],
  ['activities', (broker) => broker.activities(SINCE)],
];

describe.each(READS)('a read that fails: %s', (what, read) => {
  it.each<[string, Answer, string]>([
    ['the answer is no JSON', text(200, 'text/html', '<html>'), 'retry'],
    ['the answer is another thing', json(200, 'good morning'), 'retry'],
    ['the request is refused', json(400, { code: 40010001, message: 'no' }), 'retry'],
    ['the keys are not accepted', json(401, { message: 'unauthorized.' }), 'fix-config'],
    ['the account is closed to them', json(403, { message: 'forbidden.' }), 'fix-config'],
  ])('says so when %s', async (name, answer, remedy) => {
    on(answer);
    const failure = await read(broker).catch((error: unknown) => error);
    // Market data is another subscription: without it the account is still there.
    const isPlan = what === 'latest trades' && name === 'the account is closed to them';
    expect(failure).toBeInstanceOf(TradingError);
    expect(failure).toMatchObject({
      remedy: isPlan ? 'retry' : remedy,
      message: expect.stringMatching(/^Alpaca /),
    });
  });

  it('says so when the answer never comes', async () => {
    on(nothing);
    const impatient = brokerOf(IMPATIENT_MS);
    const failure = await read(impatient).catch((error: unknown) => error);
    await impatient.close();
    expect(failure).toBeInstanceOf(TradingError);
    expect(failure).toMatchObject({
      remedy: 'retry',
      message: expect.stringMatching(/^Alpaca .*no answer/),
    });
  });
});

describe('a read', () => {
  it('is retried when the broker fails', async () => {
    let tries = 0;
    const answer: Answer = (response, asked) => {
      tries += 1;
      (tries < 3 ? text(503, 'text/html', '<html>') : json(200, accountJson()))(response, asked);
    };
    expect(await on(answer).account()).toMatchObject({ status: 'ACTIVE' });
    expect(tries).toBe(3);
  });

  it('is given up after three attempts', async () => {
    const failure = on(text(502, 'text/html', '<html>secret page</html>')).account();
    await expect(failure).rejects.toThrow(/^Alpaca account: answered 502$/);
    expect(server.asked).toHaveLength(3);
  });
});
