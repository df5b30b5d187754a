import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { findingsAcross } from '#core/domain/findings.ts';
import { sharedRows } from '#core/domain/twin-rows.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';

describe('rows shared by two tickers', () => {
  const DAYS = sessionsIn(sessionDate('2024-01-02'), sessionDate('2024-04-30'));
  /** A walk of its own for each seed; every day has another shape. */
  const walk = (name: string, seed: number, scale = 1) => {
    const rows = DAYS.map(({ date }, at) => {
      const close = scale * (40 + seed + 2 * Math.sin(seed * 7 + at * 1.7) + 0.01 * at * seed);
      const [up, down] = [1 + 0.004 * Math.abs(Math.sin(at * seed + 1)), 0.994];
      return { date, open: close * 0.999, high: close * up, low: close * down, close, volume: 9 };
    });
    return { name: ticker(name), rows };
  };
  type Walk = ReturnType<typeof walk>;
  const twinsOf = (...walks: readonly Walk[]) =>
    findingsAcross(new Map(walks.map(({ name, rows }) => [name, barHistory(name, rows)]))).filter(
      ({ rule }) => rule === 'twin',
    );
  const cents = (price: number) => Math.round(price * 100) / 100;
  const spliced = ({ name, rows }: Walk, other: Walk, days: number, by = 1): Walk => {
    const tail = other.rows.slice(-days).map((row) => ({
      ...row,
      open: cents(row.open * by),
      high: cents(row.high * by),
      low: cents(row.low * by),
      close: cents(row.close * by),
    }));
    return { name, rows: [...rows.slice(0, -days), ...tail] };
  };
  const [one, other] = [walk('XLV', 3), walk('XLP', 5)];

  it('are reported for both tickers, and block them', () => {
    const found = twinsOf(one, { ...one, name: ticker('XLP') });
    expect(found.map(({ ticker: of, severity, date }) => `${of} ${severity} ${date}`)).toEqual([
      'XLV refuses 2024-04-30',
      'XLP refuses 2024-04-30',
    ]);
    expect(found[0]?.text).toMatch(/^\d+ days to 2024-04-30 have the rows of XLP$/);
  });

  it('are found in a tail copied from another ticker, even of a few days', () => {
    const exact = { name: one.name, rows: [...one.rows.slice(0, -7), ...other.rows.slice(-7)] };
    expect(twinsOf(exact, other)).toHaveLength(2);
    expect(twinsOf(spliced(one, other, 30), other)).toHaveLength(2);
  });

  it('are found in a tail dated one day off', () => {
    const shifted = (by: number) => {
      const rows = one.rows.map((row, at) => ({ ...(other.rows[at + by] ?? row), date: row.date }));
      return { name: one.name, rows: [...one.rows.slice(0, -30), ...rows.slice(-30)] };
    };
    expect(twinsOf(shifted(-1), other)).toHaveLength(2);
    expect(twinsOf(shifted(1), other)).toHaveLength(2);
  });

  it('are found in a tail that was scaled to fit and rounded to cents', () => {
    expect(twinsOf(spliced(one, other, 30, 1.37), other)).toHaveLength(2);
  });

  it('are not found between two independent tickers, nor on days of identical shape', () => {
    expect(twinsOf(one, other)).toEqual([]);
    const flat = (name: string) => ({
      name: ticker(name),
      rows: one.rows.map((row) => ({ ...row, open: 50, high: 51, low: 49, close: 50 })),
    });
    expect(twinsOf(flat('XLV'), flat('XLP'))).toEqual([]);
  });
});

