import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BudgetLimits,
  createRequestBudget,
  type Priority,
  TRADING_BUDGET,
} from '#core/broker/request-budget.ts';
import { createRequestClock } from '#core/broker/request-clock.ts';
import { manualTimers } from './manual-timers.ts';

const MINUTE_MS = 60_000;

/** A budget on time that passes by hand; every answer comes at once unless it is held back. */
function budgetOf(limits: BudgetLimits = TRADING_BUDGET) {
  const timers = manualTimers();
  let now = 0;
  const clock = { now: () => now, after: timers.after };
  const budget = createRequestBudget({ limits, clock, timers });
  const left: { readonly rank: Priority; readonly at: number }[] = [];
  const refused: unknown[] = [];
  const ask = (rank: Priority, signal?: AbortSignal) =>
    budget.turn(rank, signal).then(
      (done) => {
        left.push({ rank, at: now });
        done();
      },
      (error: unknown) => void refused.push(error),
    );
  const settled = async () => {
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  };
  async function pass(ms: number): Promise<void> {
    await settled();
    for (let gone = 0; gone < ms; gone += 100) {
      now += 100;
      timers.advance(100);
      await settled();
    }
  }
  return { ask, pass, left, refused, heard: budget.heard };
}

/** The most that left in any minute. */
function worstMinute(left: readonly { readonly at: number }[]): number {
  return Math.max(
    0,
    ...left.map(({ at }) => left.filter((one) => one.at >= at && one.at < at + MINUTE_MS).length),
  );
}

const answer = (status: number, headers: Record<string, string>) =>
  new Response(null, { status, headers });

describe('the budget of requests', () => {
  it('lets a cancel leave at once although 240 reads are waiting', async () => {
    const { ask, pass, left } = budgetOf();
    for (let read = 0; read < 240; read++) void ask('read');
    await pass(5_000);
    void ask('order');
    await pass(100);
    expect(left.at(-1)).toMatchObject({ rank: 'order' });
    expect(left.filter(({ rank }) => rank === 'read').length).toBeLessThan(100);
  });

  it('never lets more than 190 leave in a minute, whatever is requested when', async () => {
    const asked = fc.array(
      fc.record({
        rank: fc.constantFrom<Priority>('order', 'read', 'read', 'history'),
        count: fc.integer({ min: 1, max: 120 }),
        seconds: fc.integer({ min: 0, max: 40 }),
      }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(asked, async (waves) => {
        const { ask, pass, left } = budgetOf();
        for (const { rank, count, seconds } of waves) {
          for (let one = 0; one < count; one++) void ask(rank);
          await pass(seconds * 1_000);
          await pass(100);
        }
        await pass(30_000);
        expect(worstMinute(left)).toBeLessThanOrEqual(190);
        expect(worstMinute(left.filter(({ rank }) => rank !== 'order'))).toBeLessThanOrEqual(150);
      }),
      { numRuns: 25 },
    );
  });

  it('sends reads before historical data', async () => {
    const { ask, pass, left } = budgetOf({ perMinute: 60, burst: 1, readsPerMinute: 60 });
    for (const rank of ['history', 'history', 'read', 'read'] as const) void ask(rank);
    await pass(10_000);
    expect(left.map(({ rank }) => rank)).toEqual(['history', 'read', 'read', 'history']);
  });

  it('sends no order that waited two seconds, as its price would be stale', async () => {
    const { ask, pass, left, refused, heard } = budgetOf();
    heard(answer(429, { 'retry-after': '9' }));
    void ask('order');
    await pass(3_000);
    expect(left).toEqual([]);
    expect(refused).toMatchObject([{ remedy: 'retry', message: /nothing was sent/ }]);
  });

  it('waits as long as a rejection asks for, then continues', async () => {
    const { ask, pass, left, heard } = budgetOf();
    heard(answer(429, { 'retry-after': '7' }));
    void ask('read');
    await pass(6_900);
    expect(left).toEqual([]);
    await pass(200);
    expect(left).toHaveLength(1);
  });

  it('understands a rejection that gives the time instead of the seconds', async () => {
    const { ask, pass, left, heard } = budgetOf();
    const [date, until] = ['Tue, 10 Nov 2026 15:00:00 GMT', 'Tue, 10 Nov 2026 15:00:20 GMT'];
    heard(answer(429, { 'retry-after': until, date }));
    void ask('read');
    await pass(19_000);
    expect(left).toEqual([]);
    await pass(2_000);
    expect(left).toHaveLength(1);
  });

  it('reserves the rest for orders when other programs use the account too', async () => {
    const { ask, pass, left, heard } = budgetOf();
    const date = 'Tue, 10 Nov 2026 15:00:00 GMT';
    const reset = String(Date.UTC(2026, 10, 10, 15, 0, 12) / 1000);
    heard(answer(200, { 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': reset, date }));
    void ask('read');
    void ask('order');
    await pass(11_000);
    expect(left.map(({ rank }) => rank)).toEqual(['order']);
    await pass(2_000);
    expect(left.map(({ rank }) => rank)).toEqual(['order', 'read']);
  });

  it('drops an abandoned read', async () => {
    const { ask, pass, left, refused, heard } = budgetOf();
    heard(answer(429, { 'retry-after': '3' }));
    const giveUp = new AbortController();
    void ask('read', giveUp.signal);
    giveUp.abort(new Error('stopping'));
    await pass(4_000);
    expect([left, refused]).toEqual([[], [expect.objectContaining({ message: 'stopping' })]]);
  });
});

describe('the clock of the request limit', () => {
  function clockAt(speed: () => number) {
    let real = 0;
    const timers = manualTimers();
    const clock = createRequestClock({ now: () => real, timers, speed });
    return {
      clock,
      pass: (ms: number) => {
        for (let gone = 0; gone < ms; gone += 1) {
          real += 1;
          timers.advance(1);
        }
      },
    };
  }

  it.each([
    ['the market’s while it runs faster', 400, 400_000],
    ['the machine’s at the same speed', 1, 1_000],
    ['the machine’s while the market stands still', 0, 1_000],
  ])('is %s', (_, speed, passed) => {
    const { clock, pass } = clockAt(() => speed);
    clock.now();
    pass(1_000);
    expect(clock.now()).toBe(passed);
  });

  it('wakes after that much time, even when the speed changes meanwhile', () => {
    let speed = 100;
    const { clock, pass } = clockAt(() => speed);
    let woken = false;
    clock.after(60_000, () => {
      woken = true;
    });
    pass(300);
    speed = 0;
    pass(1);
    pass(2_000);
    expect(woken).toBe(false);
    pass(30_000);
    expect(woken).toBe(true);
  });
});
