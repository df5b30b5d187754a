/** What simulated worlds know by themselves: prices, targets, sessions, and what an account holds. */
import { describe, expect, it } from 'vitest';
import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, qty, sessionDate, wholeShares } from '#core/domain/units.ts';
import { NOON, parts, XLK } from './law-world.ts';
import { checkPrices, lastWithBars } from './years/decision-laws.ts';
import type { Market } from './years/market.ts';
import { checkEvening } from './years/quiet-laws.ts';
import { settingsWith } from './years/settings.ts';
import { createTrueAccount } from './years/true-account.ts';
import { trueSessionAt, trueSessions } from './years/true-calendar.ts';
import { createTrueDrawdown } from './years/true-drawdown.ts';
import { trueTarget } from './years/true-target.ts';
import { worthOf } from './years/worth.ts';

describe('the law that a decision is sized at true prices', () => {
  const brokenAt = (price: number, close: number): readonly string[] => {
    const { world, broken } = parts({ market: { price: () => ({ price: 45, at: NOON }) } });
    const plan = { lines: [{ ticker: XLK, price }] };
    checkPrices(world, { id: 'monthly-2024-07', plan, closes: new Map([[XLK, close]]) } as never);
    return broken;
  };

  it('is broken by another price, be it the last close', () => {
    expect(brokenAt(45, 44)).toEqual([]);
    expect(brokenAt(48, 48)).toEqual(['decision on wrong prices']);
    expect(brokenAt(90, 44)).toEqual(['decision on wrong prices']);
  });

  it('holds at the last close for what is sold whole, while a ticker has no price', () => {
    const soldAt = (price: number, toQty: number, kind: string) => {
      const since = (_: number, kinds: readonly string[]) => kinds.includes(kind);
      const market = { price: () => ({ price: 45, at: NOON }) };
      const { world, broken } = parts({ market, faults: { since } });
      const plan = { lines: [{ ticker: XLK, price, toQty }] };
      const closes = new Map([[XLK, 46]]);
      checkPrices(world, { id: 'monthly-2024-07', cause: 'monthly', plan, closes } as never);
      return broken.length;
    };
    expect(soldAt(46, 0, 'no-prices')).toBe(0);
    expect(soldAt(47, 0, 'no-prices')).toBe(1);
    expect(soldAt(46, 1e9, 'no-prices')).toBe(1);
    expect(soldAt(46, 0, 'dividend')).toBe(1);
  });

  it('holds where the price contradicts the last close: that order waits', () => {
    expect(brokenAt(90, 90)).toEqual([]);
  });
});

describe('the truth of a decision', () => {
  const LIMITS = { maxGross: 1, maxWeight: 0.4 };
  const SECTORS = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP', 'XLU', 'XLY', 'XLC', 'XLB', 'XLRE'];
  /** Closes that gain so much a session; the others fall. */
  const closes = (gains: Readonly<Record<string, number>>) =>
    new Map(
      [...SECTORS, 'TLT', 'SPY'].map((name) => [
        name,
        Array.from({ length: 300 }, (_, row) => 100 * (1 + (gains[name] ?? -0.001)) ** row),
      ]),
    );

  it('is everything in bonds where nothing rose, and in a falling market the strict model', () => {
    expect(trueTarget(closes({}), LIMITS)).toMatchObject({
      regime: 'bear',
      weights: new Map([['TLT', 1]]),
    });
    const { weights } = trueTarget(closes({ XLE: 0.002 }), LIMITS) ?? {};
    expect(weights).toEqual(new Map([['XLE', 0.4]]));
  });

  it('is the three and the four strongest in a rising one, scaled to what may be invested', () => {
    const rising = { SPY: 0.001, XLK: 0.004, XLF: 0.003, XLE: 0.002, XLV: 0.001 };
    const found = trueTarget(closes(rising), LIMITS);
    expect(found?.regime).toBe('bull');
    const gross = 1 / 1.33 + (0.33 / 1.33) * 1.3;
    expect(found?.weights.get('XLV')).toBeCloseTo(((0.33 / 1.33) * 1.3) / 4 / gross);
    expect(found?.weights.get('XLK')).toBeCloseTo(
      (1 / 1.33 / 3 + ((0.33 / 1.33) * 1.3) / 4) / gross,
    );
  });
});

describe('the calendar of a simulated world', () => {
  it('has the sessions of the desk, by rules of its own', () => {
    for (const year of [2021, 2025, 2028, 2033, 2042]) {
      const [from, to] = [sessionDate(`${year}-01-01`), sessionDate(`${year}-12-31`)];
      expect(trueSessions(year)).toEqual(sessionsIn(from, to));
    }
    expect(trueSessionAt(newYorkInstant(sessionDate('2025-01-09'), 600))).toBeUndefined();
  });
});

