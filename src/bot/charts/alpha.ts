import type { ChartConfiguration } from 'chart.js';
import type { AlphaPoint, AlphaView } from '#core/views/alpha.ts';
import { percent } from '../format.ts';
import { type Chart, COLOURS, FONT } from './chart.ts';

/** More points than this cannot be told apart on 550 pixels. */
const MOST_POINTS = 400;

/** You against SPY since the start, the space between them green where you are ahead. */
export function alphaChart(view: AlphaView): Chart | undefined {
  const last = view.points.at(-1);
  const first = view.points[0];
  if (!first || !last || view.points.length < 2) return undefined;
  const summary = `You ${percent(last.you)}, SPY ${percent(last.spy)}, Alpha ${percent(last.alpha)}`;
  return {
    name: 'alpha.png',
    config: config(thinned(view.points), last),
    alt: `Return since ${first.date}, to ${last.date}: ${summary}.`,
  };
}

/** Every n-th point, the first and the last always among them. */
export function thinned(points: readonly AlphaPoint[]): readonly AlphaPoint[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, index) => (points.length - 1 - index) % step === 0 || index === 0);
}

function config(points: readonly AlphaPoint[], last: AlphaPoint): ChartConfiguration {
  const dates = points.map((point) => point.date);
  return {
    type: 'line',
    data: {
      labels: dates,
      datasets: [
        {
          label: `You ${percent(last.you)}`,
          data: points.map((point) => point.you),
          borderColor: COLOURS.you,
          backgroundColor: COLOURS.you,
          borderWidth: 2.5,
          pointRadius: points.length < 3 ? 3 : 0,
          fill: { target: 1, above: COLOURS.gain, below: COLOURS.loss },
        },
        {
          label: `SPY ${percent(last.spy)}`,
          data: points.map((point) => point.spy),
          borderColor: COLOURS.spy,
          backgroundColor: COLOURS.spy,
          borderWidth: 2,
          pointRadius: points.length < 3 ? 3 : 0,
        },
      ],
    },
    options: {
      responsive: false,
      animation: false,
      locale: 'en-US',
      color: COLOURS.text,
      font: { family: FONT, size: 15 },
      layout: { padding: { top: 8, right: 22, bottom: 6, left: 8 } },
      scales: {
        x: {
          grid: { display: false },
          border: { color: COLOURS.grid },
          ticks: {
            color: COLOURS.muted,
            font: { family: FONT, size: 15 },
            maxTicksLimit: 3,
            maxRotation: 0,
            autoSkipPadding: 30,
          },
        },
        y: {
          grid: { color: COLOURS.grid },
          border: { display: false },
          ticks: {
            color: COLOURS.muted,
            font: { family: FONT, size: 15 },
            maxTicksLimit: 6,
            format: percentTicks(points),
          },
        },
      },
      plugins: {
        title: {
          display: true,
          text: `Alpha against SPY ${percent(last.alpha)}`,
          align: 'start',
          color: COLOURS.text,
          font: { family: FONT, size: 21, weight: 'bold' },
          padding: { bottom: 2 },
        },
        legend: {
          align: 'start',
          labels: {
            boxWidth: 14,
            boxHeight: 3,
            color: COLOURS.text,
            font: { family: FONT, size: 17 },
          },
        },
      },
    },
  };
}

/** As many decimals as tell the lines apart; Chart.js chooses the steps by the same range. */
function percentTicks(points: readonly AlphaPoint[]): Intl.NumberFormatOptions {
  const values = points.flatMap((point) => [point.you, point.spy]);
  const range = Math.max(...values) - Math.min(...values);
  const digits = range < 0.005 ? 2 : range < 0.05 ? 1 : 0;
  return {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  };
}
