import { describe, expect, it } from 'vitest';
import { type Bars, barHistory } from '#core/domain/bar.ts';
import { cents, dollars, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import {
  equityAt,
  holdingsAt,
  isOfficial,
  officialCloses,
  priceAtBroker,
} from '#core/engine/reconciliation/closing-values.ts';
import { account, position } from '#tests/support/desk.ts';

const [SPY, XLF, XLK] = [ticker('SPY'), ticker('XLF'), ticker('XLK')];
const DAY = sessionDate('2026-11-20');

/** Bars of XLF on these days. */
function bars(closes: Readonly<Record<string, number>>): Bars {
  const rows = Object.entries(closes).map(([day, close]) => {
    return { date: sessionDate(day), open: close, high: close, low: close, close, volume: 1 };
  });
  return new Map([[XLF, barHistory(XLF, rows)]]);
}

const NONE: Bars = new Map();

describe('the official closes of a session', () => {
  const close = (adjusted: Bars, raw: Bars, atBroker: number | undefined = 90) =>
    officialCloses({ bars: adjusted, raw }, DAY, new Map([[XLF, atBroker]])).get(XLF);

  it('are those traded, else the newest bars', () => {
    expect(close(bars({ '2026-11-20': 90 }), bars({ '2026-11-20': 91 }))).toBe(91);
    expect(close(bars({ '2026-11-20': 90 }), NONE)).toBe(90);
    expect(close(bars({ '2026-11-20': 90 }), bars({ '2026-11-19': 91 }))).toBe(90);
    expect(close(NONE, bars({ '2026-11-20': 91, '2026-11-23': 95 }))).toBe(91);
  });

  it('are unknown where the bars are older, or may have been adjusted since', () => {
    expect(close(NONE, NONE)).toBeUndefined();
    expect(close(bars({ '2026-11-18': 90, '2026-11-19': 90 }), NONE)).toBeUndefined();
    expect(close(bars({ '2026-11-20': 90, '2026-11-23': 90 }), NONE)).toBeUndefined();
  });

  it('are not believed more than a tenth away from the broker’s price', () => {
    expect(close(bars({ '2026-11-20': 100 }), NONE)).toBeUndefined();
    expect(close(bars({ '2026-11-20': 80 }), NONE)).toBeUndefined();
    const untold = officialCloses(
      { bars: bars({ '2026-11-20': 100 }), raw: NONE },
      DAY,
      new Map([[XLF, undefined]]),
    );
    expect(untold.get(XLF)).toBe(100);
  });
});

it('a close is official with the benchmark’s and that of every position that has bars', () => {
  const is = (closes: readonly string[], held: readonly string[]) =>
    isOfficial(
      bars({ '2026-11-20': 90 }),
      new Map(closes.map((each) => [ticker(each), 1])),
      SPY,
      held.map(ticker),
    );
  expect(is(['SPY'], [])).toBe(true);
  expect(is([], [])).toBe(false);
  expect(is(['SPY', 'XLF'], ['XLF'])).toBe(true);
  expect(is(['SPY'], ['XLF'])).toBe(false);
  // XLK has no bars: nobody knows an official close of it.
  expect(is(['SPY', 'XLF'], ['XLF', 'XLK'])).toBe(true);
  expect(is(['SPY'], ['XLK'])).toBe(true);
});

it('the broker’s price of a position is stated, or follows from its value', () => {
  const held = position('XLF', 10, 90);
  expect(priceAtBroker({ ...held, marketValue: dollars(1) })).toBe(90);
  expect(priceAtBroker({ ...held, currentPrice: undefined })).toBe(90);
  expect(
    priceAtBroker({ ...held, currentPrice: undefined, marketValue: undefined }),
  ).toBeUndefined();
});

it('positions are valued at their official closes, else as the broker does', () => {
  const positions = [position('XLF', 10, 90), position('XLK', 2, 50)];
  expect(holdingsAt(positions, new Map([[XLF, 91.5]]))).toEqual(
    new Map([
      [XLF, { qty: wholeShares(10), value: 91_500 }],
      [XLK, { qty: wholeShares(2), value: 10_000 }],
    ]),
  );
});

describe('the equity at a close', () => {
  const positions = [position('XLF', 10, 90)];
  const at = (rest: Partial<Parameters<typeof equityAt>[0]>) =>
    equityAt(
      { account: account(2_000, { cash: dollars(100) }), positions, ...rest },
      new Map([[XLF, { qty: wholeShares(10), value: cents(91_500) }]]),
    );
  const coin = (value: number | undefined) => ({
    ...{
      name: 'coin',
      reason: 'no stock',
      value: value === undefined ? undefined : dollars(value),
    },
  });

  it('is cash and official closes, whatever equity is stated', () => {
    expect(at({})).toBe(dollars(1_015));
  });

  it('has all other holdings at their stated value', () => {
    expect(at({ unmanaged: [coin(50), coin(7)] as never })).toBe(dollars(1_072));
  });

  it('is the stated one, moved to the closes, where a holding is not valued', () => {
    expect(at({ unmanaged: [coin(50), coin(undefined)] as never })).toBe(dollars(2_015));
  });
});
