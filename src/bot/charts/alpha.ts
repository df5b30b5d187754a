import type { ChartConfiguration } from 'chart.js';
import { readDifference } from '#core/domain/figures.ts';
import type { AlphaPoint, AlphaView } from '#core/views/alpha.ts';
import { percent } from '../format.ts';
import { type Chart, COLOURS } from './chart.ts';
import { sessionAxis } from './places.ts';
import { COMMON, DATE_AXIS, dateLabels, heading, headline, percentAxis } from './theme.ts';
import { thinned } from './thin.ts';

/** The account against SPY since the start, with the area between them green where the account is ahead. */
export function alphaChart(view: Pick<AlphaView, 'points'>): Chart | undefined {
  const last = view.points.at(-1);
  const first = view.points[0];
  if (!first || !last || view.points.length < 2) return undefined;
  const summary = `You ${percent(last.you)}, SPY ${percent(last.spy)}, Alpha ${percent(readDifference(last.you, last.spy))}`;
  return {
    name: 'alpha.png',
    config: config(view.points, last),
    alt: `Return since ${first.date}, to ${last.date}: ${summary}.`,
  };
}

function config(points: readonly AlphaPoint[], last: AlphaPoint): ChartConfiguration {
  const { dates, places } = sessionAxis(points.map(({ date }) => date));
  const kept = thinned(points, [({ you }) => you, ({ spy }) => spy, ({ alpha }) => alpha]);
  const curve = (value: (point: AlphaPoint) => number) =>
    kept.flatMap((index) => {
      const [point, x] = [points[index], places[index]];
      return point && x !== undefined ? [{ x, y: value(point) }] : [];
    });
  const pointRadius = points.length < 3 ? 4 : 0;
  return {
    type: 'line',
    data: {
      labels: dateLabels(dates),
      datasets: [
        {
          label: `You ${headline(last.you)}`,
          data: curve(({ you }) => you),
          borderColor: COLOURS.you,
          backgroundColor: COLOURS.you,
          borderWidth: 3,
          borderJoinStyle: 'round',
          pointRadius,
          fill: { target: 1, above: COLOURS.gain, below: COLOURS.loss },
        },
        {
          label: `SPY ${headline(last.spy)}`,
          data: curve(({ spy }) => spy),
          borderColor: COLOURS.spy,
          backgroundColor: COLOURS.spy,
          borderWidth: 2.5,
          borderJoinStyle: 'round',
          pointRadius,
        },
      ],
    },
    options: {
      ...COMMON,
      parsing: false,
      scales: { x: DATE_AXIS, y: percentAxis(points.flatMap(({ you, spy }) => [you, spy])) },
      plugins: heading(
        `Alpha against SPY ${headline(readDifference(last.you, last.spy) ?? last.alpha)}`,
        undefined,
        'line',
      ),
    },
  };
}
