/** Growth of one dollar: up to three curves, and the band of random portfolios. */
import type { ChartConfiguration } from 'chart.js';
import type { StudyCurves } from '#core/studies.ts';
import { percent } from '../format.ts';
import { type Chart, COLOURS } from './chart.ts';
import { COMMON, DATE_AXIS, dateLabels, heading, percentAxis } from './theme.ts';

const LINES = [COLOURS.you, COLOURS.spy, COLOURS.muted] as const;
const BAND = 'rgba(166, 173, 182, 0.18)';

/** Returns undefined for a single point. */
export function growthChart(name: string, title: string, curves: StudyCurves): Chart | undefined {
  const { dates, lines, band } = curves;
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined || dates.length < 2) return undefined;
  const told = lines.map(
    (line) => `${line.name} ${percent((line.values.at(-1) ?? Number.NaN) - 1)}`,
  );
  const middle = band ? '; the grey band holds 90 of 100 random portfolios' : '';
  return {
    name,
    config: config(title, curves),
    alt: `${title}, ${first} to ${last}: ${told.join(', ')}${middle}.`,
  };
}

function config(title: string, { dates, lines, band }: StudyCurves): ChartConfiguration {
  const grown = (values: readonly number[]): number[] => values.map((value) => value - 1);
  const edge = (values: readonly number[], fill: '+1' | false) => ({
    label: '',
    data: grown(values),
    borderColor: 'rgba(0, 0, 0, 0)',
    backgroundColor: BAND,
    pointRadius: 0,
    fill,
  });
  const drawn = lines.map(({ name, values }, index) => ({
    label: `${name} ${percent((values.at(-1) ?? Number.NaN) - 1, 0)}`,
    data: grown(values),
    borderColor: LINES[index] ?? COLOURS.muted,
    backgroundColor: LINES[index] ?? COLOURS.muted,
    borderWidth: index === 0 ? 3 : 2,
    pointRadius: 0,
  }));
  const all = [...lines.map(({ values }) => values), ...(band ? [band.low, band.high] : [])];
  return {
    type: 'line',
    data: {
      labels: dateLabels(dates),
      datasets: [...drawn, ...(band ? [edge(band.high, '+1'), edge(band.low, false)] : [])],
    },
    options: {
      ...COMMON,
      scales: { x: DATE_AXIS, y: percentAxis(all.flatMap(grown)) },
      plugins: heading(title, band ? 'grey: 90 of 100 random portfolios' : undefined, 'line'),
    },
  };
}
