import { describe, expect, it } from 'vitest';
import { type BarHistory, type Bars, barHistory } from '#core/domain/bar.ts';
import { type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { at, barsOn, indexAt, panelOf, rowOf } from '#core/rules/panel.ts';
import { AS_OF, changed, history, market, sessionDates, withRows } from '#tests/support/bars.ts';

const DATES = sessionDates(AS_OF, 5);
const dateAt = (row: number) => DATES[row] ?? AS_OF;

/** A history whose last session is that one of DATES. */
function ended(name: string, last: SessionDate): BarHistory {
  return withRows(
    history(name, () => 1, { count: 5 }),
    (row) => (row.date > last ? undefined : row),
  );
}

/** Five sessions of every ticker, each close 100.25 plus its index. */
const bars = new Map(
  [...market({}, { count: 5 })].map(([name]) => [
    name,
    history(name, (index) => 100.25 + index, { count: 5 }),
  ]),
);

describe('panelOf', () => {
  it('has a row for each session, and a column for each ticker with the benchmark last', () => {
    const panel = panelOf(bars, UNIVERSE);
    expect(panel.dates).toEqual(DATES);
    expect(panel.tickers.at(-1)).toBe(UNIVERSE.benchmark.ticker);
    expect(panel.tickers[panel.benchmark]).toBe(UNIVERSE.benchmark.ticker);
    expect(panel.tickers[panel.defensive]).toBe(UNIVERSE.defensive.ticker);
    expect([...panel.sectors]).toEqual(UNIVERSE.sectors.map((_, index) => index));
  });

  it('has prices in dollars, and in whole millionths', () => {
    const panel = panelOf(bars, UNIVERSE);
    expect([...(panel.close[0] ?? [])]).toEqual([100.25, 101.25, 102.25, 103.25, 104.25]);
    expect([...(panel.openMicros[0] ?? [])]).toEqual([
      100_250_000, 101_250_000, 102_250_000, 103_250_000, 104_250_000,
    ]);
    // 1.005 * 1_000_000 is 1004999.9999999999.
    const odd = history('XLK', () => 1.005, { count: 1 });
    const { closeMicros, tickers } = panelOf(new Map([[odd.ticker, odd]]), UNIVERSE);
    expect([...(closeMicros[tickers.indexOf(odd.ticker)] ?? [])]).toEqual([1_005_000]);
  });

  it('has NaN where a ticker has no bar, and where it has no history', () => {
    const without = changed(bars, 'XLK', () => undefined);
    const holed = changed(without, 'XLF', (each) =>
      withRows(each, (row) => (row.date === dateAt(2) ? undefined : row)),
    );
    const { close, tickers } = panelOf(holed, UNIVERSE);
    const column = (name: string) => [...(close[tickers.indexOf(ticker(name))] ?? [])];
    expect(column('XLK')).toEqual(DATES.map(() => Number.NaN));
    expect(column('XLF')).toEqual([100.25, 101.25, Number.NaN, 103.25, 104.25]);
  });

  it('spans the first bar of any ticker to the last of any', () => {
    const [first, , ...others] = instruments(UNIVERSE).map((each) => each.ticker);
    const spans = new Map([
      [first ?? 'none', history(first ?? 'none', () => 1, { count: 2 })],
      ...others.map((name) => [name, ended(name, dateAt(2))] as const),
    ]);
    expect(panelOf(spans as Bars, UNIVERSE).dates).toEqual(DATES);
    const late = history('XLK', () => 1, { count: 2 });
    expect(panelOf(new Map([[late.ticker, late]]), UNIVERSE).dates).toEqual(DATES.slice(3));
  });

  it('ignores a history without bars, and has no row without any', () => {
    const none = barHistory(UNIVERSE.benchmark.ticker, []);
    const some = history('XLK', () => 1, { count: 1 });
    const both = new Map([some, none].map((each) => [each.ticker, each]));
    expect(panelOf(both, UNIVERSE).dates).toEqual([AS_OF]);
    const { dates, listed } = panelOf(new Map(), UNIVERSE);
    expect([dates, indexAt(listed, 0)]).toEqual([[], 0]);
  });

  it('counts the row of a listing from its first session', () => {
    const universe = {
      ...UNIVERSE,
      benchmark: { ...UNIVERSE.benchmark, firstSession: dateAt(3) },
    };
    const { listed, benchmark } = panelOf(bars, universe);
    expect(indexAt(listed, benchmark)).toBe(3);
    expect(indexAt(listed, 0)).toBeLessThan(0);
  });
});

describe('rowOf', () => {
  it('finds the row of each session, and -1 for any other day', () => {
    const panel = panelOf(bars, UNIVERSE);
    expect(DATES.map((date) => rowOf(panel, date))).toEqual([0, 1, 2, 3, 4]);
    expect(rowOf(panel, sessionDate('2024-06-23'))).toBe(-1);
    expect(rowOf(panel, sessionDate('2000-01-03'))).toBe(-1);
    expect(rowOf(panel, sessionDate('2030-01-02'))).toBe(-1);
  });
});

describe('barsOn', () => {
  it('gives the index of each session’s bar, -1 without one', () => {
    const whole = history('XLK', () => 1, { count: 5 });
    expect([...barsOn(whole, DATES.slice(2))]).toEqual([2, 3, 4]);
    const holed = withRows(whole, (row) => (row.date === dateAt(3) ? undefined : row));
    expect([...barsOn(holed, DATES)]).toEqual([0, 1, 2, -1, 3]);
    expect([...barsOn(holed, [dateAt(3)])]).toEqual([-1]);
    expect([...barsOn(whole, [])]).toEqual([]);
    // One that was listed later has no bars before.
    const late = history('XLE', () => 1, { count: 3 });
    expect([...barsOn(late, DATES)]).toEqual([-1, -1, 0, 1, 2]);
    // One that was suspended at first.
    const gone = withRows(whole, (row) => (row.date === dateAt(1) ? undefined : row));
    expect([...barsOn(gone, DATES.slice(1))]).toEqual([-1, 1, 2, 3]);
  });
});

describe('a number of a column', () => {
  it('is NaN or -1 beyond the ends', () => {
    expect([at(Float64Array.of(7), 0), at(Float64Array.of(7), 1)]).toEqual([7, Number.NaN]);
    expect([indexAt(Int32Array.of(7), 0), indexAt(Int32Array.of(7), -1)]).toEqual([7, -1]);
  });
});
