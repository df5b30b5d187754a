/** A ticker that cannot be traded now holds up nothing but itself. */
import { describe, expect, it } from 'vitest';
import { epochMs, ticker } from '#core/domain/units.ts';
import { changed, scaledBy } from '#tests/support/bars.ts';
import { barsThrough, started, type World, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 50, XLV: 10 } } as const;

/** These tickers have a price of three days ago until they are given back. */
function silence(desk: World, ...symbols: readonly string[]): () => void {
  const silent = new Set(symbols.map(ticker));
  desk.answers.latestPrices = async (tickers) => {
    const found = await desk.broker.latestPrices(tickers);
    const old = (at: number) => epochMs(at - 3 * 86_400_000);
    return new Map(
      [...found].map(([of, price]) => [
        of,
        silent.has(of) ? { ...price, at: old(price.at) } : price,
      ]),
    );
  };
  return () => {
    desk.answers.latestPrices = undefined;
  };
}

const waiting = (desk: World) => [...desk.book().alerts.values()].map(({ alert }) => alert.text);

describe('a ticker that splits in the night before a rebalance', () => {
  it('is bought that morning: its bars are fetched again, and adjusted by then', async () => {
    const desk = world(ROTATION);
    let isAdjusted = false;
    desk.bars = (last) =>
      isAdjusted
        ? changed(barsThrough(last), 'XLK', (each) => scaledBy(each, 0.5))
        : barsThrough(last);
    await desk.engine.start();
    isAdjusted = true;
    desk.broker.setPrice('XLK', 50);
    await desk.minutes(10);
    expect(desk.posted()).toContain('buy XLK 158');
    expect(waiting(desk).join()).not.toContain('XLK');
  });
});

describe('a single waiting ticker', () => {
  it('outside its collar blocks only its own sell', async () => {
    const desk = await started(ROTATION);
    desk.broker.setPrice('XLF', 85);
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLV 10', 'buy XLK 54', 'buy XLE 54']);
    expect(waiting(desk).join()).toContain('XLF: latest price 85, last close 100');
  });

  it.each([
    ['a price', (desk: World) => silence(desk, 'XLK')],
    [
      'a price within the collar',
      (desk: World) => {
        desk.broker.setPrice('XLK', 115);
        return () => desk.broker.setPrice('XLK', 101);
      },
    ],
  ])(
    'without %s when buying blocks everything for half an hour, then only its own buy',
    async (_, lose) => {
      const desk = await started(ROTATION);
      const giveBack = lose(desk);
      await desk.minutes(20);
      expect(desk.posted()).toEqual([]);
      await desk.minutes(40);
      const held = () =>
        [...desk.broker.ledger().lots].map(([of, { qty }]) => `${of} ${qty / 1e9}`);
      expect(held()).toEqual(['XLE 79']);
      expect(waiting(desk).join()).toContain('XLK');
      giveBack();
      await desk.minutes(6);
      expect(desk.posted().at(-1)).toMatch(/^buy XLK 7[89]$/);
      expect(desk.book().alerts.size).toBe(0);
    },
  );

  it('is not treated as single when most of the targets wait: then nothing is decided', async () => {
    const desk = await started({ ...ROTATION, target: ['XLK', 'XLE', 'XLU'] });
    silence(desk, 'XLK', 'XLE');
    await desk.minutes(60);
    expect(desk.posted()).toEqual([]);
    expect([...desk.book().alerts.values()].map(({ alert }) => alert.title)).toContain(
      'No decision',
    );
  });
});
