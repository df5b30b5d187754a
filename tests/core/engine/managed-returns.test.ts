import { describe, expect, it } from 'vitest';
import { belowPeak } from '#core/domain/drawdown.ts';
import { snapshotOf } from '#core/domain/observation.ts';
import { cents, dollars, qty } from '#core/domain/units.ts';
import { curveOf } from '#core/views/curve.ts';
import { headerView } from '#core/views/header.ts';
import { positionsView } from '#core/views/positions.ts';
import { intent } from '#tests/support/decision.ts';
import { running, type World } from '#tests/support/world.ts';

/** 99 shares of XLK and of XLE at $100, and $10,100 of cash. */
const RICH = {
  cashUsd: 29_900,
  target: ['XLK', 'XLE'],
  limits: { reserve: dollars(10_000) },
} as const;

const growthNow = (desk: World) => curveOf(desk.book(), desk.engine.observation()).at(-1)?.you;
const headerNow = (desk: World) => headerView(desk.book(), desk.engine.observation(), []);
const fallNow = (desk: World) => {
  const now = snapshotOf(desk.engine.observation());
  return now ? belowPeak(desk.book(), now) : Number.NaN;
};

function byHand(desk: World, side: 'buy' | 'sell', shares: number, price: number): void {
  desk.broker.setPrice('TSLA', price);
  const id = `hand-${side}-${desk.clock.now()}`;
  desk.broker.tradeByHand({ ...intent('x', side, 'TSLA', shares), clientOrderId: id });
}

async function nextClose(desk: World, date: string): Promise<void> {
  desk.goTo(date, '16:20');
  await desk.minutes(40);
}

describe('Rotor next to a person who trades other assets in the same account', () => {
  it('neither gains nor loses by that person’s trades, and shows the whole account next to its own', async () => {
    const desk = await running(RICH);
    const before = headerNow(desk);
    expect(before.whole).toBe(dollars(29_900));
    expect(before.equity).toBe(dollars(19_900));
    byHand(desk, 'buy', 100, 90);
    await desk.minutes(30);
    expect(growthNow(desk)).toBe(1);
    await nextClose(desk, '2024-07-02');
    expect(growthNow(desk)).toBe(1);
    expect(headerNow(desk)).toMatchObject({ whole: dollars(29_900) });
    desk.broker.setPrice('TSLA', 1);
    await nextClose(desk, '2024-07-03');
    expect([growthNow(desk), fallNow(desk)]).toEqual([1, 0]);
    expect(desk.book().state.state).toBe('RUN');
    expect(headerNow(desk).whole).toBe(dollars(21_000));
    byHand(desk, 'sell', 100, 300);
    await desk.minutes(30);
    expect([growthNow(desk), fallNow(desk)]).toEqual([1, 0]);
    const rows = positionsView(desk.book(), desk.engine.observation());
    const own = rows.rows.filter(({ foreign }) => !foreign).map(({ weight = 0 }) => weight);
    expect(own.reduce((sum, each) => sum + each, rows.cashWeight ?? 0)).toBeCloseTo(1, 12);
  });

  it('measures its drawdown on the managed part: a tenth of the account may exceed MAX_DRAWDOWN', async () => {
    const desk = await running({ ...RICH, cashUsd: 100_000, limits: { reserve: dollars(80_000) } });
    for (const held of ['XLK', 'XLE']) desk.broker.setPrice(held, 78);
    await desk.minutes(2);
    expect(desk.book().state).toMatchObject({ state: 'REDUCE', by: 'rotor' });
    expect(desk.book().state.reason).toMatch(/^managed equity is 2\d(\.\d)? % below its peak$/);
  });

  it('ignores a coin: its price is neither gain nor loss', async () => {
    const desk = await running(RICH);
    let coinUsd = 0;
    desk.answers.account = async () => {
      const account = await desk.broker.account();
      return { ...account, equity: cents(account.equity + coinUsd * 100) };
    };
    desk.answers.unmanagedHoldings = async () => [
      { name: 'BTCUSD', assetClass: 'crypto', value: dollars(coinUsd) },
    ];
    coinUsd = 8_000;
    const coin = { id: 'coin', ticker: undefined, qty: qty(0), at: desk.clock.now() };
    desk.broker.happen({ ...coin, kind: 'withdrawal', cash: dollars(-8_000) });
    await desk.minutes(30);
    coinUsd = 16_000;
    await nextClose(desk, '2024-07-02');
    expect([growthNow(desk), fallNow(desk)]).toEqual([1, 0]);
    expect(headerNow(desk).whole).toBe(dollars(37_900));
    coinUsd = 0;
    desk.broker.happen({
      ...coin,
      id: 'sold',
      kind: 'deposit',
      cash: dollars(16_000),
      at: desk.clock.now(),
    });
    await desk.minutes(30);
    expect([growthNow(desk), fallNow(desk)]).toEqual([1, 0]);
  });
});
