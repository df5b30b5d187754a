/** What Rotor's own client sends to Alpaca, against the official descriptions. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient, streamUrlOf } from '#core/broker/client.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import { type Desk, openDesk } from '#tests/sandbox/alpaca/brokerage.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { intent } from '#tests/support/decision.ts';
import { silentLog } from '#tests/support/log.ts';
import { hasSpec, openApi, templateOf, validateRequest } from '#tests/support/openapi.ts';
import { manualTimers } from './manual-timers.ts';

const TRADING = 'alpaca-trading.openapi.yaml';
const DATA = 'alpaca-data.openapi.yaml';

/** Where the given description is behind the server, with the reason. */
const UNDESCRIBED = [
  /^\/v2\/assets\//, // assets by symbol: documented, left out of this file
  /^\/v2\/orders:by_client_order_id$/, // the same
];
/** The description requires both; the server refuses both (only one of qty and notional). */
const ONE_OF_TWO = /must have required property 'notional'$/;

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

const sent: Sent[] = [];
let desk: Desk;

/** Every request of the port, over the real SDK, noted on its way out. */
beforeAll(async () => {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    sent.push({ method: init.method ?? 'GET', url: new URL(url), body });
    return realFetch(url, init);
  });
  desk = await openDesk();
  const { keyId, secret, url } = desk.broker;
  const alpaca = createAlpacaClient({ keyId, secret, apiBase: url });
  const broker = createAlpacaBroker({
    alpaca,
    streamUrl: streamUrlOf(url),
    realTimers: manualTimers(),
    log: silentLog,
  });
  const since = epochMs(desk.time.now() - 86_400_000);
  const order = intent('described', 'buy', 'XLK', 3);
  const outcome = await broker.submit(order);
  await broker.submit({ ...order, clientOrderId: `${order.clientOrderId}-f`, qty: order.qty });
  await Promise.all([
    broker.account(),
    broker.positions(),
    broker.clock(),
    broker.calendar(sessionDate('2024-03-01'), sessionDate('2024-03-31')),
    broker.assets([ticker('XLK')]),
    broker.latestPrices([ticker('XLK'), ticker('SPY')]),
    broker.openOrders(),
    broker.orders(since),
    broker.orderByClientId(order.clientOrderId),
    broker.fills(since),
    broker.activities(since),
  ]);
  if (outcome.kind === 'accepted') await broker.cancel(outcome.order.id);
  const bars = createAlpacaBars({ alpaca, clock: leapingClock(desk.time.now()) });
  await bars.fetch([ticker('XLK')], sessionDate('2024-01-02'), sessionDate('2024-01-05'));
  await broker.close();
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => desk.broker.close());

describe.skipIf(!hasSpec(TRADING) || !hasSpec(DATA))(
  'what Rotor sends to Alpaca (needs ../shared)',
  () => {
    const specOf = (url: URL) => openApi(url.pathname.startsWith('/v2/stocks') ? DATA : TRADING);

    it('sends requests only to operations that Alpaca describes', () => {
      const unknown = sent
        .filter(({ url }) => templateOf(specOf(url), url.pathname) === undefined)
        .filter(({ url }) => !UNDESCRIBED.some((path) => path.test(url.pathname)))
        .map(({ method, url }) => `${method} ${url.pathname}`);
      expect(sent.length).toBeGreaterThanOrEqual(13);
      expect([...new Set(unknown)]).toEqual([]);
    });

    it('sends bodies as Alpaca describes them, with quantities as decimal strings', () => {
      const posts = sent.filter(({ body }) => body !== undefined);
      const faults = posts.flatMap(({ method, url, body }) => {
        const template = templateOf(specOf(url), url.pathname) ?? '';
        return validateRequest(specOf(url), method, template, body);
      });
      expect(posts.map(({ body }) => body)).toContainEqual(
        expect.objectContaining({ symbol: 'XLK', qty: '3', side: 'buy', type: 'market' }),
      );
      expect(faults.filter((fault) => !ONE_OF_TWO.test(fault))).toEqual([]);
    });
  },
);
