import { afterEach, describe, expect, it } from 'vitest';
import { createTradeUpdates, type TradeUpdates } from '#core/broker/trade-updates.ts';
import type { Log, OrderHint } from '#core/ports.ts';
import { clientOf, KEY_ID, SECRET, type StreamWay, streamServer } from './loopback.ts';
import { manualTimers } from './manual-timers.ts';
import { orderJson } from './wire.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Updates from a server that behaves so, on timers that move by hand. */
async function start(...ways: StreamWay[]) {
  const server = await streamServer();
  server.behave(...ways);
  const timers = manualTimers();
  const lines: string[] = [];
  const line = (text: string, fields?: unknown): void => {
    lines.push(`${text} ${JSON.stringify(fields ?? {})}`);
    for (const wake of waiting.splice(0)) wake();
  };
  const waiting: (() => void)[] = [];
  const log: Log = { info: line, warn: line, error: line };
  const alpaca = clientOf('http://127.0.0.1:1');
  const updates = createTradeUpdates({
    open: () => alpaca.trading.stream({ url: server.url, reconnect: false }),
    timers,
    log,
  });
  ends.push(
    () => server.close(),
    () => updates.close(),
  );
  /** Resolves when a line that matches was logged after the call. */
  const logged = async (pattern: RegExp): Promise<void> => {
    const from = lines.length;
    while (!lines.slice(from).some((each) => pattern.test(each))) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { server, timers, updates, lines, logged };
}

/** The next hint that is about an order. */
function nextHint(updates: TradeUpdates, event: string): Promise<OrderHint> {
  return new Promise((resolve) => {
    const off = updates.onOrderUpdate((hint) => {
      if (hint.event !== event) return;
      off();
      resolve(hint);
    });
  });
}

function update(event: string, changes: Record<string, unknown> = {}): unknown {
  return { stream: 'trade_updates', data: { event, execution_id: 'e', order: orderJson(changes) } };
}

const ORDER = orderJson()['client_order_id'];

describe('order updates', () => {
  it('stream once the broker has confirmed it, and trigger a refresh', async () => {
    const { updates } = await start('works');
    expect(updates.listening()).toBe(false);
    expect(await nextHint(updates, 'listening')).toEqual({ clientOrderId: '', event: 'listening' });
    expect(updates.listening()).toBe(true);
  });

  it('become hints with the client order id, repeated ones too', async () => {
    const { server, updates } = await start('works');
    await nextHint(updates, 'listening');
    const hints: OrderHint[] = [];
    updates.onOrderUpdate((hint) => hints.push(hint));
    const last = nextHint(updates, 'canceled');
    for (const event of ['new', 'fill', 'fill', 'canceled']) server.send(update(event));
    await last;
    expect(hints.map(({ event }) => event)).toEqual(['new', 'fill', 'fill', 'canceled']);
    expect(hints.every(({ clientOrderId }) => clientOrderId === ORDER)).toBe(true);
  });

  it('continue after a frame without data and an unknown event', async () => {
    const { server, updates } = await start('works');
    await nextHint(updates, 'listening');
    const next = nextHint(updates, 'fill');
    server.send({ stream: 'trade_updates', data: null });
    server.send({ stream: 'weather', data: {} });
    server.send('rain');
    server.send(update('fill'));
    expect(await next).toMatchObject({ clientOrderId: ORDER });
  });

  it('reach the other listeners when one throws or rejects, which is logged', async () => {
    const { server, updates, lines } = await start('works');
    await nextHint(updates, 'listening');
    updates.onOrderUpdate(() => {
      throw new Error('thrown by a listener');
    });
    updates.onOrderUpdate(async () => {
      throw new Error('rejected by a listener');
    });
    const next = nextHint(updates, 'fill');
    server.send(update('fill'));
    await next;
    await Promise.resolve();
    expect(lines.join('\n')).toMatch(/thrown by a listener/);
    expect(lines.join('\n')).toMatch(/rejected by a listener/);
  });

  it('do not reach a listener that has unsubscribed', async () => {
    const { server, updates } = await start('works');
    await nextHint(updates, 'listening');
    const heard: OrderHint[] = [];
    updates.onOrderUpdate((hint) => heard.push(hint))();
    const next = nextHint(updates, 'fill');
    server.send(update('fill'));
    await next;
    expect(heard).toEqual([]);
  });
});

describe('the watchdog', () => {
  it.each<[string, StreamWay]>([
    ['an upgrade that is never answered', 'no-upgrade'],
    ['a login that is never answered', 'no-login'],
    ['a subscription that is never confirmed', 'no-listening'],
  ])('replaces the stream 20 s after %s', async (_, way) => {
    const { server, timers, updates, logged } = await start(way, 'works');
    await server.tried(1);
    expect(timers.waits()).toEqual([20_000]);
    timers.advance(19_999);
    expect(updates.listening()).toBe(false);
    const replaced = logged(/does not get ready/);
    timers.advance(1);
    await replaced;
    const ready = nextHint(updates, 'listening');
    timers.advance(1_000);
    await ready;
    expect(updates.listening()).toBe(true);
    expect(timers.waits()).toEqual([]);
  });

  it('replaces a stream whose login was rejected, which the SDK would leave dead', async () => {
    const { timers, updates, logged } = await start('refuses-login', 'works');
    await logged(/disconnected/);
    const ready = nextHint(updates, 'listening');
    timers.advance(1_000);
    await ready;
    expect(updates.listening()).toBe(true);
  });

  it('replaces a stream that broke', async () => {
    const { server, timers, updates, logged } = await start('works');
    await nextHint(updates, 'listening');
    const broken = logged(/disconnected/);
    server.drop();
    await broken;
    expect(updates.listening()).toBe(false);
    const ready = nextHint(updates, 'listening');
    timers.advance(1_000);
    await ready;
    expect(updates.listening()).toBe(true);
  });

  it('waits twice as long after each failure, up to 64 s, and a second again after success', async () => {
    const { timers, updates, logged, server } = await start(
      ...Array.from({ length: 9 }, (): StreamWay => 'refuses-login'),
      'works',
    );
    const waits: number[] = [];
    await logged(/replaced/);
    for (let failure = 1; failure <= 9; failure++) {
      waits.push(timers.waits()[0] ?? 0);
      const next = failure < 9 ? logged(/replaced/) : nextHint(updates, 'listening');
      timers.advance(waits.at(-1) ?? 0);
      await next;
    }
    expect(waits.map((ms) => ms / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
    const broken = logged(/replaced/);
    server.drop();
    await broken;
    expect(timers.waits()).toEqual([1_000]);
  });

  it('opens nothing once it is closed', async () => {
    const { timers, updates, logged } = await start('refuses-login');
    await logged(/replaced/);
    updates.close();
    expect(timers.waits()).toEqual([]);
    expect(updates.listening()).toBe(false);
  });

  it('never logs the credentials', async () => {
    const { lines, logged } = await start('refuses-login');
    await logged(/replaced/);
    expect(lines.join('\n')).not.toContain(KEY_ID);
    expect(lines.join('\n')).not.toContain(SECRET);
  });
});
