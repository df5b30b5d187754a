import { describe, expect, it } from 'vitest';
import {
  CASH_COLOUR,
  TICKER_COLOURS,
  type WeightsPoint,
  weightsChart,
} from '#bot/charts/weights.ts';
import { ticker } from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import { leastDistance } from './colour-sight.ts';
import { drawn, expectNumbers, made, sessions, undrawn } from './common.ts';

const KNOWN = tradable(UNIVERSE).map(({ ticker }) => ticker);

const NAMES = tradable(UNIVERSE).map((each) => each.ticker);

function days(...weights: readonly Readonly<Record<string, number>>[]): WeightsPoint[] {
  return sessions(weights.length).map((date, index) => ({
    date,
    weights: new Map(
      Object.entries(weights[index] ?? {}).map(([name, weight]) => [ticker(name), weight]),
    ),
  }));
}

function repeated(count: number, weights: Readonly<Record<string, number>>): WeightsPoint[] {
  return days(...Array.from({ length: count }, () => weights));
}

function colourOf(name: string): string {
  return TICKER_COLOURS[NAMES.indexOf(ticker(name))] ?? '#000000';
}

describe('the weights chart', () => {
  it('is not drawn without a day', () => {
    expect(weightsChart({ points: [], known: KNOWN })).toBeUndefined();
  });

  it('shows a single day as one column with its cash', async () => {
    const chart = made(weightsChart({ points: days({ XLK: 0.4, XLF: 0.25 }), known: KNOWN }));
    expect(chart.alt).toBe('Weights on 2026-11-20: XLK 40.00%, XLF 25.00%, cash 35.00%.');
    const pixels = await drawn(chart);
    const [tech, cash] = [pixels.near(colourOf('XLK')), pixels.near(CASH_COLOUR)];
    expect(tech / cash).toBeCloseTo(40 / 35, 1);
  });

  it('shows an account that holds nothing as cash', async () => {
    const chart = made(weightsChart({ points: days({}), known: KNOWN }));
    expect(chart.alt).toBe('Weights on 2026-11-20: cash 100.00%.');
    expect((await drawn(chart)).near(CASH_COLOUR)).toBeGreaterThan(200_000);
  });

  it('shows everything in TLT in the colour of TLT alone', async () => {
    const chart = made(weightsChart({ points: repeated(20, { TLT: 1 }), known: KNOWN }));
    expectNumbers(chart.alt, [1, 0]);
    const pixels = await drawn(chart);
    expect(pixels.near(colourOf('TLT'))).toBeGreaterThan(200_000);
    expect(pixels.near(CASH_COLOUR)).toBeLessThan(1_000);
  });

  it('shows borrowed money below zero when gross exposure is above 1', async () => {
    const chart = made(
      weightsChart({ points: repeated(40, { XLK: 0.5, XLE: 0.5, XLU: 0.3 }), known: KNOWN }),
    );
    expect(chart.alt).toContain('borrowed 30.00%');
    expectNumbers(chart.alt, [0.5, 0.5, 0.3, 0.3]);
    expect(chart.config.options?.scales?.['y']).toMatchObject({ min: -0.3, max: 1.3 });
    const pixels = await drawn(chart);
    const below = pixels.near(CASH_COLOUR);
    expect(below / pixels.near(colourOf('XLU'))).toBeCloseTo(1, 1);
  });

  it('tolerates rounding errors of sums, and drift of less than a hundredth', () => {
    for (const weight of [1 / 3 + 1e-12, 0.3349]) {
      const points = days({ XLK: weight, XLF: weight, XLE: weight });
      const chart = made(weightsChart({ points, known: KNOWN }));
      expect(chart.config.options?.scales?.['y']).toMatchObject({ min: -0, max: 1 });
    }
  });

  it('shows twelve positions, each in its own colour', async () => {
    const weights = Object.fromEntries(NAMES.map((name) => [name, 0.08]));
    const chart = made(weightsChart({ points: repeated(30, weights), known: KNOWN }));
    expectNumbers(chart.alt, [...NAMES.map(() => 0.08), 0.04]);
    const pixels = await drawn(chart);
    for (const colour of TICKER_COLOURS) expect(pixels.near(colour)).toBeGreaterThan(10_000);
  });

  it('gives a ticker the same colour whatever else is held, and names former positions', () => {
    const alone = made(weightsChart({ points: days({ XLE: 0.5 }, { XLU: 1 }), known: KNOWN }));
    const among = made(
      weightsChart({ points: days({ XLK: 0.2, XLE: 0.3 }, { XLU: 1 }), known: KNOWN }),
    );
    const colours = (chart: typeof alone) =>
      chart.config.data.datasets.map(({ label, backgroundColor }) => [label, backgroundColor]);
    expect(colours(among)).toEqual(expect.arrayContaining(colours(alone)));
    expect(among.alt).toContain('XLU 100.00%, cash 0.00%, held before: XLK XLE.');
  });

  it('accepts tickers outside the universe, with long names', async () => {
    const weights = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`LONGNAME${10 + index}`, 1 / 12]),
    );
    const chart = made(weightsChart({ points: repeated(3, weights), known: KNOWN }));
    expect(chart.alt).toContain('LONGNAME21 8.33%');
    await drawn(chart);
  });

  it('reduces ten years to distinguishable columns, including the last day', async () => {
    const points = days(
      ...Array.from({ length: 2500 }, (_, index) => ({ XLK: index === 2499 ? 0.9 : 0.5 })),
    );
    const chart = made(weightsChart({ points, known: KNOWN }));
    const data = chart.config.data.datasets[0]?.data ?? [];
    expect(data.length).toBeLessThanOrEqual(120);
    expect(data.at(-1)).toBe(0.9);
    expect(JSON.stringify(chart.config)).toContain(`${data.length} of 2500 days`);
    await drawn(chart);
  });

  it('is replaced by its numbers when it cannot be drawn', async () => {
    const chart = made(weightsChart({ points: days({ XLK: 0.4 }), known: KNOWN }));
    expect(await undrawn(chart)).toBe(`above\n${chart.alt}`);
  });
});

describe('the colours of tickers', () => {
  it('are distinguishable with any colour blindness, from cash and background too', () => {
    expect(TICKER_COLOURS).toHaveLength(NAMES.length);
    const all = [...TICKER_COLOURS, CASH_COLOUR, '#2B2D31'];
    for (const sight of ['full', 'protan', 'deutan'] as const) {
      expect(leastDistance(all, sight)).toBeGreaterThan(24);
    }
    expect(leastDistance(all, 'tritan')).toBeGreaterThan(18);
  });
});
