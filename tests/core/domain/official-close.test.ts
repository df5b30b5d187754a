import { describe, expect, it } from 'vitest';
import type { EquityPoint } from '#core/domain/account-state.ts';
import { type BarHistory, type Bars, barHistory, truncateTo } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { closingFaults, isBelieved } from '#core/domain/official-close.ts';
import {
  cents,
  type SessionDate,
  sessionDate,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';

const [SPY, XLK] = [ticker('SPY'), ticker('XLK')];
const DAYS = sessionsIn(sessionDate('2026-08-03'), sessionDate('2026-09-30')).map(
  ({ date }) => date,
);
const CASH = 100_000;

/** As they were traded: SPY falls by 2 % on the day 20 and by 0.2 % on the day after it. */
const spyAt = (day: number): number => (day < 20 ? 500 : day === 20 ? 490 : 489);
const xlkAt = (day: number): number => 200 + day;

function bars(
  name: typeof SPY,
  priceOf: (day: number) => number,
  factorOf = (_: number) => 1,
): BarHistory {
  const rows = DAYS.map((date, day) => {
    const close = priceOf(day) * factorOf(day);
    return { date, open: close, high: close, low: close, close, volume: 1 };
  });
  return barHistory(name, rows);
}

function point(day: number, from = day): EquityPoint {
  const qty = wholeShares(100);
  const value = valueOf(qty, xlkAt(from));
  return {
    session: DAYS[day] as SessionDate,
    equity: cents(CASH + value),
    cash: cents(CASH),
    benchmark: spyAt(from),
    holdings: new Map([[XLK, { qty, value }]]),
  };
}

const RECORDED = DAYS.slice(0, -1).map((_, day) => point(day));
const withPoint = (wrong: EquityPoint, at: number) =>
  RECORDED.map((each, day) => (day === at ? wrong : each));
const plain: Bars = new Map([
  [SPY, bars(SPY, spyAt)],
  [XLK, bars(XLK, xlkAt)],
]);
/** A dividend of 0.4 % went ex on day 25, and XLK split two for one on day 30. */
const adjusted: Bars = new Map([
  [SPY, bars(SPY, spyAt, (day) => (day < 25 ? 0.996 : 1))],
  [XLK, bars(XLK, xlkAt, (day) => (day < 30 ? 0.5 : 1))],
]);

describe('recorded closes against the official ones', () => {
  it('find nothing wrong with correct ones, whatever dividends came since', () => {
    expect(closingFaults({ equity: RECORDED }, plain, SPY)).toEqual([]);
    expect(closingFaults({ equity: RECORDED }, adjusted, SPY)).toEqual([]);
  });

  it('skip one without a successor, on whose day a dividend changed all earlier prices', () => {
    const until = 26;
    const cut = (history: BarHistory): BarHistory =>
      truncateTo(history, DAYS[until] as SessionDate);
    const market = new Map([...adjusted].map(([name, history]) => [name, cut(history)]));
    const early = { equity: RECORDED.slice(0, until) };
    expect(closingFaults(early, market, SPY)).toEqual([]);
    expect(closingFaults({ equity: RECORDED.slice(0, until + 1) }, market, SPY)).toEqual([]);
  });

  it.each([
    ['plain bars', plain],
    ['bars that were adjusted since', adjusted],
  ])(
    'find the one with the next session’s prices, and what it should have been, by %s',
    (_, market) => {
      const equity = withPoint(point(19, 20), 19);
      const [fault, ...more] = closingFaults({ equity }, market, SPY);
      expect(more).toEqual([]);
      expect(fault?.recorded.session).toBe(DAYS[19]);
      expect(fault?.official).toEqual(point(19));
    },
  );

  it('report a wrong one even if the correct value is unknown', () => {
    const { holdings: _, ...bare } = point(19, 20);
    const faults = closingFaults({ equity: withPoint(bare, 19) }, plain, SPY);
    expect(faults).toEqual([{ recorded: bare, official: undefined }]);
  });

  it('put official prices in the place of provisional ones as soon as the bars have them', () => {
    const last = DAYS.length - 1;
    const early: EquityPoint = { ...point(last, last - 1), provisional: true };
    const equity = [...RECORDED, early];
    expect(closingFaults({ equity }, plain, SPY)).toEqual([
      { recorded: early, official: point(last) },
    ]);
    const yesterday = new Map([...plain.keys()].map((name) => [name, barHistory(name, [])]));
    expect(closingFaults({ equity }, yesterday, SPY)).toEqual([]);
  });

  it.each([
    ['first', 0],
    ['last', RECORDED.length - 1],
  ])('as traded prices checks the first and the last one: the %s', (_, day) => {
    const equity = withPoint(point(day, 20), day);
    expect(closingFaults({ equity }, adjusted, SPY, plain)).toEqual([
      { recorded: equity[day], official: point(day) },
    ]);
    expect(closingFaults({ equity: RECORDED }, adjusted, SPY, plain)).toEqual([]);
  });

  it('use traded prices to check those next to a gap, and one after a dividend’s day', () => {
    const equity = withPoint(point(19, 20), 19).filter((_, day) => day !== 18 && day < 21);
    expect(closingFaults({ equity }, adjusted, SPY, plain)[0]?.official).toEqual(point(19));
  });

  it('find a position at another price than its close although the benchmark is right', () => {
    const equity = withPoint({ ...point(12, 14), benchmark: spyAt(12) }, 12);
    expect(closingFaults({ equity }, adjusted, SPY, plain)).toEqual([
      { recorded: equity[12], official: point(12) },
    ]);
  });

  it('never value shares from before a split at the price after it', () => {
    const halved = new Map([...plain, [XLK, bars(XLK, (day) => xlkAt(day) / (day < 19 ? 1 : 2))]]);
    expect(closingFaults({ equity: RECORDED.slice(0, 20) }, adjusted, SPY, halved)).toEqual([]);
    const equity = withPoint(point(19, 20), 19).slice(0, 20);
    const [fault] = closingFaults({ equity }, adjusted, SPY, halved);
    expect(fault).toEqual({ recorded: equity[19], official: undefined });
  });

  it('keep the broker’s value of a position without bars', () => {
    const other = ticker('TSLA');
    const wrong = point(19, 20);
    const held = new Map([
      ...(wrong.holdings ?? []),
      [other, { qty: wholeShares(1), value: cents(777) }] as const,
    ]);
    const equity = withPoint({ ...wrong, holdings: held }, 19);
    expect(closingFaults({ equity }, plain, SPY)[0]?.official?.holdings?.get(other)?.value).toBe(
      777,
    );
  });
});

/** Prices of one session as they were traded, and as the bars have them today. */
interface Session {
  readonly spy: number;
  readonly xlk?: number | undefined;
  readonly provisional?: true;
  /** Adjusted over traded; 0 where the bars lack the session. */
  readonly factor?: number;
}

/** Consecutive sessions: 100 shares of XLK wherever there is a price of it. */
function recordedOn(sessions: readonly Session[]): readonly EquityPoint[] {
  return sessions.map(({ spy, xlk, provisional }, day) => {
    const qty = wholeShares(100);
    const value = valueOf(qty, xlk ?? 0);
    return {
      session: DAYS[day] as SessionDate,
      equity: cents(CASH + value),
      cash: cents(CASH),
      benchmark: spy,
      holdings: new Map(xlk === undefined ? [] : [[XLK, { qty, value }]]),
      ...(provisional ? { provisional } : {}),
    };
  });
}

/** Bars of the sessions and of one later one, in which nothing changes. */
function barsOf(sessions: readonly Session[], official: Partial<Record<number, Session>>): Bars {
  const last = { ...sessions.at(-1), factor: 1 };
  const all = [...sessions, last].map((each, day) => ({ ...each, ...official[day] }));
  const rows = (priceOf: (each: Partial<Session>) => number | undefined) =>
    all.flatMap((each, day) => {
      const close = (priceOf(each) ?? 100) * (each.factor ?? 1);
      const date = DAYS[day] as SessionDate;
      return close > 0 ? [{ date, open: close, high: close, low: close, close, volume: 1 }] : [];
    });
  return new Map([
    [
      SPY,
      barHistory(
        SPY,
        rows(({ spy }) => spy),
      ),
    ],
    [
      XLK,
      barHistory(
        XLK,
        rows(({ xlk }) => xlk),
      ),
    ],
  ]);
}

const GOOD: Session = { spy: 500, xlk: 200 };
const HIGH: Session = { spy: 510, xlk: 204 };

/** What is found in these sessions, of which those named have other official prices. */
function faultsIn(sessions: readonly Session[], official: Partial<Record<number, Session>> = {}) {
  const equity = recordedOn(sessions);
  return closingFaults({ equity }, barsOf(sessions, official), SPY).map(
    ({ recorded, official: right }) => ({
      day: DAYS.indexOf(recorded.session),
      spy: right?.benchmark,
      xlk: right?.holdings?.get(XLK)?.value,
      equity: right?.equity,
    }),
  );
}

const FOUND = { spy: 500, xlk: 2_000_000, equity: CASH + 2_000_000 };

describe('an official close derived from the closes around it', () => {
  it('needs one on each side, and is the same cash and shares at the right prices', () => {
    expect(faultsIn([GOOD, HIGH, GOOD], { 1: GOOD })).toEqual([{ day: 1, ...FOUND }]);
    expect(faultsIn([HIGH, GOOD, GOOD], { 0: GOOD })).toEqual([]);
  });

  it('believes the majority of the five closes on either side', () => {
    const before = [HIGH, HIGH, GOOD, GOOD, GOOD];
    const after = [HIGH, HIGH, GOOD, GOOD, GOOD];
    const all = [HIGH, ...before, HIGH, ...after, HIGH];
    const right = Object.fromEntries(all.map((_, day) => [day, GOOD]));
    expect(faultsIn(all, right).find(({ day }) => day === 6)).toEqual({ day: 6, ...FOUND });
  });

  it('takes the lower adjustment of two', () => {
    const later = { ...GOOD, factor: 1.0004 };
    const official = { 0: GOOD, 1: later, 2: GOOD, 3: GOOD, 4: later };
    expect(faultsIn([GOOD, GOOD, HIGH, GOOD, GOOD], official)).toEqual([{ day: 2, ...FOUND }]);
  });

  it('is none on the day of a dividend, as the sides differ by it', () => {
    const paid = { ...GOOD, factor: 0.996 };
    const expected = [{ day: 1, spy: undefined, xlk: undefined, equity: undefined }];
    expect(faultsIn([paid, HIGH, GOOD], { 1: GOOD })).toEqual(expected);
    expect(faultsIn([GOOD, HIGH, paid], { 1: GOOD })).toEqual(expected);
  });

  it('is rounded to a hundredth of a cent, where the sides differ by a rounding', () => {
    const before = { ...GOOD, factor: 0.9998 };
    expect(faultsIn([before, HIGH, GOOD], { 1: GOOD })).toMatchObject([{ spy: 500.1 }]);
    const third = { ...GOOD, factor: 0.99985 };
    expect(faultsIn([third, HIGH, GOOD], { 1: GOOD })).toMatchObject([{ spy: 500.075 }]);
    const [tiny, found] = [{ spy: 1.23456 }, { spy: 1.3 }];
    expect(faultsIn([tiny, found, tiny], { 1: tiny })).toMatchObject([{ spy: 1.2346 }]);
  });

  it.each([
    ['provisional', { ...GOOD, provisional: true }],
    ['without bars', { ...GOOD, factor: 0 }],
  ] as const)('does not look at a close that is %s', (_, other) => {
    expect(faultsIn([other, HIGH, GOOD], { 0: other, 1: GOOD })).not.toContainEqual({
      day: 1,
      ...FOUND,
    });
    const far = { ...other, spy: 450, xlk: 180 };
    const official = { 0: { ...GOOD, factor: other.factor ?? 1 }, 2: GOOD };
    expect(faultsIn([far, GOOD, HIGH, GOOD], official)).toContainEqual({ day: 2, ...FOUND });
  });

  it('is unknown where a share was not held before, or was not valued', () => {
    const unknown = [{ day: 2, spy: undefined, xlk: undefined, equity: undefined }];
    for (const xlk of [undefined, 0]) {
      const other = { ...GOOD, xlk };
      const official = { 0: GOOD, 1: GOOD, 2: GOOD };
      expect(faultsIn([other, other, HIGH, GOOD], official)).toEqual(unknown);
      expect(faultsIn([other, other, GOOD, HIGH, GOOD], { ...official, 3: GOOD })).toEqual([
        { day: 3, ...FOUND },
      ]);
    }
  });

  it('is unknown of a share that is held on one side only, though the benchmark’s is known', () => {
    const [spy] = [...barsOf([GOOD, GOOD, GOOD], {})];
    const raw = new Map(spy ? [spy] : []);
    const none = { spy: 500 };
    const wrong = { spy: 510, xlk: 0 };
    for (const sessions of [
      [GOOD, HIGH, none],
      [none, wrong, GOOD],
    ]) {
      const equity = recordedOn(sessions);
      expect(closingFaults({ equity }, barsOf([GOOD, GOOD, GOOD], {}), SPY, raw)).toEqual([
        { recorded: equity[1], official: undefined },
      ]);
    }
  });

  it('is not believed where the benchmark’s is a tenth away from the recorded one', () => {
    const far = { spy: 600, xlk: 200 };
    expect(faultsIn([GOOD, far, GOOD], { 1: GOOD })).toEqual([
      { day: 1, spy: undefined, xlk: undefined, equity: undefined },
    ]);
  });

  it('is known of a share below a dollar', () => {
    const [penny, wrong] = [
      { spy: 500, xlk: 0.5 },
      { spy: 510, xlk: 0.51 },
    ];
    expect(faultsIn([penny, wrong, penny], { 1: penny })).toEqual([
      { day: 1, spy: 500, xlk: 5_000, equity: CASH + 5_000 },
    ]);
  });

  it('is unknown where the bars lack a share that is not valued', () => {
    const equity = recordedOn([GOOD, { spy: 510, xlk: 0 }, GOOD]);
    const market = barsOf([GOOD, GOOD, GOOD], {});
    const gap = barsOf([GOOD, GOOD, GOOD], { 1: { ...GOOD, factor: 0 } });
    const bars_ = new Map([...market, [XLK, gap.get(XLK) as BarHistory]]);
    expect(closingFaults({ equity }, bars_, SPY)).toEqual([
      { recorded: equity[1], official: undefined },
    ]);
  });

  it.each([
    [499.2, true],
    [501, true],
    [498.5, false],
    [501.5, false],
  ])('is looked for where the benchmark is off by more than 0.2 %%: %d for 500', (spy, isRight) => {
    const found = faultsIn([GOOD, { spy, xlk: 200 }, GOOD], { 1: GOOD });
    expect(found.map(({ day }) => day)).toEqual(isRight ? [] : [1]);
  });
});

describe('a recorded close against traded prices', () => {
  it('is right without a position where the benchmark is', () => {
    const equity = recordedOn([GOOD]).map(({ holdings: _, ...bare }) => bare);
    expect(closingFaults({ equity }, new Map(), SPY, barsOf([GOOD], {}))).toEqual([]);
  });

  it.each([
    [500.2, true],
    [499.8, true],
    [500.3, false],
    [499.7, false],
  ])('may differ by 0.05 %% of the benchmark: %d for 500', (spy, isRight) => {
    const equity = recordedOn([{ spy, xlk: 200 }]);
    const raw = barsOf([GOOD], {});
    expect(closingFaults({ equity }, new Map(), SPY, raw)).toHaveLength(isRight ? 0 : 1);
  });

  it.each([
    [10_000, 10_006, true],
    [10_000, 10_007, false],
    [10_000, 9_994, true],
    [10_000, 9_993, false],
    [-10_000, -10_006, true],
    [-10_000, -10_007, false],
  ])('may differ by 0.05 %% and a cent: %d cents for %d', (value, right, isRight) => {
    const qty = wholeShares(Math.sign(value));
    const [point_] = recordedOn([GOOD]);
    const held = new Map([
      [XLK, { qty, value: cents(value) }],
      [ticker('TSLA'), { qty, value: cents(value) }],
    ]);
    const equity = [{ ...(point_ as EquityPoint), holdings: held }];
    const raw = barsOf([{ spy: 500, xlk: Math.abs(right) / 100 }], {});
    expect(closingFaults({ equity }, new Map(), SPY, raw)).toHaveLength(isRight ? 0 : 1);
  });
});

describe('the close of a bar', () => {
  it.each([
    [100, undefined, true],
    [100, 0, true],
    [100, -1, true],
    [100, 0.5, false],
    [109.9, 100, true],
    [90.1, 100, true],
    [111, 100, false],
    [89, 100, false],
    [undefined, undefined, false],
    [undefined, 0, false],
  ])('is believed within a tenth of the broker’s price: %s by %s', (close, atBroker, isTrue) => {
    expect(isBelieved(close, atBroker)).toBe(isTrue);
  });
});