describe('the session that is decided on', () => {
  const lastAt = (day: string, minutes: number, shut?: string): string | undefined => {
    const now = () => newYorkInstant(sessionDate(day), minutes);
    const isShut = (date: string) => date === shut;
    return lastWithBars(parts({ time: { now }, market: { isShut } }).world);
  };

  it('is the one before while one is open, and until its bars are final', () => {
    expect(lastAt('2024-07-02', 12 * 60)).toBe('2024-07-01');
    expect(lastAt('2024-07-02', 16 * 60 + 15)).toBe('2024-07-01');
    expect(lastAt('2024-07-02', 16 * 60 + 16)).toBe('2024-07-02');
  });

  it('is none on which the exchange stayed shut', () => {
    expect(lastAt('2024-07-08', 600)).toBe('2024-07-05');
    expect(lastAt('2024-07-08', 600, '2024-07-05')).toBe('2024-07-03');
  });
});

describe('the part of a simulated account that is managed', () => {
  /** Of $700 in cash and $300 in shares. */
  const managedWith = (changes: Readonly<Record<string, string>>) => {
    const { world } = parts({
      settings: settingsWith(changes),
      market: { price: () => ({ price: 30, at: NOON }) },
      exchange: {
        holdings: () => ({ cash: cents(70_000), shares: new Map([[XLK, wholeShares(10)]]) }),
        due: new Map(),
      },
    });
    return worthOf(world);
  };

  it('is all of it, less the reserve, at most what may be managed', () => {
    expect(managedWith({})).toMatchObject({ equity: 100_000, cash: 70_000, sized: 100_000 });
    expect(managedWith({ RESERVE_USD: '600' })).toMatchObject({ equity: 40_000, cash: 10_000 });
    expect(managedWith({ MAX_MANAGED_USD: '500' })).toMatchObject({ equity: 50_000, cash: 20_000 });
  });

  it('is what is held where that is more, though targets are shares of less', () => {
    const beyond = { equity: 30_000, cash: 0, sized: 20_000, account: 100_000, managed: 30_000 };
    expect(managedWith({ MAX_MANAGED_USD: '200' })).toEqual({ ...beyond, whole: 100_000 });
    expect(managedWith({ RESERVE_USD: '800' })).toEqual({ ...beyond, whole: 100_000 });
  });
});

describe('the truth of a simulated account', () => {
  it('counts each fill and each movement once, to the cent', () => {
    const account = createTrueAccount(cents(1_000_000));
    account.filled({ ticker: XLK, side: 'buy', qty: wholeShares(10), price: 100.01 });
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(4), price: 110 });
    account.moved({ ticker: undefined, qty: qty(0), cash: cents(-500) });
    expect(account.now().cash).toBe(1_000_000 - 100_010 + 44_000 - 500);
    expect(account.now().shares).toEqual(new Map([[XLK, wholeShares(6)]]));
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(6), price: 1 });
    expect(account.now().shares).toEqual(new Map());
  });

  it('takes no money that was brought for a gain, and none that was taken for a fall', () => {
    const market = { price: () => ({ price: 50, at: NOON }) } as unknown as Market;
    const path = createTrueDrawdown(market);
    const moved = (kind: 'deposit' | 'withdrawal', cash: number) =>
      path.moved({ id: kind, kind, ticker: undefined, qty: qty(0), cash: cents(cash), at: NOON });
    path.below(100_000, 0);
    moved('deposit', 50_000);
    path.below(151_000, 0);
    expect(path.today()).toBeCloseTo(0.01);
    expect(path.today() ?? 0).toBeCloseTo(1_000 / 150_000 + path.spread());
    moved('withdrawal', -75_500);
    expect(path.present(75_500)).toBeCloseTo(0);
    expect(path.below(60_400, 0)).toBeCloseTo(0.1);
  });

  it('earns on the part that is managed, from the first day on', () => {
    const start = { whole: 100_000, managed: 50_000 };
    const path = createTrueDrawdown({} as unknown as Market, start);
    path.below(101_000, 0, 50_000);
    expect(path.sinceStart()).toBeCloseTo(0.02);
    path.below(99_000, 0, 50_000);
    expect(path.today()).toBeCloseTo(-0.04);
    expect(path.sinceStart()).toBeCloseTo(1.02 * 0.96 - 1);
  });

  it('counts a fall from the evening before when a person resumed before the open', () => {
    const path = createTrueDrawdown({} as unknown as Market);
    path.below(100_000, 0);
    expect(path.below(80_000, 1)).toBeCloseTo(0);
    expect(path.present(80_000)).toBeCloseTo(0.2);
  });

  it('is followed on evenings without a process, which could not say who let it trade', () => {
    let [worth, isQuiet] = [100_000, false];
    const { world, broken } = parts({
      drawdown: createTrueDrawdown({} as unknown as Market),
      market: {},
      faults: { since: () => !isQuiet },
      exchange: {
        ...{ fake: { accepted: [] }, hidden: new Set() },
        holdings: () => ({ cash: cents(worth), shares: new Map() }),
      },
    });
    world.drawdown.below(worth, 1);
    worth = 80_000;
    checkEvening(world, undefined);
    worth = 76_000;
    expect(world.drawdown.below(worth, 1)).toBeCloseTo(0.24);
    expect(world.drawdown.today()).toBeCloseTo(-0.05);
    expect(broken).toEqual([]);
    isQuiet = true;
    checkEvening(world, undefined);
    expect(broken).toEqual(['no process runs']);
  });
});
