import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { epochMs, ticker } from '#core/domain/units.ts';
import type { Broker } from '#core/ports.ts';
import { silentLog } from '#tests/support/log.ts';
import { type Answer, clientOf, json, type Loopback, loopback } from './loopback.ts';
import { manualTimers } from './manual-timers.ts';

const XLB = ticker('XLB');
const NOW = epochMs(Date.UTC(2026, 10, 10, 15, 0));

let server: Loopback;
let broker: Broker;
beforeAll(async () => {
  server = await loopback();
  broker = createAlpacaBroker({
    alpaca: clientOf(server.url),
    streamUrl: server.url.replace('http', 'ws'),
    clock: { now: () => NOW },
    maxSpreadBps: 40,
    realTimers: manualTimers(),
    log: silentLog,
  });
});
afterAll(async () => {
  await broker.close();
  await server.close();
});

const trade = { t: '2026-11-10T14:58:00Z', p: 90.5 };
const quote = { t: '2026-11-10T14:59:30Z', bp: 90.4, ap: 90.52 };

async function priceOf(trades: unknown, quotes: unknown, refused?: Answer) {
  server.answer((response, asked) => {
    const isQuotes = asked.path.includes('/quotes/');
    if (isQuotes && refused) refused(response, asked);
    else json(200, isQuotes ? { quotes } : { trades })(response, asked);
  });
  return (await broker.latestPrices([XLB])).get(XLB);
}

describe('the latest price', () => {
  it('is the midpoint of a valid quote that is newer than the trade', async () => {
    expect(await priceOf({ XLB: trade }, { XLB: quote })).toEqual({
      ticker: 'XLB',
      price: 90.46,
      at: Date.UTC(2026, 10, 10, 14, 59, 30),
      source: 'quote',
    });
  });

  it.each([
    ['older', { ...quote, t: '2026-11-10T14:57:00Z' }],
    ['wide', { ...quote, bp: 90, ap: 91 }],
    ['one-sided', { ...quote, bp: 0 }],
    ['crossed', { ...quote, bp: 90.6 }],
    ['of the future', { ...quote, t: '2026-11-10T15:01:00Z' }],
    ['not to be read', { ...quote, ap: 'n/a' }],
  ])('is the trade if the quote is %s', async (_, odd) => {
    expect(await priceOf({ XLB: trade }, { XLB: odd })).toMatchObject({
      price: 90.5,
      source: 'trade',
    });
  });

  it('is the midpoint of the quote if there was no trade', async () => {
    expect(await priceOf({}, { XLB: quote })).toMatchObject({ source: 'quote' });
  });

  it('is the trade if the plan has no quotes', async () => {
    const refused = json(403, { message: 'subscription does not permit quotes' });
    expect(await priceOf({ XLB: trade }, {}, refused)).toMatchObject({ source: 'trade' });
  });
});
