import { describe, expect, it } from 'vitest';
import { type BarHistory, type Bars, truncateTo } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import {
  cents,
  dollars,
  qty,
  type SessionDate,
  sessionDate,
  ticker,
  toDollars,
} from '#core/domain/units.ts';
import { gainToday } from '#core/views/header.ts';
import { reportView } from '#core/views/report.ts';
import { bar, changed, lastPrices, scaledBy, withRows } from '#tests/support/bars.ts';
import { barsThrough, running, type World, world } from '#tests/support/world.ts';

const CASH = { cashUsd: 100_000 } as const;

/** Alpaca dates it by its day: midnight in New York. */
function deposit(desk: World, day: string, usd = 50_000): void {
  desk.broker.happen({
    id: `deposit ${day}`,
    kind: 'deposit',
    ticker: undefined,
    qty: qty(0),
    cash: dollars(usd),
    at: newYorkInstant(sessionDate(day), 0),
  });
}

/** The last close is so many times what it was. */
function lastScaled(history: BarHistory, times: number): BarHistory {
  const close = history.close.slice();
  close[close.length - 1] = (close.at(-1) ?? 0) * times;
  return { ...history, close };
}

const day = (desk: World, key: string) =>
  reportView(desk.book(), { kind: 'day', key }, { mode: 'SANDBOX' });
const sessions = (desk: World) => desk.book().equity.map(({ session }) => session);

describe('a cash movement near a close', () => {
  it('minutes before it is booked first, and the posted line shows no gain', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    desk.goTo('2024-07-03', '12:58');
    const posted: unknown[] = [];
    desk.parts.journal.onAppend((all) => {
      if (all.some(({ entry }) => entry.kind === 'equity')) posted.push(day(desk, '2024-07-03'));
    });
    await desk.minutes(2);
    deposit(desk, '2024-07-03');
    await desk.minutes(5);
    expect(posted).toMatchObject([{ you: 0, flows: { deposited: dollars(50_000) } }]);
  });

  it('is requested for a week back: fees and dividends may be booked days after their day', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-10', '16:05');
    await desk.minutes(3);
    expect(sessions(desk).at(-1)).toBe('2024-07-10');
    const asked = new Set<number>();
    desk.answers.activities = async (since) => {
      asked.add(since);
      return [];
    };
    desk.goTo('2024-07-11', '10:00');
    await desk.minutes(30);
    expect([...asked]).toEqual([Date.parse('2024-07-03T00:00:00Z')]);
  });

  it('after it belongs to the next one, whose day it is dated', async () => {
    const desk = await running(CASH);
    for (const [on, time] of [
      ['2024-07-02', '16:05'],
      ['2024-07-03', '13:10'],
    ] as const) {
      desk.goTo(on, time);
      await desk.minutes(3);
    }
    desk.goTo('2024-07-03', '18:00');
    deposit(desk, '2024-07-03');
    await desk.minutes(30);
    expect(gainToday(desk.book(), desk.engine.observation())).toBeCloseTo(0);
    desk.goTo('2024-07-05', '16:05');
    await desk.minutes(5);
    expect(['2024-07-03', '2024-07-05'].map((key) => day(desk, key)?.you)).toEqual([0, 0]);
    expect(day(desk, '2024-07-05')?.flows.deposited).toBe(dollars(50_000));
  });

  it('is waited for while the cash differs and nothing explains it, at most half an hour', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '15:58');
    await desk.minutes(1);
    const account = () => desk.broker.account();
    desk.answers.account = async () => {
      const { equity, cash, ...rest } = await account();
      return { ...rest, equity: dollars(150_000), cash: (cash + dollars(50_000)) as typeof cash };
    };
    desk.goTo('2024-07-02', '16:01');
    await desk.minutes(20);
    expect(sessions(desk)).not.toContain('2024-07-02');
    desk.answers.account = undefined;
    deposit(desk, '2024-07-02');
    await desk.minutes(3);
    expect(day(desk, '2024-07-02')?.you).toBeCloseTo(0);
  });

  it('does not prevent the line if the difference remains', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-01', '16:01');
    await desk.minutes(1);
    desk.broker.give('XLU', 3);
    desk.goTo('2024-07-02', '16:01');
    await desk.minutes(29);
    expect(sessions(desk)).not.toContain('2024-07-02');
    await desk.minutes(3);
    expect(sessions(desk)).toContain('2024-07-02');
  });

  it('is no gain of the day from the first refresh on', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    desk.goTo('2024-07-03', '11:00');
    await desk.minutes(2);
    deposit(desk, '2024-07-03');
    await desk.engine.look();
    expect(gainToday(desk.book(), desk.engine.observation())).toBeCloseTo(0);
  });
});

