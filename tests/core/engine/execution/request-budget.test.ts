import { describe, expect, it } from 'vitest';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import {
  type BudgetLimits,
  createRequestBudget,
  DATA_BUDGET,
  TRADING_BUDGET,
} from '#core/broker/request-budget.ts';
import { clientOf, json, loopback } from '#tests/core/broker/loopback.ts';
import { manualTimers } from '#tests/core/broker/manual-timers.ts';
import { accountJson } from '#tests/core/broker/wire.ts';
import { silentLog } from '#tests/support/log.ts';
import { peopleTime } from '#tests/support/people-time.ts';
import { running, sameBooks, started, type World } from '#tests/support/world.ts';

const SOLD = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP'];
const BOUGHT = ['XLU', 'XLY', 'XLC', 'XLB', 'XLRE', 'TLT'];

/** Fills a fifth of each open order every few seconds, each order at a pace of its own. */
function fillInFifths({ broker }: World): (now: number) => void {
  broker.behave(() => ({ kind: 'open' }));
  const due = new Map<string, number>();
  return (now) => {
    for (const [index, order] of broker.accepted.entries()) {
      const { clientOrderId, filledQty, qty, status, submittedAt } = order;
      if (status !== 'open' || now < (due.get(clientOrderId) ?? submittedAt + 300)) continue;
      due.set(clientOrderId, now + 700 + index * 130);
      const part = Math.ceil(qty / 5e9);
      broker.progress(clientOrderId, { fill: Math.min(part, (qty - filledQty) / 1e9) });
    }
  };
}

const ASKED = { method: 'GET', path: '', query: new URLSearchParams(), body: '' };

describe('a rebalance of six sells and six buys, each filled in five parts', () => {
  it('asks the trading host at most 60 times in any rolling minute', async () => {
    const desk = await started({
      cashUsd: 1_000,
      held: Object.fromEntries(SOLD.map((symbol) => [symbol, 100])),
      target: BOUGHT,
    });
    const time = peopleTime(desk);
    await time.pass(3 * 60_000, fillInFifths(desk));
    const [rebalance] = desk.book().rebalances.values();
    expect(rebalance?.result).toEqual({ kind: 'complete', left: [] });
    expect(desk.posted()).toHaveLength(12);
    expect(sameBooks(desk)).toBe(true);
    expect(time.busiestMinute()).toBeGreaterThan(12);
    expect(time.busiestMinute()).toBeLessThanOrEqual(60);
  });

  it('sends each order on a price that was answered at most two seconds before', async () => {
    const desk = await started({
      cashUsd: 1_000,
      held: Object.fromEntries(SOLD.map((symbol) => [symbol, 100])),
      target: BOUGHT,
    });
    const time = peopleTime(desk);
    const answered = new Map<string, number>();
    const ages: number[] = [];
    // Every answer of either host takes most of a second.
    desk.answers.latestPrices = async (tickers) => {
      const found = await desk.broker.latestPrices(tickers);
      await desk.clock.sleep(700);
      for (const of of found.keys()) answered.set(of, desk.clock.now());
      return found;
    };
    desk.answers.submit = async (intent) => {
      ages.push(desk.clock.now() - (answered.get(intent.ticker) ?? 0));
      await desk.clock.sleep(700);
      return desk.broker.submit(intent);
    };
    await time.pass(4 * 60_000, fillInFifths(desk));
    expect(desk.posted()).toHaveLength(12);
    expect(ages).toHaveLength(12);
    expect(Math.max(...ages)).toBeLessThanOrEqual(2_000);
  });
});

describe('a hundred previews by viewers', () => {
  it('at once share one request at the broker', async () => {
    const desk = await running({ cashUsd: 10_000 });
    let looks = 0;
    desk.answers.account = async () => {
      looks += 1;
      return desk.broker.account();
    };
    const plans = await Promise.all(Array.from({ length: 100 }, () => desk.engine.preview()));
    expect(looks).toBe(1);
    expect(new Set(plans).size).toBe(1);
    await desk.engine.preview();
    expect(looks).toBe(2);
  });
});

describe('a cancel while 240 reads are waiting', () => {
  it('reaches the broker within a second of the press, and its order is gone', async () => {
    const desk = await started({ cashUsd: 10_000, target: ['XLU'] });
    desk.broker.behave(() => ({ kind: 'open' }));
    const time = peopleTime(desk);
    await time.pass(5_000);
    const timers = manualTimers();
    let arrivedAt: number | undefined;
    const server = await loopback((response, { method, path }) => {
      if (method !== 'DELETE') return json(200, accountJson())(response, ASKED);
      arrivedAt = timers.now();
      void desk.broker.cancel(path.split('/').at(-1) ?? '');
      response.writeHead(204).end();
    });
    const budget = (limits: BudgetLimits) => createRequestBudget({ limits, clock: timers, timers });
    const budgets = { trading: budget(TRADING_BUDGET), data: budget(DATA_BUDGET) };
    const broker = createAlpacaBroker({
      alpaca: clientOf(server.url, { budgets }),
      streamUrl: server.url.replace('http', 'ws'),
      realTimers: manualTimers(),
      log: silentLog,
    });
    desk.answers.cancel = broker.cancel;
    for (let read = 0; read < 240; read++) {
      void broker.orderByClientId(`somebody-${read}`).catch(() => undefined);
    }
    timers.advance(5_000);
    const pressedAt = timers.now();
    const pressed = desk.engine.cancel('all', 'ann');
    let results: Awaited<typeof pressed> | undefined;
    void pressed.then((found) => {
      results = found;
    });
    while (!results) await time.pass(500);
    expect(results.map(({ kind }) => kind)).toEqual(['canceled']);
    expect((arrivedAt ?? Number.NaN) - pressedAt).toBeLessThanOrEqual(1_000);
    expect(server.asked.filter(({ method }) => method === 'GET').length).toBeLessThan(100);
    await broker.close();
    await server.close();
  });
});
