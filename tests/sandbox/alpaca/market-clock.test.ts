import { afterEach, describe, expect, it } from 'vitest';
import { sessionAt } from '#core/domain/calendar.ts';
import { epochMs } from '#core/domain/units.ts';
import { type FollowedTime, followMarketTime } from '#core/market-time/follow.ts';
import { createMarketTime, type MarketTime } from '#core/market-time/market-time.ts';
import { SPEEDS } from '#core/market-time/time-scale.ts';
import { createSandboxAlpaca, type SandboxAlpaca } from '#sandbox/alpaca/server.ts';
import { manualTimers } from '#tests/core/broker/manual-timers.ts';
import { DAY, LAST, nyTime, sdk, springBars } from './brokerage.ts';

let closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

interface Leader {
  readonly time: MarketTime;
  readonly broker: SandboxAlpaca;
}

async function leader(realNow: () => number, speed: number, port = 0): Promise<Leader> {
  const start = nyTime(DAY, 9, 40);
  const time = createMarketTime({ start, end: LAST, speed, realNow });
  const parts = { bars: springBars(), stateDir: undefined, time, seed: 1, port };
  const broker = await createSandboxAlpaca(parts);
  closers.push(async () => {
    time.stop();
    await broker.close();
  });
  return { time, broker };
}

async function follower(url: string, realNow: () => number): Promise<FollowedTime> {
  const time = await followMarketTime(url, { realNow });
  closers.push(() => time.close());
  return time;
}

const change = (time: FollowedTime, until: () => boolean) =>
  new Promise<void>((resolve) => {
    const check = () => {
      if (!until()) return;
      off();
      resolve();
    };
    const off = time.onChange(check);
    check();
  });

const post = (url: string, speed: unknown) =>
  fetch(`${url}/sandbox/speed`, { method: 'POST', body: JSON.stringify({ speed }) });

describe('the market clock over HTTP', () => {
  it('is the same in the follower as in the leader, also after a change of speed', async () => {
    const real = manualTimers(5_000_000);
    const { time, broker } = await leader(real.now, SPEEDS.minute);
    const followed = await follower(broker.url, real.now);
    await change(followed, followed.following);
    real.advance(12_345);
    expect(followed.now()).toBe(time.now());
    expect((await post(broker.url, 'second')).status).toBe(200);
    await change(followed, () => followed.speed() === SPEEDS.second);
    real.advance(3_333);
    expect(followed.now()).toBe(time.now());
    await post(broker.url, 'pause');
    await change(followed, () => followed.speed() === 0);
    real.advance(100_000);
    expect(followed.now()).toBe(time.now());
  });

  it('stops in the follower while the leader is away, and continues when it is back', async () => {
    const real = manualTimers(5_000_000);
    const first = await leader(real.now, SPEEDS.minute);
    const followed = await follower(first.broker.url, real.now);
    await change(followed, followed.following);
    await first.broker.close();
    await change(followed, () => !followed.following());
    const stood = followed.now();
    real.advance(60_000);
    expect(followed.now()).toBe(stood);
    const second = await leader(real.now, SPEEDS.second, Number(new URL(first.broker.url).port));
    second.time.resumeAt(epochMs(stood + 1_000));
    await change(followed, () => followed.following() && followed.speed() === SPEEDS.second);
    real.advance(10);
    expect(followed.now()).toBe(second.time.now());
  });

  it('rejects an invalid speed', async () => {
    const { broker } = await leader(() => 0, 0);
    expect((await post(broker.url, 'warp')).status).toBe(400);
    expect((await post(broker.url, -1)).status).toBe(400);
  });
});

describe('one session a second', () => {
  it('leaves time to buy and sell twelve times in one session of 10 ms a request', async () => {
    const real = manualTimers(5_000_000);
    const { time, broker } = await leader(real.now, SPEEDS.pause);
    const alpaca = sdk(broker);
    const symbols = [...springBars().keys()].slice(0, 12);
    time.setSpeed(SPEEDS.second);
    const fill = async (side: 'buy' | 'sell') => {
      for (const symbol of symbols) {
        real.advance(10);
        await alpaca.trading.orders.market({ symbol, side, qty: '2' });
      }
      for (;;) {
        real.advance(10);
        const open = await alpaca.trading.orders.getAllOrders({ status: 'open' });
        if (open.length === 0) return;
      }
    };
    await fill('buy');
    await fill('sell');
    time.setSpeed(SPEEDS.pause);
    const fills = await alpaca.trading.accountActivities.getAccountActivities({
      activityTypes: ['FILL'],
    });
    const times = fills.map((each) =>
      Date.parse(String((each as { transaction_time?: string }).transaction_time)),
    );
    expect(fills.length).toBeGreaterThanOrEqual(24);
    const days = new Set(times.map((at) => sessionAt(epochMs(at))?.date));
    expect([...days]).toEqual([DAY]);
  });
});
