import { afterEach, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { ticker } from '#core/domain/units.ts';
import { silentLog } from '#tests/support/log.ts';
import { type Answer, clientOf, json, type Loopback, loopback } from './loopback.ts';
import { manualTimers } from './manual-timers.ts';
import { accountJson, positionJson } from './wire.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function brokerAt(server: Loopback) {
  const broker = createAlpacaBroker({
    alpaca: clientOf(server.url),
    streamUrl: server.url.replace('http', 'ws'),
    realTimers: manualTimers(),
    log: silentLog,
  });
  ends.push(
    () => server.close(),
    () => broker.close(),
  );
  return broker;
}

/** Without the stream, which is opened beside. */
const asked = (server: Loopback) => server.asked.filter(({ path }) => path.startsWith('/v2'));

const answers: Answer = (response, { method, path }) => {
  if (method === 'DELETE') return void response.writeHead(204).end();
  const isList = path.endsWith('/positions');
  json(200, isList ? [positionJson('XLP')] : accountJson())(response, {
    method,
    path,
    query: new URLSearchParams(),
    body: '',
  });
};

describe('equal reads', () => {
  it('that are asked at once share one request and one answer', async () => {
    const server = await loopback(answers);
    const broker = await brokerAt(server);
    const looks = Array.from({ length: 100 }, () =>
      Promise.all([broker.account(), broker.positions()]),
    );
    const found = await Promise.all(looks);
    expect(new Set(found.map(([account]) => account)).size).toBe(1);
    expect(
      asked(server)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/v2/account', '/v2/positions']);
  });

  it('are sent again when the first was answered', async () => {
    const server = await loopback(answers);
    const broker = await brokerAt(server);
    await broker.account();
    await broker.account();
    expect(asked(server)).toHaveLength(2);
  });

  it('for other tickers are separate reads', async () => {
    const server = await loopback(json(200, { trades: {}, quotes: {} }));
    const broker = await brokerAt(server);
    await Promise.all(['XLP', 'XLB'].map((name) => broker.latestPrices([ticker(name)])));
    expect(
      asked(server)
        .map(({ query }) => query.get('symbols'))
        .sort(),
    ).toEqual(['XLB', 'XLB', 'XLP', 'XLP']);
  });

  it('after a cancel show what it did, not an answer from before', async () => {
    const held: (() => void)[] = [];
    const server = await loopback((response, one) => {
      if (one.path === '/v2/account' && held.length === 0) held.push(() => answers(response, one));
      else answers(response, one);
    });
    const broker = await brokerAt(server);
    const before = broker.account();
    await expect.poll(() => held.length).toBe(1);
    await broker.cancel('order-1');
    await broker.account();
    held[0]?.();
    await before;
    expect(asked(server).map(({ method }) => method)).toEqual(['GET', 'DELETE', 'GET']);
  });
});
