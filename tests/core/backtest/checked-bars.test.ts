import { describe, expect, it } from 'vitest';
import { checkBars } from '#core/backtest/checked-bars.ts';
import { decisionNeeds, findFaults } from '#core/decide/completeness.ts';
import type { Bars } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { panelOf } from '#core/rules/panel.ts';
import { AS_OF, bar, changed, market, sessionDates, withRows } from '#tests/support/bars.ts';

const COUNT = 420;
const DATES = sessionDates(AS_OF, COUNT);
const steady = () => market({ XLK: 0.2, XLV: 0.15, XLU: 0.1, XLE: 0.05 }, { count: COUNT });
const on = (row: number) => DATES[row] ?? AS_OF;

/** Bars with one thing wrong on the day of row 250. */
const FAULTY: Readonly<Record<string, () => Bars>> = {
  'a hole': () =>
    changed(steady(), 'XLP', (had) =>
      withRows(had, (row) => (row.date === on(250) ? undefined : row)),
    ),
  'a jump': () =>
    changed(steady(), 'XLE', (had) =>
      withRows(had, (row) => (row.date >= on(250) ? bar(row.date, row.close * 1.4) : row)),
    ),
  'a day away from all others': () =>
    changed(steady(), 'XLB', (had) =>
      withRows(had, (row) => (row.date >= on(250) ? bar(row.date, row.close * 0.8) : row)),
    ),
  'a close that was not traded at': () =>
    changed(steady(), 'XLF', (had) =>
      withRows(had, (row) => (row.date === on(250) ? { ...row, volume: 0 } : row)),
    ),
  'a benchmark close that was not traded at': () =>
    changed(steady(), 'SPY', (had) =>
      withRows(had, (row) => (row.date === on(250) ? { ...row, volume: 0 } : row)),
    ),
  'a price outside the range of its day': () =>
    changed(steady(), 'TLT', (had) =>
      withRows(had, (row) => (row.date === on(250) ? { ...row, high: row.close / 2 } : row)),
    ),
  'bars that begin late': () =>
    changed(steady(), 'XLI', (had) =>
      withRows(had, (row) => (row.date < on(250) ? undefined : row)),
    ),
  'no bars': () => new Map([...steady()].filter(([ticker]) => ticker !== 'XLY')),
  'rows of another ticker': () => {
    const bars = steady();
    const other = bars.get([...bars.keys()][0] ?? UNIVERSE.benchmark.ticker);
    const days = new Map(other?.dates.map((date, row) => [date, other.close[row] ?? 1]));
    return changed(bars, 'XLU', (had) =>
      withRows(had, (row) =>
        row.date >= on(240) && row.date <= on(260)
          ? bar(row.date, days.get(row.date) ?? row.close)
          : row,
      ),
    );
  },
};

function verdicts(bars: Bars, acceptedMoves: readonly string[] = []) {
  const panel = panelOf(bars, UNIVERSE);
  const checked = checkBars({ panel, bars, refused: new Map(), acceptedMoves });
  return [20, 126].flatMap((lookback) =>
    panel.dates.flatMap((asOf, row) => {
      if (row < 135 || row % 3 !== 1) return [];
      const needs = decisionNeeds({
        universe: UNIVERSE,
        bars,
        asOf,
        lookbacks: [lookback],
        warmUp: true,
      });
      const direct = findFaults(bars, new Map(), asOf, needs, acceptedMoves).length === 0;
      return [{ asOf, lookback, direct, cached: checked.hasNoIssue(row, needs) }];
    }),
  );
}

describe('checks computed once and queried by range', () => {
  it.each(Object.keys(FAULTY))('agree with those of each day, of %s', (fault) => {
    const found = verdicts(FAULTY[fault]?.() ?? new Map());
    expect(found.filter(({ direct, cached }) => direct !== cached)).toEqual([]);
    expect(found.some(({ direct }) => !direct)).toBe(true);
  });

  it('accept a move that a person has accepted', () => {
    const bars = FAULTY['a jump']?.() ?? new Map();
    const found = verdicts(bars, [`XLE:${on(250)}`]);
    expect(found.every(({ direct, cached }) => direct && cached)).toBe(true);
  });

  it('find nothing in valid bars', () => {
    expect(verdicts(steady()).every(({ direct, cached }) => direct && cached)).toBe(true);
  });

  it('do not accept a day without bars', () => {
    const bars = steady();
    const panel = panelOf(bars, UNIVERSE);
    const checked = checkBars({ panel, bars, refused: new Map(), acceptedMoves: [] });
    const needs = [{ ticker: UNIVERSE.benchmark.ticker, sessions: 1 }];
    expect(checked.hasNoIssue(panel.dates.indexOf(sessionDate('2030-01-02')), needs)).toBe(false);
  });
});
