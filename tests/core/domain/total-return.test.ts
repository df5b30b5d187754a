import { describe, expect, it } from 'vitest';
import { type BarHistory, barHistory } from '#core/domain/bar.ts';
import { adjustedClose, rescaled, totalReturnOf } from '#core/domain/total-return.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';

const SPY = ticker('SPY');
const day = sessionDate;

/** Adjusted closes by day. */
function bars(closes: Readonly<Record<string, number>>): BarHistory {
  return barHistory(
    SPY,
    Object.entries(closes).map(([date, close]) => {
      return { date: day(date), open: close, high: close, low: close, close, volume: 1 };
    }),
  );
}

const traded = (closes: Readonly<Record<string, number>>) =>
  Object.entries(closes).map(([date, price]) => ({ session: day(date), price }));

/** A dividend of 2 % went ex on the 18th. */
const HISTORY = bars({ '2026-11-16': 98, '2026-11-17': 98, '2026-11-18': 99, '2026-11-19': 99 });
const CLOSES = traded({ '2026-11-16': 100, '2026-11-17': 100, '2026-11-18': 99, '2026-11-19': 99 });
const FROM = day('2026-11-16');

it('the adjusted close is that of the day, where there is a bar', () => {
  const all = new Map([[SPY, HISTORY]]);
  expect(adjustedClose(all, SPY, day('2026-11-17'))).toBe(98);
  expect(adjustedClose(all, SPY, day('2026-11-20'))).toBeUndefined();
  expect(adjustedClose(all, ticker('XLK'), day('2026-11-17'))).toBeUndefined();
  expect(adjustedClose(undefined, SPY, day('2026-11-17'))).toBeUndefined();
});

it('a price is rescaled by a close before and after, which is positive', () => {
  expect(rescaled(50, 100, 98)).toBe(49);
  expect(rescaled(50, 0.5, 0.25)).toBe(25);
  expect([rescaled(50, 0, 98), rescaled(50, -1, 98)]).toEqual([undefined, undefined]);
});

describe('total return', () => {
  it('has the levels of the bars, dividends included', () => {
    const { close, hasDividends } = totalReturnOf(HISTORY, CLOSES, FROM);
    expect(hasDividends).toBe(true);
    expect(close(day('2026-11-17'), 100)).toBe(98);
    expect(close(day('2026-11-19'), 99)).toBe(99);
  });

  it('is that of prices alone without bars back to the first day', () => {
    for (const history of [undefined, bars({}), bars({ '2026-11-17': 98 })]) {
      const { close, price, hasDividends } = totalReturnOf(history, CLOSES, FROM);
      expect(hasDividends).toBe(false);
      expect([close(day('2026-11-17'), 100), price(day('2026-11-17'), 101)]).toEqual([100, 101]);
    }
    expect(totalReturnOf(bars({ '2026-11-13': 98 }), CLOSES, FROM).hasDividends).toBe(true);
  });

  it('moves an earlier price by the adjustment of that day’s close', () => {
    const { price } = totalReturnOf(HISTORY, CLOSES, FROM);
    expect(price(day('2026-11-17'), 50)).toBe(49);
    expect(price(day('2026-11-18'), 50)).toBe(50);
  });

  it('takes prices since the newest bar as they are', () => {
    const { price, close } = totalReturnOf(HISTORY, traded({ '2026-11-19': 198 }), FROM);
    expect([price(day('2026-11-19'), 50), price(day('2026-11-20'), 50)]).toEqual([50, 50]);
    expect(close(day('2026-11-20'), 97)).toBe(97);
  });

  it('goes by the nearest recorded close after the day, else by the last before it', () => {
    const gap = bars({ '2026-11-13': 10, '2026-11-16': 98, '2026-11-18': 99, '2026-11-19': 99 });
    const price = (closes: Readonly<Record<string, number>>) =>
      totalReturnOf(gap, traded(closes), day('2026-11-13')).price(day('2026-11-17'), 50);
    expect(price({ '2026-11-16': 98, '2026-11-18': 49.5, '2026-11-19': 99 })).toBe(100);
    expect(price({ '2026-11-13': 20, '2026-11-16': 49 })).toBe(100);
    // No bar of the 17th: its own close says nothing.
    expect(price({ '2026-11-16': 98, '2026-11-17': 1, '2026-11-18': 49.5 })).toBe(100);
    expect(price({ '2026-11-16': 49, '2026-11-17': 1 })).toBe(100);
    expect(price({})).toBe(50);
    expect(price({ '2026-11-18': 0 })).toBe(50);
  });

  it('closes a day without a bar at its price, moved by the same', () => {
    const gap = bars({ '2026-11-16': 98, '2026-11-18': 99 });
    const { close } = totalReturnOf(gap, traded({ '2026-11-16': 49 }), FROM);
    expect(close(day('2026-11-17'), 50)).toBe(100);
  });
});
