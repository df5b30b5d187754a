import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Chart } from '#bot/charts/chart.ts';
import { createDraw } from '#bot/charts/draw.ts';
import { cellText, type MonthCell, monthsChart } from '#bot/charts/months.ts';
import { leastDistance } from './colour-sight.ts';
import { drawn, expectNumbers, HANG_MS, made, undrawn } from './common.ts';

function months(from: string, returns: readonly (number | undefined)[]): MonthCell[] {
  const start = Number(from.slice(0, 4)) * 12 + Number(from.slice(5)) - 1;
  return returns.map((you, index) => ({ month: nameOf(start + index), you }));
}

function nameOf(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** Words of each row's cells, the lowest row first, as they are stacked. */
function cells({ config }: Chart): readonly (readonly string[])[] {
  return config.data.datasets.map(({ data }) =>
    data.map((point) => (point as unknown as { readonly label: string }).label),
  );
}

function colours({ config }: Chart): readonly string[] {
  return config.data.datasets.flatMap(({ backgroundColor }) => backgroundColor as string[]);
}

describe('the heat map of months', () => {
  it('is not drawn before a return is known', () => {
    expect(monthsChart({ months: [] })).toBeUndefined();
    expect(monthsChart({ months: months('2026-11', [undefined]) })).toBeUndefined();
  });

  it('has a row per year, a cell per month and the compounded year last', () => {
    const chart = made(monthsChart({ months: months('2025-11', [0.01, -0.034, 0.1234, -0.1567]) }));
    const [late, early] = cells(chart);
    expect(early).toEqual([...Array(10).fill(''), '1.0', '−3.4', '−2.4']);
    expect(late).toEqual(['12.3', '−16', ...Array(10).fill(''), '−5.3']);
    expectNumbers(chart.alt, [
      1.1234 * (1 - 0.1567) - 1,
      1.01 * (1 - 0.034) - 1,
      ...[-0.1567, 0.1234, -0.034, 0.01],
    ]);
    expect(chart.alt).toContain('2026-01 +12.34%');
  });

  it('leaves a year unknown if one of its months is, and sorts unsorted input', () => {
    const given = months('2026-01', [0.1, undefined, 0.1]);
    const chart = made(monthsChart({ months: [...given].reverse() }));
    expect(cells(chart)[0]?.slice(0, 3)).toEqual(['10.0', '', '10.0']);
    expect(cells(chart)[0]?.at(-1)).toBe('');
    expect(chart.alt).toContain('year 2026 unknown');
  });

  it('shows the benchmark below each year while there are few', async () => {
    const given = months('2026-01', [0.02, -0.01]).map((each) => ({ ...each, benchmark: 0.03 }));
    const chart = made(monthsChart({ months: given }));
    const [market, own] = cells(chart);
    expect(own?.slice(0, 2)).toEqual(['2.0', '−1.0']);
    expect([market?.[0], market?.at(-1)]).toEqual(['3.0', '6.1']);
    expect(chart.alt).toContain('2026-02 −1.00% (SPY +3.00%)');
    await drawn(chart);
  });

  it('labels its cells, from the first month of an account on', async () => {
    const chart = made(monthsChart({ months: months('2026-11', [-0.0123]) }));
    const wordless = structuredClone(chart);
    for (const { data } of wordless.config.data.datasets) {
      for (const point of data) Object.assign(point as object, { label: '' });
    }
    const white = async (of: Chart) => (await drawn(of)).near('#FFFFFF');
    expect(await white(wordless)).toBe(0);
    expect(await white(chart)).toBeGreaterThan(60);
  });

  it('is orange below zero, green above and grey at zero, distinguishable with colour blindness', async () => {
    const chart = made(monthsChart({ months: months('2026-01', [-0.5, 0, 0.5]) }));
    const [loss = '', zero = '', gain = ''] = colours(chart).map(hex);
    for (const sight of ['full', 'protan', 'deutan', 'tritan'] as const) {
      expect(leastDistance([loss, zero, gain], sight)).toBeGreaterThan(15);
    }
    const pixels = await drawn(chart);
    for (const colour of [loss, zero, gain]) expect(pixels.near(colour)).toBeGreaterThan(1_000);
  });

  it('uses one colour per return, whatever else is shown', () => {
    const alone = made(monthsChart({ months: months('2026-01', [0.02]) }));
    const among = made(monthsChart({ months: months('2026-01', [0.02, 0.9, -0.4]) }));
    expect(colours(alone)[0]).toBe(colours(among)[0]);
  });

  it('shows a year of losses only', async () => {
    const chart = made(monthsChart({ months: months('2026-01', Array(12).fill(-0.08)) }));
    expect(cells(chart)[0]?.every((text) => text.startsWith('−'))).toBe(true);
    await drawn(chart);
  });

  it('shows the latest of many years and says how many there are', async () => {
    const chart = made(monthsChart({ months: months('2001-03', Array(309).fill(0.0123)) }));
    expect(chart.config.data.datasets).toHaveLength(15);
    expect(JSON.stringify(chart.config)).toContain('last 15 of 26 years');
    expect(chart.alt).toContain('2026-11 +1.23%');
    expect(chart.alt).toMatch(/; and \d+ more\.$/);
    await drawn(chart);
  });

  it('formats numbers of any size in five characters', () => {
    const texts = [0, -0.00001, 0.0005, 0.0995, -0.0995, 0.25, -0.25, 9.99, 55.5, -1e9, 1e300];
    expect(texts.map(cellText)).toEqual([
      '0.0',
      '0.0',
      '0.1',
      '10.0',
      '−10',
      '25.0',
      '−25',
      '999',
      '6K',
      '−100B',
      '999T',
    ]);
  });

  it('gives a chart server its height, and labels under the name that its plugin prints', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => asked.push(part));
      request.on('end', () => response.end(Buffer.from('89504e470d0a1a0a', 'hex')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const chart = made(monthsChart({ months: months('2026-01', [0.0234]) }));
    await createDraw(`http://127.0.0.1:${port}`, HANG_MS)(chart);
    server.close();
    const body = JSON.parse(asked.join(''));
    expect(body.height).toBe(chart.height);
    expect(body.chart).toContain("label:'2.3'");
    expect(chart.config.options?.plugins).toHaveProperty('datalabels');
  });

  it('is replaced by its numbers when it cannot be drawn', async () => {
    const chart = made(monthsChart({ months: months('2026-01', [0.02, 0.9, -0.4]) }));
    expect(await undrawn(chart)).toBe(`above\n${chart.alt}`);
  });
});

function hex(css: string): string {
  const parts = [...css.matchAll(/\d+/g)].map(([part]) =>
    Number(part).toString(16).padStart(2, '0'),
  );
  return `#${parts.join('')}`;
}
