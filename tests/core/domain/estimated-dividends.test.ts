import { describe, expect, it } from 'vitest';
import type { EquityPoint } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { type Bars, barHistory } from '#core/domain/bar.ts';
import { dividendsBetween, estimatedDividends } from '#core/domain/estimated-dividends.ts';
import {
  cents,
  dollars,
  qty,
  sessionDate,
  type Ticker,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
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
    const dates = { after: '2026-11-17', session: '2026-11-18' };
    expect(found).toEqual([{ ticker: XLU, ...dates, qty: wholeShares(100), amount: dollars(50) }]);
    const sum = (since: string) =>
      dividendsBetween(found, sessionDate(since), sessionDate('2026-11-19'));
    expect([sum('2026-11-17'), sum('2026-11-18')]).toEqual([dollars(50), cents(0)]);
  });

  /** How many are estimated of a fall by $500, where an action brought XLRE at $50 each. */
  function besideShares(
    shares: number,
    {
      day = '2026-11-18',
      price = 50,
      firstHeld = 2,
      prices = [price, price, price, price] as readonly number[],
      ...terms
    }: Partial<Activity> & {
      readonly day?: string;
      readonly price?: number;
      readonly firstHeld?: number;
      readonly prices?: readonly number[];
    } = {},
    market: Bars = bars(95, 95, 95, 95),
    raw?: Bars,
  ): number {
    const activity = {
      ...{ id: 'spin', kind: 'split' as const, type: 'SPIN', ticker: ticker('XLRE') },
      ...{ qty: wholeShares(shares), cash: dollars(0), at: at(day), ...terms },
    };
    const points = DAYS.map((each, row) =>
      closed(each, 10_000, 500, {
        XLU: [100, row < 2 ? 100 : 95],
        ...(row >= firstHeld && { XLRE: [Math.max(1, shares), prices[row] ?? price] }),
      }),
    );
    const book = bookOf(START, ...points, { at: at(day), entry: { kind: 'activity', activity } });
    return estimatedDividends(book, market, raw).length;
  }

  it('are none where the price fell by a spin-off, whose shares may come some days late', () => {
    expect(besideShares(10)).toBe(0);
    expect(besideShares(10, { day: '2026-11-17T00:00:00Z' })).toBe(0);
    expect(besideShares(10, { day: '2026-11-23T00:00:00Z' })).toBe(0);
    expect(besideShares(10, { day: '2026-11-16T23:00:00Z' })).toBe(1);
    expect(besideShares(10, { day: '2026-12-18' })).toBe(1);
  });

  it('stay where the shares that came, with the cash beside them, are worth another amount', () => {
    expect(besideShares(12)).toBe(0);
    expect(besideShares(10, { price: 62.5 })).toBe(0);
    expect(besideShares(8, { cash: dollars(100) })).toBe(0);
    expect(besideShares(30)).toBe(1);
    expect(besideShares(1)).toBe(1);
  });

  it('stay where shares came in another way, or an action brought only money', () => {
    expect(besideShares(10, { kind: 'transfer' })).toBe(1);
    expect(besideShares(0, { cash: dollars(500) })).toBe(1);
  });

  it('are none where the shares that came were sold before any close, by what the bars say', () => {
    const soldAt = (price: number): Bars => {
      const xlu = bars(95, 95, 95, 95);
      const [history] = xlu.values();
      if (!history) throw new TypeError('a history was expected');
      const close = Float64Array.from(history.close, () => price);
      return new Map([...xlu, [ticker('XLRE'), { ...history, close }]]);
    };
    const sold = { firstHeld: 4 };
    expect(besideShares(10, sold, soldAt(50))).toBe(0);
    expect(besideShares(10, sold, soldAt(500))).toBe(1);
    const raw = new Map([...soldAt(50)].filter(([name]) => name === 'XLRE'));
    expect(besideShares(10, sold, soldAt(500), raw)).toBe(0);
  });

  it('value the shares that came at the first close after the fall that holds them', () => {
    expect(besideShares(10, { firstHeld: 3 })).toBe(0);
    expect(besideShares(10, { firstHeld: 0, prices: [1, 1, 50, 50] })).toBe(0);
    expect(besideShares(10, { prices: [50, 50, 50, 500] })).toBe(0);
    expect(besideShares(10, { firstHeld: 4 })).toBe(1);
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

describe('one estimated dividend', () => {
  interface Day {
    /** Dollars a share as traded, and as the bars have it; undefined: a day that they lack. */
    readonly price: number;
    readonly bar?: number | undefined;
    readonly shares?: number;
  }

  /** The estimates for these sessions. @param traded number of first closes that have an unadjusted bar. */
  function found(days: readonly Day[], terms: Partial<EquityPoint> = {}, traded = 0) {
    const equity = days.map(({ price, shares = 100 }, row): EquityPoint => {
      const quantity = qty(Math.round(shares * 1e9));
      const held = { qty: quantity, value: valueOf(quantity, price) };
      const session = sessionDate(DAYS[row] ?? '');
      const [cash, holdings] = [cents(0), new Map([[XLU, held]])];
      return { session, equity: held.value, cash, benchmark: 500, holdings, ...terms };
    });
    const known = days.flatMap((day, row) => {
      const date = sessionDate(DAYS[row] ?? '');
      return day.bar === undefined ? [] : [{ ...day, date, bar: day.bar }];
    });
    const history = (rows: typeof known, closeOf: (day: (typeof known)[number]) => number) =>
      barHistory(
        XLU,
        rows.map((day) => {
          const close = closeOf(day);
          return { date: day.date, open: close, high: close, low: close, close, volume: 1 };
        }),
      );
    const raw = new Map([[XLU, history(known.slice(0, traded), ({ price }) => price)]]);
    const adjusted = new Map([[XLU, history(known, ({ bar }) => bar)]]);
    return estimatedDividends({ equity, cashFlows: [] }, adjusted, raw).map(
      ({ session, amount }) => [session, amount],
    );
  }

  const same = (price: number, bar: number | undefined = price): Day => ({ price, bar });
  /** 0.5 % on the third day. */
  const PAID = [same(100, 99.5), same(100, 99.5), same(100), same(100)];

  it('is the part of the value that the adjustment took, to the cent', () => {
    expect(found(PAID)).toEqual([['2026-11-18', 5_000]]);
    const odd = [same(100.11, 99.5), same(100.11, 99.5), same(100), same(100)];
    // 100 shares of $100.11, of which 0.60933 % is $60.9999.
    expect(found(odd)).toEqual([['2026-11-18', 6_100]]);
  });

  it('is the same where only some closes are known as traded, and where shares were sold since', () => {
    expect(found(PAID, {}, 2)).toEqual([['2026-11-18', 5_000]]);
    const sold = PAID.map((day, row) => ({ ...day, shares: row < 2 ? 100 : 50 }));
    expect(found(sold)).toEqual([['2026-11-18', 5_000]]);
  });

  it('is that of a managed share only, where the close says which are', () => {
    const own = (only: Ticker) => ({
      managedBy: { own: [only], reserve: cents(0), maxManaged: undefined },
    });
    expect(found(PAID, own(XLU))).toHaveLength(1);
    expect(found(PAID, own(ticker('XLK')))).toEqual([]);
  });

  it('is none of a short position, which owes it', () => {
    const short = PAID.map((day) => ({ ...day, shares: -100 }));
    expect([found(short), found(short, {}, 4)]).toEqual([[], []]);
    expect(found(PAID, {}, 4)).toHaveLength(1);
  });

  it('is none where the bars lack a day or the value is unknown', () => {
    const [first, second, third, fourth] = PAID as [Day, Day, Day, Day];
    expect(found([first, { ...second, bar: undefined }, third, fourth])).toEqual([]);
    expect(found([first, second, { ...third, bar: undefined }, fourth])).toEqual([]);
    expect(found([first, { ...second, price: 0 }, third, fourth])).toEqual([]);
    expect(found([first, second, { ...third, price: 0 }, fourth])).toEqual([]);
    // Next to the two days a missing bar is no objection.
    expect(found([{ ...first, bar: undefined }, second, third, fourth])).toHaveLength(1);
    expect(found([first, second, third, { ...fourth, bar: undefined }])).toHaveLength(1);
  });

  it('is at least three times what both values may have been rounded by', () => {
    const of = (shares: number, bar: number) =>
      found([1, 1, 1, 1].map((price, row) => ({ price, shares, bar: row < 2 ? bar : 1 })));
    // $1.28: half a cent is 1/256, so both and three times are 3/128.
    expect(of(1.28, 125 / 128)).toEqual([['2026-11-18', 3]]);
    expect(of(1.28, 125.5 / 128)).toEqual([]);
    expect(of(1.28, 0.89)).toEqual([]);
  });

  it.each([
    ['two days before', [same(100, 99.5 * 0.99), same(100, 99.5), same(100), same(100)]],
    ['two days before, the other way', [same(100), same(100, 99.5), same(100), same(100)]],
    ['a day after', [same(100, 99.5), same(100, 99.5), same(100), same(100, 101)]],
    ['a day after, the other way', [same(100, 99.5), same(100, 99.5), same(100), same(100, 99)]],
  ])('is none where the adjustment is another one %s', (_, days) => {
    expect(found(days).filter(([session]) => session === '2026-11-18')).toEqual([]);
  });

  it('may have a steady adjustment that differs by a rounding', () => {
    const nearly = [same(100, 99.5 * 1.0003), same(100, 99.5), same(100), same(100, 100.03)];
    expect(found(nearly)).toHaveLength(1);
    // $20: half a cent is 0.025 %, so both and three times are 0.15 %.
    const small = [same(20, 19.9 * 1.001), same(20, 19.9), same(20), same(20, 20.02)];
    expect(found(small.map((day) => ({ ...day, shares: 1 })))).toHaveLength(1);
    expect(found(small)).toEqual([]);
  });
});

describe('a payment by the broker', () => {
  type Paid = Partial<Extract<Dated['entry'], { kind: 'activity' }>['activity']>;

  function payment(day: string, terms: Paid = {}): Dated {
    const { at: instant, entry } = paidOn(day);
    if (entry.kind !== 'activity') throw new Error('no activity');
    return {
      at: instant,
      entry: { ...entry, activity: { ...entry.activity, id: day, ...terms } },
    };
  }

  /** Sessions with an estimate left: dividends of half a dollar on the 17th and the 19th. */
  function unpaidWith(...payments: readonly Dated[]): readonly string[] {
    const book = bookOf(START, ...held(100, 99.5, 99.5, 99), ...payments);
    return estimatedDividends(book, bars(99, 99, 99, 99)).map(({ session }) => session);
  }

  it.each([
    ['2026-11-15T23:59:59.999Z', []],
    ['2026-11-16T00:00:00Z', ['2026-11-17']],
    ['2026-11-17T23:59:59.999Z', ['2026-11-17']],
    ['2027-01-06T00:00:00Z', ['2026-11-17']],
    ['2027-01-06T00:00:00.001Z', ['2026-11-19']],
    ['2027-01-08T00:00:00Z', ['2026-11-19']],
    ['2027-01-08T00:00:00.001Z', []],
  ])('on %s pays for the first estimate within 50 days: %j', (day, pays) => {
    const both = ['2026-11-17', '2026-11-19'];
    expect(unpaidWith(payment(day))).toEqual(both.filter((each) => !pays.includes(each)));
  });

  it('pays for the earlier of two estimates, so that the next one pays for the later', () => {
    const [first, second] = [payment('2026-11-17T05:00:00Z'), payment('2026-12-04T05:00:00Z')];
    expect(unpaidWith(first, second)).toEqual([]);
  });

  it('pays for an estimate also where no close was recorded between its ex-date and its pay date', () => {
    const [before, , , after] = held(100, 99.5, 99.5, 99.5);
    if (!before || !after) throw new Error('no closes');
    const adjusted = bars(99.5, 99.5, 99.5, 99.5);
    const left = (...payments: readonly Dated[]) =>
      estimatedDividends(bookOf(START, before, after, ...payments), adjusted);
    expect(left().map(({ session }) => session)).toEqual(['2026-11-19']);
    expect(left(payment('2026-11-17T05:00:00Z'))).toEqual([]);
    expect(left(payment('2026-11-15T05:00:00Z'))).toHaveLength(1);
  });

  it('is a dividend of the same ticker', () => {
    const day = '2026-12-04T05:00:00Z';
    expect(unpaidWith(payment(day, { ticker: ticker('XLK') }))).toHaveLength(2);
    expect(unpaidWith(payment(day, { kind: 'fee' }))).toHaveLength(2);
    expect(unpaidWith(payment(day))).toHaveLength(1);
  });
});
