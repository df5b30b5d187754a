import { afterEach, describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient, streamUrlOf } from '#core/broker/client.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { OrderIntent, Side } from '#core/domain/order.ts';
import { cents, epochMs, qty, sessionDate, ticker, valueOf } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { Broker, OrderHint } from '#core/ports.ts';
import { type Fault, onEvent, onRequest } from '#sandbox/alpaca/faults.ts';
import { DAY, type Desk, nyTime, openDesk } from '#tests/sandbox/alpaca/brokerage.ts';
import { intent } from '#tests/support/decision.ts';
import { silentLog } from '#tests/support/log.ts';
import { PATIENT_MS, quickBudgets } from './loopback.ts';
import { manualTimers } from './manual-timers.ts';

const TICKERS = instruments(UNIVERSE).map((each) => each.ticker);
const OPEN = nyTime(DAY, 9, 30);
/** Long enough for every order to fill, in parts or whole. */
const A_WHILE_MS = 30 * 60_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(parts: Parameters<typeof openDesk>[0] = {}) {
  const desk = await openDesk(parts);
  const timers = manualTimers();
  const broker = createAlpacaBroker({
    alpaca: createAlpacaClient({
      keyId: desk.broker.keyId,
      secret: desk.broker.secret,
      apiBase: desk.broker.url,
      timeoutMs: PATIENT_MS,
      retryDelayMs: 1,
      budgets: quickBudgets(),
    }),
    streamUrl: streamUrlOf(desk.broker.url),
    realTimers: timers,
    log: silentLog,
  });
  ends.push(
    () => desk.broker.close(),
    () => broker.close(),
  );
  return { desk, broker, timers };
}

let orders = 0;

/** An order of its own id. */
function order(side: Side, symbol: string, shares: number): OrderIntent {
  orders += 1;
  return intent(`test-${orders}`, side, symbol, shares);
}

/** Resolves at the first hint that fits. */
function hinted(broker: Broker, fits: (hint: OrderHint) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const off = broker.onOrderUpdate((hint) => {
      if (!fits(hint)) return;
      off();
      resolve();
    });
  });
}

function strike(desk: Desk, fault: Fault): void {
  desk.broker.faults.add({ on: onRequest('POST', '/v2/orders'), fault });
}

