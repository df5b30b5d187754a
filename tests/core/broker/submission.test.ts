import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitOrder } from '#core/broker/submission.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { qty } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { intent } from '#tests/support/decision.ts';
import {
  type Answer,
  clientOf,
  cut,
  IMPATIENT_MS,
  json,
  type Loopback,
  loopback,
  nothing,
  reset,
  text,
} from './loopback.ts';
import { acceptedJson } from './wire.ts';

const BUY = intent('initial-2026-11-10', 'buy', 'XLK', 3);
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

let server: Loopback;
beforeAll(async () => {
  server = await loopback();
});
afterAll(() => server.close());

async function submit(answer: Answer, order: OrderIntent = BUY) {
  server.answer(answer);
  server.asked.length = 0;
  const limit = answer === nothing ? { timeoutMs: IMPATIENT_MS } : {};
  return submitOrder(clientOf(server.url, limit), order);
}

describe('the result of an order’s POST', () => {
  it('is accepted when the broker names the order', async () => {
    const outcome = await submit(json(200, acceptedJson(BUY, { status: 'pending_new' })));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: {
        id: 'order-1',
        clientOrderId: BUY.clientOrderId,
        ticker: 'XLK',
        side: 'buy',
        qty: BUY.qty,
        filledQty: 0,
        averagePrice: undefined,
        status: 'open',
        brokerStatus: 'pending_new',
      },
    });
  });

  it('is accepted when the order is filled before the answer', async () => {
    const filled = { status: 'filled', filled_qty: '3', filled_avg_price: '101.5' };
    const outcome = await submit(json(200, acceptedJson(BUY, filled)));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      order: { status: 'filled', filledQty: BUY.qty, averagePrice: 101.5 },
    });
  });

  const half = JSON.stringify(acceptedJson(BUY)).slice(0, 80);
  it.each<[string, Answer, RegExp]>([
    ['an empty object', json(200, {}), /field id/],
    ['no body at all', text(200, 'application/json', ''), /cut off or no JSON/],
    ['half a JSON', text(200, 'application/json', half), /cut off or no JSON/],
    ['null', json(200, null), /the answer/],
    ['a list', json(200, []), /the answer/],
    ['HTML with status 200', text(200, 'text/html', HTML), /cut off or no JSON/],
    ['an order without status', json(200, acceptedJson(BUY, { status: null })), /field status/],
    ['a number for a quantity', json(200, acceptedJson(BUY, { qty: 3 })), /field qty/],
    ['an answer cut in the middle', cut(200, JSON.stringify(acceptedJson(BUY))), /broke off/],
    ['a reset before any answer', reset, /connection failed/],
    ['no answer in time', nothing, /no answer in time/],
    ['a redirect', (r) => void r.writeHead(302, { location: '/v2/x' }).end(), /connection failed/],
    ['502 with HTML', text(502, 'text/html', HTML), /^answered 502$/],
    ['503 with HTML', text(503, 'text/html', HTML), /^answered 503$/],
    ['504 with nothing', text(504, 'text/plain', ''), /^answered 504$/],
    ['500 with JSON', json(500, { code: 50010000, message: 'internal' }), /internal \(500\)/],
    ['a refusal cut in the middle', cut(422, '{"code":40010001,"message":"no"}'), /failed|broke/],
    ['403 with HTML', text(403, 'text/html', HTML), /^answered 403$/],
    ['400 with HTML', text(400, 'text/html', HTML), /^answered 400$/],
    ['408', json(408, { message: 'request timeout' }), /408/],
    ['409', json(409, { code: 40910000, message: 'conflict' }), /409/],
    ['429', json(429, { code: 42910000, message: 'rate limit exceeded' }), /too many requests/],
    [
      'a duplicate id as 40010001',
      json(422, { code: 40010001, message: 'client_order_id must be unique' }),
      /^duplicate/,
    ],
    [
      'a duplicate id as 42210000',
      json(422, { code: 42210000, message: 'client order id must be unique' }),
      /^duplicate/,
    ],
  ])('is unknown on %s', async (_, answer, reason) => {
    expect(await submit(answer)).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(reason),
    });
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, number, number, string]>([
    ['insufficient buying power', 403, 40310000, 'insufficient buying power'],
    ['a wash trade', 403, 40310000, 'potential wash trade detected. use complex orders'],
    [
      'shares that are held for orders',
      403,
      40310000,
      'insufficient qty available for order (requested: 70, available: 0)',
    ],
    ['an unknown symbol', 422, 42210000, 'asset "XLQ" not found'],
    ['a quantity of 0', 422, 40010001, 'qty must be > 0'],
    ['a bad request', 400, 40010000, 'request body format is invalid'],
    ['not found', 404, 40410000, 'symbol not found: XLK'],
  ])('is refused in the words of the broker: %s', async (_, status, code, message) => {
    expect(await submit(json(status, { code, message }))).toEqual({
      kind: 'refused',
      reason: message,
    });
    expect(server.asked).toHaveLength(1);
  });

  it.each([401, 403])('is an error about the keys on a %i without a code', async (status) => {
    await expect(submit(json(status, { message: 'unauthorized.' }))).rejects.toMatchObject({
      name: 'TradingError',
      remedy: 'fix-config',
    });
  });

  it.each([
    ['client order id', { client_order_id: 'rotor-of-another' }, 'clientOrderId'],
    ['symbol', { symbol: 'XLE' }, 'ticker'],
    ['side', { side: 'sell' }, 'side'],
    ['quantity', { qty: '30' }, 'qty'],
    ['quantity that is none', { qty: null, notional: '300' }, 'qty'],
  ])('halts when the broker accepted another %s', async (_, changes, field) => {
    const failure = await submit(json(200, acceptedJson(BUY, changes))).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(TradingError);
    expect(failure).toMatchObject({ remedy: 'halt', message: expect.stringContaining(field) });
  });
});

