import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { findingsAcross } from '#core/domain/findings.ts';
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
