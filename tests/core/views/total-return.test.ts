import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BarHistory, barHistory } from '#core/domain/bar.ts';
import { sessionOn, sessionsIn } from '#core/domain/calendar.ts';
import { totalReturnOf } from '#core/domain/total-return.ts';
import { epochMs, type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { closesOf, curveOf } from '#core/views/curve.ts';
import { sinceStart } from '#core/views/header.ts';
import { account, observation } from '#tests/support/desk.ts';
import { at, began, bookOf, closed, type Dated, moved } from './books.ts';

const SPY = ticker('SPY');

/** Adjusted closes of SPY, one a session. */
function adjusted(rows: readonly (readonly [day: string, close: number])[]): BarHistory {
  return barHistory(
    SPY,
    rows.map(([day, close]) => ({
      date: sessionDate(day),
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    })),
  );
}

const START = began(at('2026-11-16T15:00:00Z'));
/** 5 dollars a share on 18 November: the closes before it stand 1 % lower now. */
const PAID = new Map([
  [
    SPY,
    adjusted([
      ['2026-11-13', 495],
      ['2026-11-16', 495],
      ['2026-11-17', 495],
      ['2026-11-18', 495],
    ]),
  ],
]);
const CLOSES = [
  START,
  closed('2026-11-16', 100_000, 500),
  closed('2026-11-17', 100_000, 500),
  closed('2026-11-18', 100_000, 495),
];

describe('the benchmark', () => {
  it('earns its dividend on the ex-date, and a price-only return is named so', () => {
    const book = bookOf(...CLOSES);
    expect(closesOf(book, { adjusted: PAID, universe: UNIVERSE }).map(({ spy }) => spy)).toEqual([
      1, 1, 1, 1,
    ]);
    expect(closesOf(book).map(({ spy }) => spy)).toEqual([1, 1, 1, 0.99]);
    const market = (bars: typeof PAID | undefined) =>
      totalReturnOf(bars?.get(SPY), [], sessionDate('2026-11-16')).hasDividends;
    expect([market(PAID), market(undefined)]).toEqual([true, false]);
  });

  it('includes a live price after the last close', () => {
    const book = bookOf(...CLOSES);
    const prices = new Map([[SPY, 499.95]]);
    const now = at('2026-11-19T15:00:00Z');
    const seen = observation({ at: now, prices, account: account(100_000), adjusted: PAID });
    expect(curveOf(book, seen).at(-1)?.spy).toBeCloseTo(1.01, 12);
    expect(sinceStart(book, seen)).toMatchObject({ spy: expect.closeTo(0.01, 12) });
  });

  it('starts from the price alone if its bars begin after the account', () => {
    const late = new Map([[SPY, adjusted([['2026-11-17', 495]])]]);
    expect(closesOf(bookOf(...CLOSES), { adjusted: late, universe: UNIVERSE }).at(-1)?.spy).toBe(
      0.99,
    );
  });
});

/** What happens on one session: the market, and now and then a dividend, a split or money. */
interface Day {
  readonly gain: number;
  readonly yield: number;
  readonly split: number;
  /** Deposited, or taken out where negative; dollars. */
  readonly money: number;
}

const TEN_YEARS = sessionsIn(sessionDate('2016-01-04'), sessionDate('2025-12-31')).map(
  ({ date }) => date,
);

/** Holds SPY alone and buys for each dividend at that day's close. */
function holder(days: readonly Day[], factorOf: (day: Day) => number) {
  let [price, shares] = [200, 500];
  const raw: number[] = [];
  const factors: number[] = [];
  const entries: Dated[] = [];
  for (const [index, date] of TEN_YEARS.entries()) {
    const day = days[index];
    const close = sessionOn(date)?.close;
    if (!day || close === undefined) break;
    const dividend = price * day.yield;
    // Money that came counts from the beginning of its day, money that went to the end of it.
    shares += Math.max(0, day.money) / price;
    shares *= day.split;
    price = ((price - dividend) / day.split) * (1 + day.gain);
    shares += ((dividend / day.split) * shares) / price;
    shares += Math.min(0, day.money) / price;
    raw.push(price);
    factors.push(factorOf(day) / day.split);
    if (index === 0) entries.push(began(epochMs(close), shares * price, price));
    else if (day.money !== 0) entries.push(moved(epochMs(close - 60_000), day.money));
    entries.push(withEquity(date, shares * price, price));
  }
  return { book: bookOf(...entries), history: scaled(raw, factors) };
}

function withEquity(date: SessionDate, usd: number, spy: number): Dated {
  return closed(date, Math.round(usd * 100) / 100, spy);
}

/** Each close times the adjustments of all later days. */
function scaled(raw: readonly number[], factors: readonly number[]): BarHistory {
  const rows: [string, number][] = [];
  let factor = 1;
  for (let index = raw.length - 1; index >= 0; index--) {
    rows.unshift([TEN_YEARS[index] ?? '', (raw[index] ?? 0) * factor]);
    factor *= factors[index] ?? 1;
  }
  return adjusted(rows);
}

const histories = fc
  .infiniteStream(fc.tuple(fc.double({ min: -0.03, max: 0.031, noNaN: true }), fc.nat(2_000)))
  .map((stream): readonly Day[] =>
    [...stream.take(TEN_YEARS.length)].map(([gain, chance], index) => ({
      gain,
      yield: index > 0 && index % 63 === 0 ? 0.002 + (chance % 20) / 10_000 : 0,
      split: index === 1_234 ? 2 : 1,
      money: index > 0 && index % 101 === 0 ? (chance - 1_000) * 10 : 0,
    })),
  );

describe('ten years of SPY, its dividends reinvested at the close of the ex-date', () => {
  it('have no alpha', () => {
    fc.assert(
      fc.property(histories, (days) => {
        const { book, history } = holder(days, (day) => 1 - day.yield);
        const last = closesOf(book, { adjusted: new Map([[SPY, history]]), universe: UNIVERSE }).at(
          -1,
        );
        const yearly = (growth: number | undefined): number => (growth ?? Number.NaN) ** 0.1;
        expect(Math.abs(yearly(last?.you) - yearly(last?.spy))).toBeLessThan(0.0001);
      }),
      { numRuns: 20 },
    );
  });
});
