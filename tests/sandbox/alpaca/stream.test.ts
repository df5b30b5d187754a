import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { onEvent, onRequest } from '#sandbox/alpaca/faults.ts';
import { type Desk, openDesk, order } from './brokerage.ts';

interface Update {
  readonly event: string;
  readonly executionId?: string | undefined;
  readonly price?: string | undefined;
  readonly qty?: string | undefined;
  readonly positionQty?: string | undefined;
  readonly order: { readonly status?: string | undefined; readonly filledQty?: string | undefined };
}

let closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function desk(): Promise<Desk> {
  const made = await openDesk();
  closers.push(() => made.broker.close());
  return made;
}

/** The SDK's stream, listening, and every update that it hands out. */
async function listening(made: Desk) {
  const stream = made.alpaca.trading.stream({ url: made.broker.streamUrl, initialReconnectMs: 10 });
  const updates: Update[] = [];
  const waiting: { readonly count: number; readonly done: () => void }[] = [];
  stream.onTradeUpdate((update) => {
    updates.push(update as unknown as Update);
    for (const each of waiting) if (updates.length >= each.count) each.done();
  });
  const subscribed = () =>
    new Promise<void>((resolve) => stream.on('subscription', () => resolve()));
  const first = subscribed();
  stream.subscribeTradeUpdates();
  stream.connect();
  closers.push(() => stream.disconnect());
  await first;
  const heard = (count: number) =>
    updates.length >= count
      ? Promise.resolve()
      : new Promise<void>((done) => waiting.push({ count, done }));
  return { stream, updates, heard, subscribed };
}

const events = (updates: readonly Update[]) => updates.map((update) => update.event);

describe('the order stream', () => {
  it('reports the life of an order in sequence, with the quantity of each execution', async () => {
    const made = await desk();
    const { updates, heard } = await listening(made);
    await made.raw('POST', '/v2/orders', order({ qty: '1' }));
    made.time.advance(60_000);
    await heard(3);
    expect(events(updates)).toEqual(['pending_new', 'new', 'fill']);
    expect(updates[0]?.executionId ?? null).toBeNull();
    expect(updates[2]).toMatchObject({ qty: '1', positionQty: '1', order: { status: 'filled' } });
  });

  it('reports each part with its own size and the sum so far', async () => {
    const made = await desk();
    const { updates, heard } = await listening(made);
    for (let n = 0; n < 30; n++) {
      await made.raw('POST', '/v2/orders', order({ qty: '9' }));
      made.time.advance(20_000);
    }
    await heard(91);
    const parts = updates.filter((update) => update.event.includes('fill'));
    expect(events(parts)).toContain('partial_fill');
    let position = 0;
    let cumulative = 0;
    for (const part of parts) {
      position += Number(part.qty);
      cumulative += Number(part.qty);
      expect(Number(part.positionQty)).toBe(position);
      expect(Number(part.order.filledQty)).toBe(cumulative);
      if (part.event === 'fill') cumulative = 0;
    }
    expect(new Set(parts.map((part) => part.executionId)).size).toBe(parts.length);
  });

  it('sends binary frames with JSON, and rejects wrong keys', async () => {
    const made = await desk();
    const socket = new WebSocket(made.broker.streamUrl);
    closers.push(() => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));
    const answer = new Promise<{ binary: boolean; text: string }>((resolve) =>
      socket.once('message', (data, binary) => resolve({ binary, text: String(data) })),
    );
    socket.send(JSON.stringify({ action: 'auth', key: made.broker.keyId, secret: 'wrong' }));
    const { binary, text } = await answer;
    expect(binary).toBe(true);
    expect(JSON.parse(text)).toEqual({
      stream: 'authorization',
      data: { status: 'unauthorized', action: 'authenticate' },
    });
  });

  it('survives malformed frames and requests', async () => {
    const made = await desk();
    const socket = new WebSocket(made.broker.streamUrl);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (const frame of ['{', '', 'null', '{"data":7}']) socket.send(frame);
    socket.close();
    await closed;
    const raw = connect(Number(new URL(made.broker.url).port), '127.0.0.1');
    raw.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [answer] = await once(raw, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 403/);
    expect((await made.raw('GET', '/v2/account')).status).toBe(200);
  });

  it('repeats nothing after a broken connection', async () => {
    const made = await desk();
    const { stream, updates, heard, subscribed } = await listening(made);
    await made.raw('POST', '/v2/orders', order());
    await heard(1);
    const again = subscribed();
    const gone = new Promise<void>((resolve) => stream.onDisconnect(() => resolve()));
    made.broker.dropStreams();
    await gone;
    made.time.advance(60_000);
    await again;
    await made.raw('POST', '/v2/orders', order());
    await heard(2);
    expect(events(updates)).toEqual(['pending_new', 'pending_new']);
  });
});