describe('a recorded close', () => {
  const off = (desk: World, usd: number) => {
    const real = desk.broker.account.bind(desk.broker);
    desk.answers.account = async () => {
      const account = await real();
      return { ...account, equity: dollars(toDollars(account.equity) + usd) };
    };
  };

  async function closeWith(usd: number, other?: number | undefined | 'unknown') {
    const desk = await running(CASH);
    const value = typeof other === 'number' ? dollars(other) : undefined;
    if (other !== undefined) {
      desk.answers.unmanagedHoldings = async () => [
        { name: 'BTCUSD', assetClass: 'crypto', value },
      ];
    }
    off(desk, usd);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    const point = desk.book().equity.at(-1);
    if (point?.session !== '2024-07-02') throw new Error('expected the close to be recorded');
    const held = [...(point.holdings?.values() ?? [])].reduce((sum, { value: at }) => sum + at, 0);
    return toDollars(cents(point.equity - point.cash - held));
  }

  it('is cash and shares at their closes: the stated equity is only held against it', async () => {
    expect(await closeWith(400)).toBe(0);
    expect(await closeWith(-400)).toBe(0);
  });

  it('is never taken from answers that took until the next session had begun', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:05');
    let asked = 0;
    desk.answers.latestPrices = async (tickers) => {
      const prices = await desk.broker.latestPrices(tickers);
      // Only the close asks for the benchmark alone.
      if (tickers.length === 1 && asked++ === 0) desk.goTo('2024-07-03', '09:31');
      return prices;
    };
    await desk.engine.wake();
    expect([asked, sessions(desk).includes(sessionDate('2024-07-02'))]).toEqual([1, false]);
  });

  it('values foreign assets as stated, otherwise by the equity', async () => {
    expect(await closeWith(1_000, 900)).toBe(900);
    expect(await closeWith(1_000, 'unknown')).toBe(1_000);
  });
});

describe('a bar that is far from what the broker says', () => {
  const LAST = sessionDate('2024-07-02');

  /** A desk after the close whose last bar of one ticker is its price times the factor, or as changed. */
  async function eveningWith(
    name: string,
    times: number,
    change = (each: BarHistory): BarHistory => lastScaled(each, times),
  ) {
    const desk = await running(CASH);
    let isWrong = true;
    desk.bars = (last) => {
      const bars = barsThrough(last);
      return isWrong && last === LAST ? changed(bars, name, change) : bars;
    };
    desk.goTo('2024-07-02', '16:20');
    await desk.minutes(20);
    const evening = () => desk.book().equity.find(({ session }) => session === LAST);
    const repair = async (): Promise<void> => {
      isWrong = false;
      await desk.restart();
      await desk.minutes(3);
    };
    return { evening, repair };
  }

  it.each([10, 3, 0.5])('is no close of what is held, %d times its price', async (times) => {
    const { evening, repair } = await eveningWith('XLK', times);
    expect(evening()?.equity).toBe(dollars(100_000));
    expect(evening()?.provisional).toBe(true);
    await repair();
    expect(evening()?.provisional).toBeUndefined();
    expect(evening()?.equity).toBe(dollars(100_000));
  });

  it('is no close of what is held while its bars are in doubt, however near it is', async () => {
    const { evening, repair } = await eveningWith('XLK', 1.05, (each) =>
      lastScaled(
        withRows(each, (row) => (row.date < '2024-06-25' ? bar(row.date, row.close / 2) : row)),
        1.05,
      ),
    );
    expect(evening()?.equity).toBe(dollars(100_000));
    expect(evening()?.provisional).toBe(true);
    await repair();
    expect(evening()?.provisional).toBeUndefined();
    expect(evening()?.equity).toBe(dollars(100_000));
  });

  it('is no close of the benchmark', async () => {
    const { evening } = await eveningWith('SPY', 10);
    const spy = barsThrough(LAST).get(ticker('SPY'))?.close.at(-1) ?? 0;
    expect(Math.abs((evening()?.benchmark ?? 0) / spy - 1)).toBeLessThan(0.01);
    expect(evening()?.provisional).toBe(true);
  });
});

