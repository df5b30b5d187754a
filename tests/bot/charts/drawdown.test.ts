import { describe, expect, it } from 'vitest';
import { COLOURS } from '#bot/charts/chart.ts';
import { type DrawdownPoint, drawdownChart } from '#bot/charts/drawdown.ts';
import { drawn, expectNumbers, made, sessions, undrawn } from './common.ts';

function points(depths: readonly number[], benchmark?: readonly number[]): DrawdownPoint[] {
  return sessions(depths.length).map((date, index) => ({
    date,
    drawdown: depths[index] ?? 0,
    benchmark: benchmark?.[index],
  }));
}

const FALL = [0, 0.01, 0.034, 0.021, 0.1234, 0.05];
const MARKET = [0, 0.02, 0.05, 0.0821, 0.04, 0.03];

describe('the drawdown chart', () => {
  it('is not drawn before there are two days', () => {
    expect(drawdownChart({ points: [] })).toBeUndefined();
    expect(drawdownChart({ points: points([0]) })).toBeUndefined();
  });

  it('names the deepest day and its depth, in the chart and as text', async () => {
    const history = points(FALL, MARKET);
    const chart = made(drawdownChart({ points: history, limit: 0.2 }));
    expect(chart.alt).toContain(`deepest −12.34% on ${history[4]?.date}`);
    expectNumbers(chart.alt, [-0.1234, -0.05, -0.0821, -0.03, -0.2]);
    expect(JSON.stringify(chart.config)).toContain(`Deepest −12.34% on ${history[4]?.date}`);
    const pixels = await drawn(chart);
    for (const colour of [COLOURS.you, COLOURS.spy, COLOURS.limit]) {
      expect(pixels.near(colour)).toBeGreaterThan(300);
    }
  });

  it('draws no benchmark when it is unknown', async () => {
    const chart = made(drawdownChart({ points: points(FALL) }));
    expect(chart.alt).not.toContain('SPY');
    expect((await drawn(chart)).near(COLOURS.spy)).toBe(0);
  });

  it('is filled below zero only: an account at its peak has no red', async () => {
    const red = async (depths: readonly number[]) => {
      const chart = made(drawdownChart({ points: points(depths) }));
      return (await drawn(chart)).near('#6E3835');
    };
    expect(await red(FALL)).toBeGreaterThan(10_000);
    expect(await red([0, 0, 0])).toBe(0);
  });

  it('distinguishes an account that never fell from one that only fell', async () => {
    const calm = made(drawdownChart({ points: points([0, 0]), limit: 0.2 }));
    expect(calm.alt).toContain('never below its peak, now 0.00%, limit −20.00%');
    await drawn(calm);
    const ruined = made(drawdownChart({ points: points([0, 0.5, 0.9, 0.9999]), limit: 0.2 }));
    expect(ruined.alt).toContain('now −99.99%');
    await drawn(ruined);
  });

  it('leaves out a distant limit, but still mentions it', async () => {
    const chart = made(drawdownChart({ points: points([0, 0.01, 0.002]), limit: 0.2 }));
    expect(chart.config.data.datasets).toHaveLength(1);
    expect(JSON.stringify(chart.config.options)).toContain('limit −20%');
    expect((await drawn(chart)).near(COLOURS.limit)).toBe(0);
  });

  it('keeps the deepest day of ten years at its position', async () => {
    const depths = Array.from({ length: 2500 }, (_, index) => (index === 1801 ? 0.31 : 0.02));
    const chart = made(drawdownChart({ points: points(depths) }));
    const data = chart.config.data.datasets[0]?.data ?? [];
    expect(data.length).toBeLessThanOrEqual(401);
    expect(data).toContainEqual({ x: 1801, y: -0.31 });
    await drawn(chart);
  });

  it('is replaced by its numbers when it cannot be drawn', async () => {
    const chart = made(drawdownChart({ points: points(FALL, MARKET), limit: 0.2 }));
    expect(await undrawn(chart)).toBe(`above\n${chart.alt}`);
  });
});