describe('a fault on demand', () => {
  it('loses, repeats and swaps events of the stream', async () => {
    const made = await desk();
    const { updates, heard } = await listening(made);
    made.broker.faults.add({ on: onEvent('pending_new'), fault: { kind: 'lose' } });
    made.broker.faults.add({ on: onEvent('new'), fault: { kind: 'swap' } });
    made.broker.faults.add({ on: onEvent('fill'), fault: { kind: 'repeat', more: 2 } });
    await made.raw('POST', '/v2/orders', order());
    made.time.advance(60_000);
    await heard(4);
    expect(events(updates)).toEqual(['fill', 'fill', 'fill', 'new']);
  });

  it('never answers an authentication', async () => {
    const made = await desk();
    made.broker.faults.add({ on: ({ kind }) => kind === 'auth', fault: { kind: 'lose' } });
    const stream = made.alpaca.trading.stream({ url: made.broker.streamUrl, reconnect: false });
    closers.push(() => stream.disconnect());
    stream.connect();
    expect(await stream.waitForAuthentication(100)).toBe(false);
  });

  it('rejects a connection with a status', async () => {
    const made = await desk();
    const fault = { kind: 'answer', effect: false, status: 429, body: '' } as const;
    made.broker.faults.add({ on: ({ kind }) => kind === 'upgrade', fault });
    const stream = made.alpaca.trading.stream({ url: made.broker.streamUrl, reconnect: false });
    closers.push(() => stream.disconnect());
    const failed = new Promise<string>((resolve) =>
      stream.onError((error) => resolve(String(error))),
    );
    stream.connect();
    expect(await failed).toMatch(/429/);
  });

  it.each([
    [
      'an answer after the effect',
      { kind: 'answer', effect: true, status: 502, body: '<html>' },
      1,
    ],
    [
      'an answer before the effect',
      { kind: 'answer', effect: false, status: 502, body: '<html>' },
      0,
    ],
    ['a broken socket after the effect', { kind: 'drop', effect: true }, 1],
    ['a broken socket before the effect', { kind: 'drop', effect: false }, 0],
    ['half an answer', { kind: 'truncate' }, 1],
    ['an answer cut off', { kind: 'cut' }, 1],
  ] as const)('gives %s', async (_what, fault, kept) => {
    const { alpaca, broker, raw } = await desk();
    broker.faults.add({ on: onRequest('POST', '/v2/orders'), fault });
    const sent = alpaca.trading.orders.market({ symbol: 'XLK', side: 'buy', qty: '1' });
    await expect(sent).rejects.toThrow();
    expect((await raw('GET', '/v2/orders')).body).toHaveLength(kept);
  });

  it('delays an answer until it is released', async () => {
    const { broker, raw } = await desk();
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    broker.faults.add({
      on: onRequest('POST', '/v2/orders'),
      fault: { kind: 'hold', effect: true, until },
    });
    let answered = false;
    const sent = raw('POST', '/v2/orders', order()).finally(() => {
      answered = true;
    });
    for (let seen = 0; seen === 0; ) seen = (await raw('GET', '/v2/orders')).body.length;
    expect(answered).toBe(false);
    release();
    expect((await sent).status).toBe(200);
  });
});
