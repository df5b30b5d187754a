import { HttpResponse, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAlpacaClient, modeOf, streamUrlOf } from '#core/broker/client.ts';
import { clientOf, KEY_ID, loopback, SECRET } from './loopback.ts';
import { accountJson } from './wire.ts';

const PAPER = 'https://paper-api.alpaca.markets';
const LIVE = 'https://api.alpaca.markets';

describe('the address of the broker', () => {
  it.each([
    [PAPER, 'PAPER', 'wss://paper-api.alpaca.markets/stream'],
    [LIVE, 'LIVE', 'wss://api.alpaca.markets/stream'],
    ['http://127.0.0.1:4321', 'SANDBOX', 'ws://127.0.0.1:4321/stream'],
    ['http://localhost:4321', 'SANDBOX', 'ws://localhost:4321/stream'],
    ['http://[::1]:4321', 'SANDBOX', 'ws://[::1]:4321/stream'],
  ])('%s is %s and streams from %s', (base, mode, stream) => {
    expect(modeOf(base)).toBe(mode);
    expect(streamUrlOf(base)).toBe(stream);
  });

  it.each([
    'https://data.alpaca.markets',
    'https://api.alpaca.markets.example.com',
    'https://example.com',
    'http://api.alpaca.markets',
    'http://127.0.0.1.example.com',
    'file:///etc/hosts',
    'nonsense',
    '',
  ])('%s is rejected before anything is created', (base) => {
    const refused = expect.objectContaining({ remedy: 'fix-config' });
    expect(() => modeOf(base)).toThrow(refused);
    expect(() => createAlpacaClient({ keyId: 'a', secret: 'b', apiBase: base })).toThrow(refused);
  });

  it.each([
    ['', SECRET],
    [KEY_ID, ''],
  ])('must come with a key, which is not looked for in the environment', (keyId, secret) => {
    expect(() => createAlpacaClient({ keyId, secret, apiBase: PAPER })).toThrow(/must both be set/);
  });
});

describe('a client of an official host', () => {
  const seen: { readonly url: string; readonly key: string | null }[] = [];
  const server = setupServer(
    http.all('*', ({ request }) => {
      // A connection that a test of before left in this process.
      if (new URL(request.url).hostname === '127.0.0.1') return passthrough();
      seen.push({ url: request.url, key: request.headers.get('apca-api-key-id') });
      return HttpResponse.json(accountJson());
    }),
  );
  beforeAll(() => server.listen());
  afterEach(() => {
    seen.length = 0;
  });
  afterAll(() => server.close());

  it.each([PAPER, LIVE])('sends %s the account request and nobody else', async (apiBase) => {
    const alpaca = clientOf(apiBase);
    await alpaca.trading.account.getAccount();
    expect(seen).toEqual([{ url: `${apiBase}/v2/account`, key: KEY_ID }]);
  });

  it('sends price requests to the data host', async () => {
    const alpaca = clientOf(PAPER);
    await alpaca.marketData.stocks.stockLatestTradesRaw({ symbols: 'XLK', feed: 'iex' });
    const [asked] = seen;
    expect(asked?.url).toMatch(/^https:\/\/data\.alpaca\.markets\/v2\/stocks\/trades\/latest/);
  });

  it.each([
    [PAPER, LIVE],
    [LIVE, PAPER],
    [PAPER, 'https://example.com'],
    [PAPER, 'https://data.sandbox.alpaca.markets'],
    [PAPER, 'http://paper-api.alpaca.markets'],
  ])('of %s sends nothing to %s', async (apiBase, host) => {
    const alpaca = clientOf(apiBase);
    const elsewhere = alpaca.trading.account.withMiddleware({
      pre: async ({ init }) => ({ url: `${host}/v2/account`, init }),
    });
    await expect(elsewhere.getAccount()).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});

describe('a client of a loopback address', () => {
  it('sends requests for the trading host and the data host there, with path and query', async () => {
    const server = await loopback();
    const alpaca = clientOf(server.url);
    await alpaca.trading.orders.getOrderByClientOrderIdRaw({ clientOrderId: 'a b&c' });
    await alpaca.marketData.stocks.stockLatestTradesRaw({ symbols: 'XLK,XLF', feed: 'iex' });
    await server.close();
    expect(server.asked.map(({ path }) => path)).toEqual([
      '/v2/orders:by_client_order_id',
      '/v2/stocks/trades/latest',
    ]);
    expect(server.asked[0]?.query.get('client_order_id')).toBe('a b&c');
    expect(server.asked[1]?.query.get('symbols')).toBe('XLK,XLF');
  });

  it('opens no connection for a host that is not the broker', async () => {
    const [server, stranger] = [await loopback(), await loopback()];
    const elsewhere = clientOf(server.url).trading.account.withMiddleware({
      pre: async ({ init }) => ({ url: `${stranger.url}/v2/account`, init }),
    });
    await expect(elsewhere.getAccount()).rejects.toMatchObject({
      cause: { remedy: 'fix-config' },
    });
    expect([server.connections(), stranger.connections()]).toEqual([0, 0]);
    await server.close();
    await stranger.close();
  });
});