describe('the broker against the sandbox', () => {
  it('reads the account', async () => {
    const { desk, broker } = await open();
    expect(await broker.account()).toMatchObject({
      id: desk.broker.accountId,
      number: desk.broker.accountNumber,
      status: 'ACTIVE',
      equity: 10_000_000,
      cash: 10_000_000,
      blocked: false,
    });
    expect(await broker.positions()).toEqual([]);
  });

  it('agrees with our calendar on every session, and on the clock', async () => {
    const { desk, broker } = await open();
    const [from, to] = [sessionDate('2024-02-01'), sessionDate('2024-04-30')];
    const ours = sessionsIn(from, to).map(({ date, open: opens, close }) => [date, opens, close]);
    const theirs = await broker.calendar(from, to);
    expect(theirs.map(({ date, open: opens, close }) => [date, opens, close])).toEqual(ours);
    expect(await broker.clock()).toMatchObject({ open: true, nextClose: nyTime(DAY, 16) });
    expect((await broker.clock()).at).toBe(desk.time.now());
  });

  it('knows every asset of the universe and its latest price', async () => {
    const { broker } = await open();
    const assets = await broker.assets([...TICKERS, ticker('NOSUCH')]);
    expect(assets.map((each) => each.ticker)).toEqual(TICKERS);
    expect(assets.every(({ tradable, fractionable }) => tradable && fractionable)).toBe(true);
    const prices = await broker.latestPrices(TICKERS);
    expect([...prices.keys()].sort()).toEqual([...TICKERS].sort());
  });

  it('sends an order, sees it filled, and the fills explain the cash to the cent', async () => {
    const { desk, broker } = await open();
    const buy = order('buy', 'XLK', 40);
    const answer = await broker.submit(buy);
    expect(answer).toMatchObject({ kind: 'accepted', order: { qty: buy.qty, status: 'open' } });
    desk.time.advance(A_WHILE_MS);

    const found = await broker.orderByClientId(buy.clientOrderId);
    expect(found).toMatchObject({ status: 'filled', filledQty: buy.qty });
    const fills = await broker.fills(epochMs(OPEN));
    expect(fills.every(({ orderId }) => orderId === found?.id)).toBe(true);
    expect(fills.reduce((sum, fill) => sum + fill.qty, 0)).toBe(buy.qty);
    const spent = fills.reduce((sum, fill) => sum + valueOf(fill.qty, fill.price), 0);
    expect((await broker.account()).cash).toBe(10_000_000 - spent);
    expect(await broker.positions()).toMatchObject([
      { ticker: 'XLK', qty: buy.qty, available: buy.qty },
    ]);
    expect(await broker.openOrders()).toEqual([]);
    expect((await broker.orders(epochMs(OPEN))).map(({ id }) => id)).toEqual([found?.id]);
  });

  it('sends a fraction and reads it back exactly', async () => {
    const { desk, broker } = await open();
    const whole = order('buy', 'XLE', 1);
    const buy = { ...whole, qty: qty(24_732_901_234) };
    expect(await broker.submit(buy)).toMatchObject({ kind: 'accepted', order: { qty: buy.qty } });
    desk.time.advance(A_WHILE_MS);
    expect(await broker.positions()).toMatchObject([{ ticker: 'XLE', qty: 24_732_901_234 }]);
  });

  it.each<[string, Fault, boolean]>([
    ['the answer is lost', { kind: 'drop', effect: true }, true],
    ['the request is lost', { kind: 'drop', effect: false }, false],
    ['half of the answer is sent as whole', { kind: 'truncate' }, true],
    ['the answer is cut', { kind: 'cut' }, true],
    ['a gateway answers instead', page(502, false), false],
    ['a gateway answers although it is done', page(504, true), true],
    ['the answer is empty', { kind: 'answer', effect: true, status: 200, body: {} }, true],
  ])('does not know when %s, and a look under the same id settles it', async (_, fault, exists) => {
    const { desk, broker } = await open();
    const buy = order('buy', 'XLV', 2);
    strike(desk, fault);
    expect(await broker.submit(buy)).toMatchObject({ kind: 'unknown' });
    const found = await broker.orderByClientId(buy.clientOrderId);
    expect(found?.qty).toBe(exists ? buy.qty : undefined);

    const again = await broker.submit(buy);
    expect(again.kind).toBe(exists ? 'unknown' : 'accepted');
    if (exists) expect(again).toMatchObject({ reason: expect.stringMatching(/^duplicate/) });
    expect(await broker.orders(epochMs(OPEN))).toHaveLength(1);
  });

  it('gets rejections as text: too little money, too few shares, an unknown symbol', async () => {
    const { broker } = await open();
    const reasons = [];
    for (const each of [
      order('buy', 'XLK', 100_000),
      order('sell', 'XLK', 1),
      order('buy', 'NOSUCH', 1),
    ]) {
      const outcome = await broker.submit(each);
      reasons.push(outcome.kind === 'refused' ? outcome.reason : outcome.kind);
    }
    expect(reasons[0]).toMatch(/insufficient buying power/);
    expect(reasons[1]).toMatch(/insufficient qty|short|not allowed/);
    expect(reasons[2]).toMatch(/NOSUCH/);
  });

  it('requests a cancel, and the order reports when it is cancelled', async () => {
    const { desk, broker } = await open();
    desk.broker.apply({ kind: 'halt', ticker: ticker('XLU') });
    const buy = order('buy', 'XLU', 5);
    const answer = await broker.submit(buy);
    const id = answer.kind === 'accepted' ? answer.order.id : '';
    expect((await broker.openOrders()).map((each) => each.id)).toEqual([id]);
    await broker.cancel(id);
    desk.time.advance(A_WHILE_MS);
    expect(await broker.orderByClientId(buy.clientOrderId)).toMatchObject({
      status: 'canceled',
      filledQty: 0,
    });
    await broker.cancel(id);
    expect(await broker.openOrders()).toEqual([]);
  });

  it('reads more fills than fit on a page, each once', async () => {
    const { desk, broker } = await open();
    for (let count = 0; count < 110; count++) {
      await broker.submit(order('buy', count % 2 === 0 ? 'XLF' : 'XLB', 2));
    }
    desk.time.advance(A_WHILE_MS);
    const fills = await broker.fills(epochMs(OPEN));
    expect(new Set(fills.map(({ id }) => id)).size).toBe(fills.length);
    expect(fills.length).toBeGreaterThan(100);
    const total = fills.reduce((sum, fill) => sum + fill.qty, 0);
    expect(total).toBe(220_000_000_000);
    expect(await broker.orders(epochMs(OPEN))).toHaveLength(110);
  });

  it('reads deposits and withdrawals', async () => {
    const { desk, broker } = await open();
    desk.broker.apply({ kind: 'deposit', amount: cents(50_000) });
    desk.broker.apply({ kind: 'withdraw', amount: cents(20_000) });
    expect(await broker.activities(epochMs(OPEN))).toMatchObject([
      { kind: 'deposit', cash: 50_000, qty: 0 },
      { kind: 'withdrawal', cash: -20_000, qty: 0 },
    ]);
  });

  it('streams hints, also after the network broke', async () => {
    const { desk, broker, timers } = await open();
    await hinted(broker, ({ event }) => event === 'listening');
    expect(broker.streaming()).toBe(true);

    const buy = order('buy', 'XLP', 3);
    const filled = hinted(
      broker,
      (hint) => hint.clientOrderId === buy.clientOrderId && hint.event === 'fill',
    );
    await broker.submit(buy);
    desk.time.advance(A_WHILE_MS);
    await filled;

    const lost = new Promise<void>((resolve) => timers.onWait(resolve));
    desk.broker.dropStreams();
    await lost;
    expect(broker.streaming()).toBe(false);
    const back = hinted(broker, ({ event }) => event === 'listening');
    timers.advance(1_000);
    await back;
    expect(broker.streaming()).toBe(true);
  });

  it('replaces a stream that stays silent while an order fills', async () => {
    const { desk, broker, timers } = await open();
    await hinted(broker, ({ event }) => event === 'listening');
    for (const event of ['new', 'partial_fill', 'fill']) {
      desk.broker.faults.add({ on: onEvent(event), fault: { kind: 'lose' }, times: 10 });
    }
    const buy = order('buy', 'XLP', 3);
    await broker.submit(buy);
    desk.time.advance(A_WHILE_MS);
    expect(await broker.orders(epochMs(OPEN))).toMatchObject([{ status: 'filled' }]);
    timers.advance(20_000);
    expect(broker.streaming()).toBe(false);
    const back = hinted(broker, ({ event }) => event === 'listening');
    timers.advance(1_000);
    await back;
  });

  it('reports wrong keys as an error of the configuration', async () => {
    const { desk } = await open();
    const stranger = createAlpacaBroker({
      alpaca: createAlpacaClient({ keyId: 'PKWRONG', secret: 'wrong', apiBase: desk.broker.url }),
      streamUrl: streamUrlOf(desk.broker.url),
      realTimers: manualTimers(),
      log: silentLog,
    });
    ends.push(() => stranger.close());
    await expect(stranger.account()).rejects.toMatchObject({ remedy: 'fix-config' });
    expect(stranger.streaming()).toBe(false);
  });
});

function page(status: number, effect: boolean): Fault {
  return { kind: 'answer', effect, status, body: '<html>Bad Gateway</html>' };
}
