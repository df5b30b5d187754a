/** Corporate actions of a fund that Rotor trades and of another's holding: closes, falls, lots and plans. */
import { describe, expect, it } from 'vitest';
import { gainOf, taxLots } from '#core/domain/tax/tax-lots.ts';
import { dollars, ticker, toShares, wholeShares } from '#core/domain/units.ts';
import { closesOf, curveOf } from '#core/views/curve.ts';
import { scaledBy } from '#tests/support/bars.ts';
import { barsThrough, running, sameBooks, type World, world } from '#tests/support/world.ts';

const DAY = ['09:36', '12:00', '16:20'];
/** Closes at 13:00. */
const SHORT_DAY = ['09:36', '12:00', '13:20'];

/** From the day on XLK trades at so many times its price, which its adjusted bars always had. */
function repriced(desk: World, factor: number, from: string): void {
  desk.broker.setPrice('XLK', 100 * factor);
  desk.bars = (through) => {
    const bars = new Map(barsThrough(through));
    const history = bars.get(ticker('XLK'));
    if (history && through >= from) bars.set(ticker('XLK'), scaledBy(history, factor));
    return bars;
  };
}

function book(desk: World, symbol: string, shares: number, usd = 0): void {
  desk.broker.happen({
    id: `${symbol} ${shares} ${usd}`,
    kind: 'split',
    ticker: ticker(symbol),
    qty: wholeShares(shares),
    cash: dollars(usd),
    at: desk.clock.now(),
  });
}

async function live(desk: World, date: string, times: readonly string[]): Promise<void> {
  for (const time of times) {
    desk.goTo(date, time);
    await desk.minutes(3);
  }
}

/** 496 XLK and 496 XLE at 100, closed once. */
async function holding(): Promise<World> {
  const desk = await running({ cashUsd: 100_000 });
  await live(desk, '2024-07-01', ['16:20']);
  return desk;
}

const grown = (desk: World) => curveOf(desk.book(), desk.engine.observation()).at(-1)?.you;
const lowest = (desk: World) =>
  Math.min(...closesOf(desk.book(), desk.engine.observation()).map(({ you = 1 }) => you));
const lots = (desk: World) =>
  taxLots(desk.book().lots).lots.map(({ ticker: of, qty, cost, heldSince }) => [
    of,
    toShares(qty),
    cost,
    heldSince,
  ]);
const sales = (desk: World) =>
  taxLots(desk.book().lots).disposals.map((each) => [each.ticker, each.proceeds, gainOf(each)]);

const XLE = ['XLE', 496, 4_960_000, '2024-07-01'];