describe('a close while Rotor was stopped', () => {
  const LAST = barsThrough(sessionDate('2024-07-12'));
  /** The same bars on every day, cut where that day ends. */
  const cut = (last: SessionDate, bars = LAST): Bars =>
    new Map([...bars].map(([name, history]) => [name, truncateTo(history, last)]));

  const since = (desk: World) => sessions(desk).filter((each) => each > '2024-07-01');

  /** A desk that recorded the second of July and was down until the time given. */
  async function away(date: string, time: string, later = (bars: Bars) => bars): Promise<World> {
    const desk = world(CASH);
    desk.bars = (last) => cut(last);
    for (const [name, price] of lastPrices(cut(sessionDate('2024-07-02')))) {
      desk.broker.setPrice(name, price);
    }
    await desk.engine.start();
    await desk.minutes(3);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    desk.bars = (last) => later(cut(last));
    desk.goTo(date, time);
    await desk.restart();
    await desk.minutes(3);
    return desk;
  }

  it('is recorded afterwards from the positions then and the bars of that session', async () => {
    const desk = await away('2024-07-08', '10:00');
    expect(since(desk)).toEqual(['2024-07-02', '2024-07-03', '2024-07-05']);
    const spy = LAST.get(ticker('SPY'));
    const close = spy?.close[spy.dates.indexOf(sessionDate('2024-07-05'))];
    const point = desk.book().equity.at(-1);
    expect(point?.benchmark).toBe(close);
    expect(point?.equity).toBe(dollars(100_000));
    expect(point?.holdings?.size).toBe(2);
    expect(desk.entries('alert')).toEqual([]);
    expect(day(desk, '2024-07-05')).toMatchObject({ from: '2024-07-03', you: 0 });
  });

  it('comes before the last one, which is read from the account while the market is closed', async () => {
    const desk = await away('2024-07-08', '08:00');
    expect(since(desk)).toEqual(['2024-07-02', '2024-07-03', '2024-07-05']);
  });

  it('is reported once and left out if the account has changed since', async () => {
    const desk = await away('2024-07-03', '09:00');
    deposit(desk, '2024-07-04', 500);
    desk.goTo('2024-07-08', '10:00');
    await desk.restart();
    await desk.minutes(10);
    expect(since(desk)).toEqual(['2024-07-02']);
    const told = () => desk.entries('missed-closes');
    const both = ['2024-07-03', '2024-07-05'];
    expect(told()).toMatchObject([{ sessions: both, reason: 'the account has changed since' }]);
    desk.goTo('2024-07-08', '16:05');
    await desk.minutes(5);
    expect(since(desk)).toEqual(['2024-07-02', '2024-07-08']);
    expect(told()).toHaveLength(1);
    expect(day(desk, '2024-07-08')).toMatchObject({ from: '2024-07-02', missed: 2, you: 0 });
  });

  it('is not valued with bars that a dividend has adjusted since', async () => {
    const paid = (bars: Bars) => changed(bars, 'XLK', (one) => scaledBy(one, 0.995));
    const desk = await away('2024-07-08', '10:00', paid);
    expect(since(desk)).toEqual(['2024-07-02']);
    expect(desk.entries('missed-closes')[0]?.reason).toBe(
      'the bars of XLK may have been adjusted since',
    );
  });

  it('waits for its bars as long as no other close is due', async () => {
    const early = (bars: Bars) =>
      new Map([...bars].map(([name, one]) => [name, truncateTo(one, sessionDate('2024-07-03'))]));
    const desk = await away('2024-07-08', '10:00', early);
    expect(since(desk)).toEqual(['2024-07-02', '2024-07-03']);
    expect(desk.entries('missed-closes')).toEqual([]);
    desk.bars = (last) => cut(last);
    await desk.minutes(10);
    expect(since(desk)).toEqual(['2024-07-02', '2024-07-03', '2024-07-05']);
  });
});

describe('a close before official prices are available', () => {
  it('is provisional, and becomes the official one with the bars, by an entry of its own', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:02');
    await desk.minutes(3);
    const evening = () => desk.book().equity.find(({ session }) => session === '2024-07-02');
    expect(evening()?.provisional).toBe(true);
    expect(day(desk, '2024-07-02')?.provisional).toBe(true);
    desk.goTo('2024-07-02', '16:20');
    await desk.minutes(20);
    expect(evening()?.provisional).toBeUndefined();
    expect(day(desk, '2024-07-02')?.provisional).toBe(false);
    expect(desk.entries('equity').at(-1)?.point.provisional).toBe(true);
    const found = desk.entries('official-close').map(({ point }) => point);
    expect(found).toHaveLength(1);
    const [official] = found;
    expect(evening()).toMatchObject({ ...official });
    const held = [...(official?.holdings?.values() ?? [])].map(({ value }) => value);
    const worth = held.reduce<number>((sum, each) => sum + each, official?.cash ?? 0);
    expect(official?.equity).toBe(worth);
  });
});
