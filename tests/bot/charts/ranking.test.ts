import { describe, expect, it } from 'vitest';
import { COLOURS } from '#bot/charts/chart.ts';
import { type RankingBars, rankingChart } from '#bot/charts/ranking.ts';
import { sessionDate } from '#core/domain/units.ts';
import { drawn, expectNumbers, made, undrawn } from './common.ts';

const NAMES = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP', 'XLU', 'XLY', 'XLC', 'XLB', 'XLRE'];

function ranked(momenta: readonly number[], chosen: number, over: Partial<RankingBars> = {}) {
  return {
    lookback: 126,
    asOf: sessionDate('2026-11-20'),
    rows: momenta.map((momentum, index) => ({
      ticker: NAMES[index] ?? `T${index}`,
      momentum,
      chosen: index < chosen,
    })),
    cutoff: undefined,
    minimum: undefined,
    ...over,
  };
}

const MOMENTA = [0.2345, 0.181, 0.127, 0.094, 0.061, 0.043, 0.012, -0.004, -0.021, -0.058, -0.113];

describe('the ranking chart', () => {
  it('is not drawn when nothing is ranked', () => {
    expect(rankingChart(ranked([], 0))).toBeUndefined();
  });

  it('gives every momentum as text and at its bar', async () => {
    const chart = made(rankingChart(ranked(MOMENTA, 3, { cutoff: 0.127, minimum: 0 })));
    expectNumbers(chart.alt, [0.127, 0, ...MOMENTA]);
    expect(chart.alt).toContain('1 XLK +23.45% chosen, 2 XLF');
    expect(chart.alt).toContain('4 XLV +9.40%, 5');
    expect(chart.config.data.labels?.slice(0, 2)).toEqual(['XLK +23.4%', 'XLF +18.1%']);
    await drawn(chart);
  });

  it('highlights selected tickers and mutes the rest', async () => {
    const chart = async (chosen: number) =>
      drawn(made(rankingChart(ranked(MOMENTA.slice(0, 6), chosen))));
    const [none, two, all] = [await chart(0), await chart(2), await chart(6)];
    expect(none.near(COLOURS.you)).toBe(0);
    expect(all.near(COLOURS.unchosen)).toBeLessThan(500);
    expect(two.near(COLOURS.you)).toBeGreaterThan(10_000);
    expect(two.near(COLOURS.unchosen)).toBeGreaterThan(10_000);
  });

  it('draws the minimum from the top of the bars to the bottom', async () => {
    const pixels = await drawn(made(rankingChart(ranked(MOMENTA, 3, { minimum: 0.3 }))));
    const rows = Array.from({ length: pixels.height }, (_, y) => y);
    const marked = rows.filter((y) => y > 190 && pixels.near(COLOURS.limit, [0, y, 1100, 1]) > 2);
    expect(Math.min(...marked)).toBeLessThan(230);
    expect(Math.max(...marked)).toBeGreaterThan(870);
    const without = await drawn(made(rankingChart(ranked(MOMENTA, 3))));
    expect(without.near(COLOURS.limit)).toBe(0);
  });

  it('shows only losses, with nothing selected', async () => {
    const chart = made(rankingChart(ranked([-0.05, -0.2, -0.99], 0, { minimum: 0.03 })));
    expect(chart.alt).not.toContain('chosen');
    await drawn(chart);
  });

  it('draws one bar without a date, twelve with the longest names, and very large numbers', async () => {
    await drawn(made(rankingChart(ranked([0], 1, { asOf: undefined }))));
    const rows = Array.from({ length: 12 }, (_, index) => ({
      ticker: `ABCDEFGHI${index % 10}`,
      momentum: 9999.99 / (index + 1),
      chosen: true,
    }));
    const chart = made(rankingChart({ ...ranked([], 0), rows, cutoff: 833.3, minimum: 0.1 }));
    expect(chart.config.data.labels?.[0]).toBe('ABCDEFGHI0 +999999%');
    await drawn(chart);
  });

  it('names as text what does not fit, without cutting a number in two', async () => {
    const momenta = Array.from({ length: 90 }, (_, index) => 0.9 - index / 100);
    const chart = made(rankingChart(ranked(momenta, 3)));
    expect(chart.config.data.labels).toHaveLength(16);
    expect(JSON.stringify(chart.config)).toContain('first 16 of 90');
    const [told, more] = chart.alt.split(/, and (?=\d+ more\.$)/);
    const count = (told?.split(': ')[1] ?? '').split(', ').length;
    expect(count + Number.parseInt(more ?? '', 10)).toBe(90);
    await drawn(chart);
  });

  it('contains no mention from foreign names', () => {
    const rows = [{ ticker: '@everyone', momentum: 0.1, chosen: true }];
    expect(made(rankingChart({ ...ranked([], 0), rows })).alt).not.toContain('@everyone');
  });

  it('is replaced by its numbers when it cannot be drawn', async () => {
    const chart = made(rankingChart(ranked(MOMENTA, 3, { cutoff: 0.127, minimum: 0 })));
    expect(await undrawn(chart)).toBe(`above\n${chart.alt}`);
  });
});
