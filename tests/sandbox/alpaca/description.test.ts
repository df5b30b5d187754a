/**
 * What the sandbox answers, against Alpaca's own OpenAPI descriptions. Exceptions are listed with
 * their reason; every other fault fails, and so does an exception that nothing needs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cents } from '#core/domain/units.ts';
import { hasSpec, openApi, templateOf, validateResponse } from '#tests/support/openapi.ts';
import { type Desk, openDesk, order } from './brokerage.ts';

const TRADING = 'alpaca-trading.openapi.yaml';
const DATA = 'alpaca-data.openapi.yaml';

/** Where the description is behind the server (Alpaca's changelog and answers seen since). */
const EXCEPTIONS: readonly { readonly fault: RegExp; readonly why: string }[] = [
  { fault: /trail_percent must be string/, why: 'null is sent for orders that do not trail' },
  { fault: /trail_price must be string/, why: 'null is sent for orders that do not trail' },
  { fault: /hwm must be string/, why: 'null is sent for orders that do not trail' },
  { fault: /client_order_id must NOT have more than 48/, why: 'the limit has been raised to 128' },
  { fault: /oneOf/, why: 'a FILL also fits NonTradeActivities, which requires nothing' },
];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.raw('POST', '/v2/orders', order({ qty: '3' }));
  await desk.raw('POST', '/v2/orders', order({ symbol: 'XLE', qty: undefined, notional: '250' }));
  desk.time.advance(60_000);
  const resting = { type: 'limit', limit_price: '1.00', symbol: 'XLB' };
  await desk.raw('POST', '/v2/orders', order(resting));
  await desk.raw('POST', '/v2/orders', order({ client_order_id: 'i'.repeat(100) }));
  desk.broker.apply({ kind: 'deposit', amount: cents(100) });
});
afterAll(() => desk.broker.close());

async function faultsOf(file: string, method: string, path: string): Promise<readonly string[]> {
  const spec = openApi(file);
  const template = templateOf(spec, path.split('?')[0] ?? '') ?? `${path} is not described`;
  const { status, body } = await desk.raw(method, path);
  return validateResponse(spec, method, template, status, body);
}

function unexplained(faults: readonly string[]): readonly string[] {
  return faults.filter((fault) => !EXCEPTIONS.some((exception) => exception.fault.test(fault)));
}

describe('answers of the trading API', () => {
  it
    .skipIf(!hasSpec(TRADING))
    .each([
      '/v2/account',
      '/v2/account/configurations',
      '/v2/positions',
      '/v2/positions/XLK',
      '/v2/orders?status=all',
      '/v2/clock',
      '/v2/calendar?start=2024-03-01&end=2024-03-31',
      '/v2/account/activities',
      '/v2/account/activities/FILL',
      '/v2/account/portfolio/history?period=1M&timeframe=1D',
    ])('are as described at %s (needs ../shared)', async (path) => {
    expect(unexplained(await faultsOf(TRADING, 'GET', path))).toEqual([]);
  });

  it.skipIf(!hasSpec(TRADING))('are as described for an asset (needs ../shared)', async () => {
    const validate = openApi(TRADING).at(['components', 'schemas', 'Assets']);
    validate((await desk.raw('GET', '/v2/assets/XLK')).body);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.skipIf(!hasSpec(TRADING))(
    'are as described from order to cancel (needs ../shared)',
    async () => {
      const spec = openApi(TRADING);
      const made = order({ symbol: 'XLV', type: 'limit', limit_price: '1.00' });
      const { status, body } = await desk.raw('POST', '/v2/orders', made);
      expect(unexplained(validateResponse(spec, 'POST', '/v2/orders', status, body))).toEqual([]);
      expect(unexplained(await faultsOf(TRADING, 'GET', `/v2/orders/${body.id}`))).toEqual([]);
      expect(unexplained(await faultsOf(TRADING, 'DELETE', `/v2/orders/${body.id}`))).toEqual([]);
      expect(unexplained(await faultsOf(TRADING, 'DELETE', '/v2/orders'))).toEqual([]);
    },
  );

  it.skipIf(!hasSpec(TRADING))(
    'need every exception that is listed (needs ../shared)',
    async () => {
      const faults = [
        ...(await faultsOf(TRADING, 'GET', '/v2/orders?status=all')),
        ...(await faultsOf(TRADING, 'GET', '/v2/account/activities/FILL')),
      ];
      const idle = EXCEPTIONS.filter(({ fault }) => !faults.some((found) => fault.test(found)));
      expect(idle).toEqual([]);
    },
  );
});

describe('answers of the market data API', () => {
  it
    .skipIf(!hasSpec(DATA))
    .each([
      '/v2/stocks/bars?symbols=XLK,XLE&timeframe=1Day&start=2024-02-01&end=2024-03-01&limit=10',
      '/v2/stocks/bars/latest?symbols=XLK',
      '/v2/stocks/trades/latest?symbols=XLK,XLE',
      '/v2/stocks/quotes/latest?symbols=XLK,XLE',
      '/v2/stocks/snapshots?symbols=XLK',
    ])('are as described at %s (needs ../shared)', async (path) => {
    expect(await faultsOf(DATA, 'GET', path)).toEqual([]);
  });
});