describe('a run of shared rows', () => {
  const DATES = sessionsIn(sessionDate('2024-01-02'), sessionDate('2024-03-28')).map(
    ({ date }) => date,
  );
  /** A day's shape: its growth, and open, high and low over its close. */
  interface Shape {
    readonly growth: number;
    readonly open: number;
    readonly high: number;
    readonly low: number;
  }
  /** Shapes that repeat nowhere. */
  const shapes = (seed: number): readonly Shape[] =>
    DATES.map((_, at) => {
      const noise = (part: number) =>
        Math.abs(Math.sin(seed * 91.7 + at * 12.9898 + part * 78.233));
      return {
        ...{ growth: 0.97 + 0.06 * noise(1), open: 0.97 + 0.06 * noise(2) },
        ...{ high: 1.04 + 0.03 * noise(3), low: 0.93 + 0.03 * noise(4) },
      };
    });
  const history = (name: string, days: readonly Shape[], without: readonly string[] = []) => {
    let close = 50;
    const rows = days.map(({ growth, open, high, low }, at) => {
      close *= growth;
      const date = DATES[at] ?? sessionDate('2024-12-31');
      const [first, most, least] = [close * open, close * high, close * low];
      return { date, open: first, high: most, low: least, close, volume: 1 };
    });
    return barHistory(
      ticker(name),
      rows.filter(({ date }) => !without.includes(date)),
    );
  };
  const [MINE, THEIRS] = [shapes(1), shapes(2)];
  /** The first one's shapes, with those of the other from one row to another, `by` rows earlier or later. */
  const copied = (from: number, to: number, by = 0, own = MINE): readonly Shape[] =>
    own.map((shape, at) => (at >= from && at < to ? (THEIRS[at + by] ?? shape) : shape));
  const found = (days: readonly Shape[], range = {}, theirs = history('XLP', THEIRS)) =>
    sharedRows([history('XLV', days), theirs], range)
      .filter(({ ticker: of }) => of === 'XLV')
      .map(({ last, days: count }) => [last, count]);
  const day = (at: number) => DATES[at] ?? sessionDate('2024-12-31');

  it('is of five days at least', () => {
    expect(found(copied(20, 25))).toEqual([[day(24), 5]]);
    expect(found(copied(22, 26))).toEqual([]);
    expect(found(copied(1, 6))).toEqual([[day(5), 5]]);
    expect(found(copied(1, 5))).toEqual([]);
  });

  it('is told apart from a second one', () => {
    const twice = copied(40, 46, 0, copied(20, 25));
    expect(found(twice)).toEqual([
      [day(24), 5],
      [day(45), 6],
    ]);
  });

  it('is looked for from the first day that is asked for to the last', () => {
    const days = copied(20, 40);
    expect(found(days, { to: day(19) })).toEqual([]);
    expect(found(days, { to: day(29) })).toEqual([[day(29), 10]]);
    // A shape needs the close before it.
    expect(found(days, { from: day(29) })).toEqual([[day(39), 10]]);
    expect(found(days, { from: day(41) })).toEqual([]);
    expect(found(days, { from: day(24), to: day(29) })).toEqual([[day(29), 5]]);
  });

  it('is the same whatever part of the files was looked at before', () => {
    const pair = [history('XLV', copied(20, 40)), history('XLP', THEIRS)];
    const daysOf = (range = {}) => sharedRows(pair, range).map(({ days }) => days);
    expect(daysOf({ to: day(29) })).toEqual([10, 10]);
    expect(daysOf()).toEqual([20, 20]);
    expect(daysOf({ to: day(29) })).toEqual([10, 10]);
    expect(daysOf({ from: day(30) })).toEqual([9, 9]);
  });

  it('is found by its dates where one file begins earlier or lacks a day', () => {
    const late = history('XLP', THEIRS, DATES.slice(0, 8));
    expect(found(copied(20, 30), {}, late)).toEqual([[day(29), 10]]);
    const gap = history('XLP', THEIRS, [day(15)]);
    expect(found(copied(20, 30), {}, gap)).toEqual([[day(29), 10]]);
    const early = sharedRows([
      history('XLV', copied(20, 30), DATES.slice(0, 8)),
      history('XLP', THEIRS),
    ]);
    expect(early.map(({ days }) => days)).toEqual([10, 10]);
  });

  it('is not one where only closes are equal, or only one more price', () => {
    const others = (change: (mine: Shape, its: Shape) => Partial<Shape>) =>
      found(
        MINE.map((mine, at) => ({ ...(THEIRS[at] ?? mine), ...change(mine, THEIRS[at] ?? mine) })),
      );
    expect(others(({ open, high, low }) => ({ open, high, low }))).toEqual([]);
    expect(others(({ high, low }) => ({ high, low }))).toEqual([]);
    expect(others((_, { high, low }) => ({ high: high * 0.99, low: low * 0.99 }))).toEqual([]);
    expect(others((_, { open, high }) => ({ open: open * 1.01, high: high * 1.01 }))).toEqual([]);
  });

  it('is not one of days that hardly differ from each other', () => {
    const calm = (at: number): Shape => ({
      ...{ growth: 1 + 0.001 * Math.sin(at), open: 1, high: 1.001, low: 0.999 },
    });
    const days = DATES.map((_, at) => calm(at));
    expect(found(days, {}, history('XLP', days))).toEqual([]);
  });

  it('is one under wrong dates only where it is the only one, and begins later than the file', () => {
    expect(found(copied(30, 50, 1))).toEqual([[day(49), 20]]);
    expect(found(copied(30, 50, -1))).toEqual([[day(49), 20]]);
    expect(found(copied(45, 55, 1, copied(20, 30, 1)))).toEqual([]);
    expect(found(copied(1, 40, 1))).toEqual([]);
    expect(found(copied(6, 40, 1))).toEqual([]);
    expect(found(copied(6, 40, 1), { from: sessionDate('2023-12-29') })).toEqual([]);
    expect(found(copied(7, 40, 1))).toEqual([[day(39), 33]]);
  });
});
