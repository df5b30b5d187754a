import { describe, expect, it } from 'vitest';
import { ticker } from '#core/domain/units.ts';
import { running, started, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

const called = (desk: World) => desk.alerts().filter(({ subject }) => subject.about === 'no-price');

/** The ticker has no latest price until it is given back. */
function hide(desk: World, symbol: string): () => void {
  desk.answers.latestPrices = async (tickers) => {
    const prices = new Map(await desk.broker.latestPrices(tickers));
    prices.delete(ticker(symbol));
    return prices;
  };
  return () => {
    desk.answers.latestPrices = undefined;
  };
}

describe('a ticker without a usable price', () => {
  it('alerts once after half an hour if a due decision needs it, until it has a price', async () => {
    const desk = await started(ROTATION);
    const giveBack = hide(desk, 'XLK');
    await desk.minutes(29);
    expect(called(desk)).toEqual([]);
    await desk.minutes(40);
    expect(called(desk)).toHaveLength(1);
    expect(called(desk)[0]).toMatchObject({
      severity: 'error',
      text: 'XLK has had no usable price since 09:36 New York.',
    });
    giveBack();
    await desk.minutes(6);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('alerts if an order waits for it, and not if nothing does', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => {
      hide(desk, 'XLE');
      return { kind: 'whole' };
    });
    await desk.minutes(45);
    expect(called(desk).map(({ subject }) => subject)).toEqual([
      { about: 'no-price', ticker: 'XLE' },
    ]);
    const idle = await running(ROTATION);
    hide(idle, 'XLE');
    await idle.minutes(60);
    expect(called(idle)).toEqual([]);
  });

  it('is waited for again in each session', async () => {
    const desk = await started(ROTATION);
    hide(desk, 'XLK');
    await desk.minutes(20);
    desk.goTo('2024-07-02', '09:35');
    await desk.minutes(20);
    expect(called(desk)).toEqual([]);
    await desk.minutes(15);
    expect(called(desk)).toHaveLength(1);
  });
});