describe('an order with a limit price', () => {
  const LIMITED: OrderIntent = { ...BUY, limitPrice: '101.55' };

  it('leaves as a limit order for the day, the price as decimal text', async () => {
    const outcome = await submit(
      json(200, acceptedJson(LIMITED, { type: 'limit', limit_price: '101.55' })),
      LIMITED,
    );
    expect(outcome).toMatchObject({ kind: 'accepted', order: { limitPrice: 101.55 } });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({
      type: 'limit',
      time_in_force: 'day',
      limit_price: '101.55',
      qty: '3',
    });
  });

  it.each([null, '101.56'])('halts when the broker accepted the limit %s', async (limit_price) => {
    const failure = submit(json(200, acceptedJson(LIMITED, { limit_price })), LIMITED);
    await expect(failure).rejects.toMatchObject({
      remedy: 'halt',
      message: expect.stringContaining('limitPrice'),
    });
  });
});

describe('an order request', () => {
  it.each([
    [3_000_000_000, '3'],
    [1, '0.000000001'],
    [100, '0.0000001'],
    [300_000_000, '0.3'],
    [24_732_901_234, '24.732901234'],
    [9_000_000_000_000_000, '9000000'],
  ])('carries %i billionths of a share as the text "%s"', async (nanos, decimal) => {
    const order = { ...BUY, qty: qty(nanos) };
    await submit(json(200, acceptedJson(order)), order);
    expect(server.asked[0]?.body).toContain(`"qty":"${decimal}"`);
  });

  it('is a plain market order for the day without a single number', async () => {
    await submit(json(200, acceptedJson(BUY)));
    const body: unknown = JSON.parse(server.asked[0]?.body ?? '');
    expect(body).toEqual({
      symbol: 'XLK',
      side: 'buy',
      type: 'market',
      time_in_force: 'day',
      qty: '3',
      client_order_id: BUY.clientOrderId,
    });
  });
});
