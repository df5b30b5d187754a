import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { dividendsBetween, estimatedDividends } from '#core/domain/estimated-dividends.ts';
import { cents, dollars, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { closesOf } from '#core/views/curve.ts';
import { at, began, bookOf, closed, type Dated } from '../views/books.ts';

const XLU = ticker('XLU');
const DAYS = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'] as const;
const START = began(at('2026-11-16T15:00:00Z'), 10_000);

/** The adjusted bars of XLU on the four days. */
function bars(...closes: readonly number[]) {
  const rows = DAYS.map((day, row) => {
    const close = closes[row] ?? Number.NaN;
    const date = sessionDate(day);
    return { date, open: close, high: close, low: close, close, volume: 1 };
  });
  return new Map([[XLU, barHistory(XLU, rows)]]);
}

/** 100 shares and no cash, at these traded closes. */
function held(...closes: readonly number[]): readonly Dated[] {
  return DAYS.map((day, row) => {
    const price = closes[row] ?? Number.NaN;
    return closed(day, 100 * price, 500, { XLU: [100, price] });
  });
}

/** $0.50 a share on the 18th: 0.5 % of the close before. */
const DIVIDEND = bars(99.5, 99.5, 99.5, 99.5);
const TRADED = held(100, 100, 99.5, 99.5);

function paidOn(day: string): Dated {
  const activity = {
    id: 'div',
    kind: 'dividend' as const,
    ticker: XLU,
    qty: wholeShares(0),
    cash: dollars(50),
    at: at(day),
  };
  return { at: at(day), entry: { kind: 'activity', activity } };
}

describe('the dividends of a paper account', () => {
  it('are estimated from the ex-date and the shares held before it', () => {
    const found = estimatedDividends(bookOf(START, ...TRADED), DIVIDEND);
    expect(found).toEqual([
      { ticker: XLU, session: '2026-11-18', qty: wholeShares(100), amount: dollars(50) },
    ]);
    const sum = (since: string) =>
      dividendsBetween(found, sessionDate(since), sessionDate('2026-11-19'));
    expect([sum('2026-11-17'), sum('2026-11-18')]).toEqual([dollars(50), cents(0)]);
  });

  it('include shares sold on the ex-date, and exclude those bought on it', () => {
    const raw = bars(100, 100, 99.5, 99.5);
    const day = (row: number, shares: number) =>
      closed(DAYS[row] ?? '', 10_000, 500, shares > 0 ? { XLU: [shares, 100 - row / 4] } : {});
    const of = (...shares: readonly number[]) =>
      estimatedDividends(
        bookOf(START, ...shares.map((each, row) => day(row, each))),
        DIVIDEND,
        raw,
      );
    expect(of(100, 100, 0, 0)).toMatchObject([{ session: '2026-11-18', qty: wholeShares(100) }]);
    expect(of(0, 0, 100, 100)).toEqual([]);
  });

  it('are zero if the broker paid them, even weeks later', () => {
    const book = bookOf(START, ...TRADED, paidOn('2026-12-04T05:00:00Z'));
    expect(estimatedDividends(book, DIVIDEND)).toEqual([]);
    const before = bookOf(START, paidOn('2026-11-16T20:00:00Z'), ...TRADED);
    expect(estimatedDividends(before, DIVIDEND)).toHaveLength(1);
  });

  it('are two where the broker paid one of two: a payment pays for one', () => {
    const twice = bars(99, 99, 99, 99);
    const traded = held(100, 99.5, 99.5, 99);
    const both = bookOf(START, ...traded);
    expect(estimatedDividends(both, twice).map(({ session }) => session)).toEqual([
      '2026-11-17',
      '2026-11-19',
    ]);
    const one = bookOf(START, ...traded, paidOn('2026-12-04T05:00:00Z'));
    expect(estimatedDividends(one, twice).map(({ session }) => session)).toEqual(['2026-11-19']);
  });

  it('are not derived from a split, a cent of rounding, or invalid closes', () => {
    const of = (traded: readonly Dated[], adjusted = DIVIDEND) =>
      estimatedDividends(bookOf(START, ...traded), adjusted);
    expect(of(held(100, 100, 50, 50), bars(50, 50, 50, 50))).toEqual([]);
    expect(of(held(100, 100, 100.03, 100), bars(100, 100, 100, 100))).toEqual([]);
    // The next session's price as the close of the 17th: the adjustment does not stay.
    expect(of(held(100, 102, 100, 100), bars(100, 100, 100, 100))).toEqual([]);
  });

  it('count for a paper account only; a live account counts actual payments', () => {
    const book = bookOf(START, ...TRADED);
    const you = (mode: 'PAPER' | 'SANDBOX' | 'LIVE') =>
      closesOf(book, { adjusted: DIVIDEND, universe: UNIVERSE, mode }).at(-1)?.you;
    expect(you('PAPER')).toBeCloseTo(1, 12);
    expect(you('SANDBOX')).toBeCloseTo(1, 12);
    expect(you('LIVE')).toBeCloseTo(0.995, 12);
  });
});
