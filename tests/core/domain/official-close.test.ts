import { describe, expect, it } from 'vitest';
import type { EquityPoint } from '#core/domain/account-state.ts';
import { type BarHistory, type Bars, barHistory, truncateTo } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { closingFaults } from '#core/domain/official-close.ts';
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
