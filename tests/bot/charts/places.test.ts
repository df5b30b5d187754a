import { describe, expect, it } from 'vitest';
import { alphaChart } from '#bot/charts/alpha.ts';
import { drawdownChart } from '#bot/charts/drawdown.ts';
import { sessionAxis } from '#bot/charts/places.ts';
import { weightsChart } from '#bot/charts/weights.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import { made } from './common.ts';

const KNOWN = tradable(UNIVERSE).map(({ ticker }) => ticker);

/** Two closes, nothing for 35 sessions, one more. */
const DAYS = ['2026-09-01', '2026-09-02', '2026-10-22'].map(sessionDate);

function xs(chart: ReturnType<typeof alphaChart>, dataset = 0): readonly unknown[] {
  const data = made(chart).config.data.datasets[dataset]?.data ?? [];
  return data.map((point) =>
    typeof point === 'object' && point && 'x' in point ? point.x : point,
  );
}

describe('positions on a time axis', () => {
  it('are sessions: one without a record takes as much space as one with', () => {
    const { dates, places } = sessionAxis(DAYS);
    expect(places).toEqual([0, 1, 36]);
    expect(dates).toHaveLength(37);
    expect(dates.slice(0, 4)).toEqual(['2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04']);
    expect(dates.at(-1)).toBe('2026-10-22');
  });

  it('are always distinct, also for two points on one day or a Sunday', () => {
    const days = ['2026-11-19', '2026-11-19', '2026-11-20', '2026-11-22'].map(sessionDate);
    expect(sessionAxis(days)).toEqual({ dates: days, places: [0, 1, 2, 3] });
    expect(sessionAxis([])).toEqual({ dates: [], places: [] });
  });

  it('are used by every chart over time', () => {
    const points = DAYS.map((date) => ({ date, you: 0, spy: 0, alpha: 0 }));
    expect(xs(alphaChart({ points }))).toEqual([0, 1, 36]);
    const depths = DAYS.map((date) => ({ date, drawdown: 0.1 }));
    const drawdown = drawdownChart({ points: depths, limit: 0.2 });
    expect(xs(drawdown)).toEqual([0, 1, 36]);
    expect(xs(drawdown, 1)).toEqual([0, 36]);
    const weights = DAYS.map((date) => ({ date, weights: new Map([[ticker('XLK'), 0.5]]) }));
    expect(xs(weightsChart({ points: weights, known: KNOWN }))).toEqual([
      0.5,
      0.5,
      ...Array(34).fill(null),
      0.5,
    ]);
  });

  it('still show each stretch with a point when few columns cover many sessions', () => {
    const days = ['2024-01-02', '2026-11-20'].map(sessionDate);
    const points = days.map((date) => ({ date, weights: new Map([[ticker('XLK'), 0.5]]) }));
    const columns = xs(weightsChart({ points, known: KNOWN }));
    expect(columns.length).toBeLessThanOrEqual(120);
    expect(columns.filter((each) => each !== null)).toEqual([0.5, 0.5]);
    expect([columns[0], columns.at(-1)]).toEqual([0.5, 0.5]);
  });
});
