import type { Chart, ChartConfiguration, ScriptableContext } from 'chart.js';
import { beforeAll, expect, it } from 'vitest';
import { prepare, renderPng } from '#bot/charts/render.ts';

beforeAll(prepare);

it('keeps no pixels of a chart that was drawn', async () => {
  const seen: Chart['canvas'][] = [];
  const areas: number[] = [];
  const config: ChartConfiguration = {
    type: 'line',
    options: { responsive: false, animation: false },
    data: {
      labels: ['one', 'two'],
      datasets: [
        {
          data: [1, 2],
          borderColor({ chart: { canvas } }: ScriptableContext<'line'>) {
            seen.push(canvas);
            areas.push(canvas.width * canvas.height);
            return 'white';
          },
        },
      ],
    },
  };
  const png = await renderPng({ name: 'x.png', alt: 'x', config });
  expect(png.length).toBeGreaterThan(1_000);
  expect(Math.max(...areas)).toBe(1_100 * 620);
  expect(seen.map(({ width, height }) => width * height)).toEqual(seen.map(() => 1));
});