describe('a corporate action of a fund held by Rotor', () => {
  it.each([
    {
      what: 'a spin-off with its shares on the day',
      begin: (desk: World) => {
        repriced(desk, 0.4, '2024-07-02');
        desk.broker.setPrice('NEW', 60);
        book(desk, 'NEW', 496);
      },
      end: () => {},
      lots: [['XLK', 496, 4_960_000, '2024-07-01'], XLE, ['NEW', 496, undefined, '2024-07-02']],
    },
    {
      what: 'a spin-off whose shares come a day late',
      begin: (desk: World) => repriced(desk, 0.4, '2024-07-02'),
      end: (desk: World) => {
        desk.broker.setPrice('NEW', 60);
        book(desk, 'NEW', 496);
      },
      lots: [['XLK', 496, 4_960_000, '2024-07-01'], XLE, ['NEW', 496, undefined, '2024-07-03']],
    },
    {
      what: 'a merger for shares',
      begin: (desk: World) => {
        desk.broker.setPrice('NEW', 200);
        book(desk, 'XLK', -496);
        book(desk, 'NEW', 248);
      },
      end: () => {},
      lots: [XLE, ['NEW', 248, 4_960_000, '2024-07-01']],
    },
    {
      what: 'a merger for shares that come a day late',
      begin: (desk: World) => book(desk, 'XLK', -496),
      end: (desk: World) => {
        desk.broker.setPrice('NEW', 200);
        book(desk, 'NEW', 248);
      },
      lots: [XLE, ['NEW', 248, 4_960_000, '2024-07-01']],
    },
    {
      what: 'another name',
      begin: (desk: World) => {
        desk.broker.setPrice('XLKN', 100);
        book(desk, 'XLK', -496);
        book(desk, 'XLKN', 496);
      },
      end: () => {},
      lots: [XLE, ['XLKN', 496, 4_960_000, '2024-07-01']],
    },
    {
      what: 'a reverse split whose shares come a day late, a fraction of them paid',
      begin: (desk: World) => repriced(desk, 10, '2024-07-02'),
      end: (desk: World) => book(desk, 'XLK', 49 - 496, 600),
      lots: [['XLK', 49, 4_960_000, '2024-07-01'], XLE],
    },
  ])('$what: no return, no fall, and its basis', async ({ begin, end, lots: expected }) => {
    const desk = await holding();
    desk.goTo('2024-07-02', '09:00');
    begin(desk);
    await live(desk, '2024-07-02', DAY);
    desk.goTo('2024-07-03', '09:00');
    end(desk);
    await live(desk, '2024-07-03', SHORT_DAY);
    await desk.minutes(40);
    await live(desk, '2024-07-05', DAY);
    expect(grown(desk)).toBeCloseTo(1, 3);
    expect(lowest(desk)).toBeCloseTo(1, 3);
    expect(desk.book().state.state).toBe('RUN');
    expect(lots(desk)).toEqual(expected);
    expect(desk.book().equity.at(-1)?.session).toBe('2024-07-05');
    expect(sameBooks(desk)).toBe(true);
    expect(desk.posted()).toEqual(['buy XLK 496', 'buy XLE 496']);
  });

  it.each([
    ['with its shares', (desk: World) => book(desk, 'XLK', -496, 49_600), () => {}],
    [
      'a day after them',
      (desk: World) => book(desk, 'XLK', -496),
      (desk: World) => book(desk, 'XLK', 0, 49_600),
    ],
  ] as const)('a merger for cash %s is a sale, and no fall', async (_, begin, end) => {
    const desk = await holding();
    desk.goTo('2024-07-02', '09:00');
    begin(desk);
    await live(desk, '2024-07-02', DAY);
    desk.goTo('2024-07-03', '09:00');
    end(desk);
    await live(desk, '2024-07-03', SHORT_DAY);
    expect([grown(desk), lowest(desk), desk.book().state.state]).toEqual([1, 1, 'RUN']);
    expect(sales(desk)).toEqual([['XLK', 4_960_000, 0]]);
    expect(lots(desk)).toEqual([XLE]);
  });

  it('that removes its shares without payment needs an answer, and counts once a session has passed', async () => {
    const desk = await holding();
    desk.goTo('2024-07-02', '09:00');
    book(desk, 'XLK', -496);
    await live(desk, '2024-07-02', DAY);
    expect(desk.alerts().map(({ title }) => title)).toContain(
      'A corporate action may be under way',
    );
    expect(desk.book().state.state).toBe('RUN');
    await live(desk, '2024-07-03', SHORT_DAY);
    await live(desk, '2024-07-05', DAY);
    expect(desk.book().state.state).toBe('REDUCE');
    expect(lowest(desk)).toBeCloseTo(0.504, 3);
  });

  it('a split whose shares come a day later is no drift of what is held', async () => {
    const desk = await holding();
    repriced(desk, 0.5, '2024-07-02');
    await live(desk, '2024-07-02', DAY);
    const titles = desk.alerts().map(({ title }) => title);
    expect(titles).toContain('A split may be under way');
    expect(titles).not.toContain('Drift');
  });

  it.each([
    ['a split three for one', 1 / 3, 1488],
    ['a split four for three, as markets fall', 0.75, 661],
    ['a reverse split one for ten', 10, 49],
  ])(
    '%s under way when a rebalance is due: the rebalance waits for the shares',
    async (_, factor, after) => {
      const desk = await running({ cashUsd: 100_000 });
      desk.target = ['XLK', 'XLF'];
      await live(desk, '2024-07-30', ['16:20']);
      desk.goTo('2024-07-31', '09:30');
      repriced(desk, factor, '2024-07-31');
      await live(desk, '2024-07-31', DAY);
      const before = desk.posted();
      await live(desk, '2024-08-01', ['08:00', '09:36', '11:00']);
      expect(desk.posted()).toEqual(before);
      book(desk, 'XLK', after - 496, factor > 1 ? 600 : 0);
      await desk.minutes(20);
      // Half of the account stays in XLK, and no more is bought of it.
      expect(desk.posted().slice(before.length)).toEqual([
        'sell XLE 496',
        expect.stringMatching(/^buy XLF (49[6-9]|50[0-2])$/),
      ]);
      expect(grown(desk)).toBeCloseTo(1, 3);
    },
  );
});

describe('a corporate action of a foreign holding', () => {
  it.each([
    {
      what: 'a spin-off',
      act: (desk: World) => {
        desk.broker.setPrice('ABC', 40);
        desk.broker.setPrice('NEW', 10);
        book(desk, 'NEW', 100);
      },
      sold: [],
    },
    {
      what: 'a merger for cash',
      act: (desk: World) => book(desk, 'ABC', -100, 5_000),
      sold: [['ABC', 500_000, 0]],
    },
    {
      what: 'a merger for shares and cash',
      act: (desk: World) => {
        desk.broker.setPrice('NEW', 80);
        book(desk, 'ABC', -100);
        book(desk, 'NEW', 50, 1_000);
      },
      sold: [['NEW', 100_000, undefined]],
    },
    {
      what: 'a reverse split',
      act: (desk: World) => {
        desk.broker.setPrice('ABC', 500);
        book(desk, 'ABC', -90);
      },
      sold: [],
    },
    {
      what: 'a holding that is worthless',
      act: (desk: World) => book(desk, 'ABC', -100),
      sold: [],
    },
  ])('$what changes no return of Rotor’s part', async ({ act, sold }) => {
    const desk = world({ cashUsd: 100_000, held: { ABC: 100 } });
    desk.broker.setPrice('ABC', 50);
    await desk.engine.start();
    await desk.minutes(3);
    await live(desk, '2024-07-01', ['16:20']);
    const before = desk.posted();
    desk.goTo('2024-07-02', '09:00');
    act(desk);
    await live(desk, '2024-07-02', DAY);
    await live(desk, '2024-07-03', SHORT_DAY);
    await desk.minutes(40);
    await live(desk, '2024-07-05', DAY);
    expect([grown(desk), lowest(desk), desk.book().state.state]).toEqual([1, 1, 'RUN']);
    expect(sales(desk)).toEqual(sold);
    expect(sameBooks(desk)).toBe(true);
    expect(desk.posted()).toEqual(before);
  });
});
