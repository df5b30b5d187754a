import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import type { Broker, Log } from '#core/ports.ts';
import { intent } from '#tests/support/decision.ts';
import {
  type Answer,
  clientOf,
  cut,
  json,
  KEY_ID,
  type Loopback,
  loopback,
  nothing,
  reset,
  SECRET,
  text,
} from './loopback.ts';
import { manualTimers } from './manual-timers.ts';
import { acceptedJson } from './wire.ts';

const BUY = intent('initial-2026-11-10', 'buy', 'XLK', 3);
const ECHO = `access key verification failed: ${KEY_ID} with ${SECRET}`;

const FAILURES: readonly [string, Answer][] = [
  ['a reset', reset],
  ['no answer', nothing],
  ['a cut answer', cut(200, JSON.stringify({ id: KEY_ID, secret: SECRET }))],
  ['an empty object', json(200, {})],
  ['fields that echo the keys', json(200, { id: KEY_ID, status: 7, cash: SECRET })],
  ['rows that echo the keys', json(200, [{ id: KEY_ID, symbol: SECRET, cash: SECRET }])],
  ['another order', json(200, acceptedJson(BUY, { side: 'sell' }))],
  ['HTML that echoes the keys', text(200, 'text/html', `<html>${ECHO}</html>`)],
  ...[400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503].flatMap((status) => [
    [`${status} that echoes the keys`, json(status, { message: ECHO })] as [string, Answer],
    [`${status} with a code`, json(status, { code: 1, message: ECHO })] as [string, Answer],
    [`${status} as HTML`, text(status, 'text/html', `<html>${ECHO}</html>`)] as [string, Answer],
  ]),
  ['a redirect', (response) => void response.writeHead(307, { location: ECHO.slice(0, 6) }).end()],
];

const SINCE = epochMs(Date.UTC(2026, 10, 10));
const DAY = sessionDate('2026-11-10');
const CALLS: readonly [string, (broker: Broker) => Promise<unknown>][] = [
  ['account', (broker) => broker.account()],
  ['positions', (broker) => broker.positions()],
  ['clock', (broker) => broker.clock()],
  ['calendar', (broker) => broker.calendar(DAY, DAY)],
  ['assets', (broker) => broker.assets([ticker('XLK')])],
  ['latestPrices', (broker) => broker.latestPrices([ticker('XLK')])],
  ['orders', (broker) => broker.orders(SINCE)],
  ['orderByClientId', (broker) => broker.orderByClientId('rotor-1')],
  ['fills', (broker) => broker.fills(SINCE)],
  ['activities', (broker) => broker.activities(SINCE)],
  ['submit', (broker) => broker.submit(BUY)],
  ['cancel', (broker) => broker.cancel('order-1')],
];

describe('the keys', () => {
  let server: Loopback;
  let broker: Broker;
  const lines: unknown[] = [];
  beforeAll(async () => {
    server = await loopback();
    const line = (...all: unknown[]): void => void lines.push(all);
    const log: Log = { info: line, warn: line, error: line };
    broker = createAlpacaBroker({
      alpaca: clientOf(server.url, { timeoutMs: 100, log }),
      streamUrl: server.url.replace('http', 'ws'),
      realTimers: manualTimers(),
      log,
    });
  });
  afterAll(async () => {
    await broker.close();
    await server.close();
  });

  it.each(FAILURES)('are in no error and no log line after %s', async (_, answer) => {
    server.answer(answer);
    const outcomes = await Promise.allSettled(CALLS.map(([, call]) => call(broker)));
    const told = inspect([outcomes, lines], { depth: 20, showHidden: true, getters: true });
    const failed = outcomes.filter(({ status }) => status === 'rejected');
    expect(failed.length + lines.length).toBeGreaterThan(0);
    expect(told.includes(KEY_ID), told.slice(0, 2_000)).toBe(false);
    expect(told.includes(SECRET), told.slice(0, 2_000)).toBe(false);
  });
});
