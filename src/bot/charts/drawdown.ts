/** The account's drawdown by day, with the benchmark's and the limit. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { SessionDate } from '#core/domain/units.ts';
import { percent } from '../format.ts';
import { type Chart, COLOURS } from './chart.ts';
import { sessionAxis } from './places.ts';
import { COMMON, DATE_AXIS, dateLabels, heading, headline, percentAxis } from './theme.ts';
import { thinned } from './thin.ts';

/** The account's drawdown at a close. */
export interface DrawdownPoint {
  readonly date: SessionDate;
  /** Fraction of the peak that is lost, from 0 to 1. */
  readonly drawdown: number;
  /** Drawdown of the benchmark; undefined where unknown. */
  readonly benchmark?: number | undefined;
}

/** Data of the drawdown chart; oldest first. */
export interface Drawdowns {
  readonly points: readonly DrawdownPoint[];
  /** Drawdown limit at which trading is reduced, from 0 to 1. */
  readonly limit?: number | undefined;
  /** Name of the benchmark. */
  readonly benchmark?: string;
}

/** A limit further away than this multiple of the deepest point would flatten the curve. */
const LIMIT_IN_SIGHT = 3;

/** Returns undefined for fewer than two points. */
export function drawdownChart({ points, limit, benchmark = 'SPY' }: Drawdowns): Chart | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return undefined;
  const deepest = points.reduce((worst, each) => (each.drawdown > worst.drawdown ? each : worst));
  const market = deepestBenchmark(points);
  const of = [
    deepest.drawdown > 0
      ? `deepest ${below(deepest.drawdown)} on ${deepest.date}`
      : 'never below its peak',
    `now ${below(last.drawdown)}`,
    ...(market === undefined ? [] : [`${benchmark} deepest ${below(market)}`]),
    ...(last.benchmark === undefined ? [] : [`${benchmark} now ${below(last.benchmark)}`]),
    ...(limit === undefined ? [] : [`limit ${below(limit)}`]),
  ];
  return {
    name: 'drawdown.png',
    config: config({ points, limit, benchmark }, deepest, last),
    alt: `Drawdown from ${first.date} to ${last.date}: ${of.join(', ')}.`,
  };
}

function config(
  { points, limit, benchmark }: Drawdowns & { readonly benchmark: string },
  deepest: DrawdownPoint,
  last: DrawdownPoint,
): ChartConfiguration {
  const { dates } = sessionAxis(points.map(({ date }) => date));
  const market = deepestBenchmark(points);
  const worst = Math.max(deepest.drawdown, market ?? 0);
  const shownLimit = limit !== undefined && limit <= worst * LIMIT_IN_SIGHT ? limit : undefined;
  const under = [
    deepest.drawdown > 0
      ? `Deepest ${short(deepest.drawdown)} on ${deepest.date}`
      : 'Never below its peak',
    ...(limit === undefined ? [] : [`limit ${percent(-limit, 0)}`]),
  ].join(' · ');
  const depths = points.flatMap((each) => [-each.drawdown, -(each.benchmark ?? 0)]);
  return {
    type: 'line',
    data: {
      labels: dateLabels(dates),
      datasets: [
        ...lines(points, market === undefined ? undefined : benchmark, last),
        ...(shownLimit === undefined ? [] : [limitLine(shownLimit, dates.length)]),
      ],
    },
    options: {
      ...COMMON,
      parsing: false,
      scales: {
        x: DATE_AXIS,
        y: {
          ...percentAxis([0, ...depths, ...(shownLimit === undefined ? [] : [-shownLimit])]),
          max: 0,
        },
      },
      plugins: heading(`Drawdown now ${short(last.drawdown)}`, under, 'line'),
    },
  } as ChartConfiguration;
}

function lines(
  points: readonly DrawdownPoint[],
  benchmark: string | undefined,
  last: DrawdownPoint,
): readonly ChartDataset<'line'>[] {
  const { places } = sessionAxis(points.map(({ date }) => date));
  const kept = thinned(points, [(each) => each.drawdown, (each) => each.benchmark]);
  const curve = (value: (point: DrawdownPoint) => number | undefined) =>
    kept.flatMap((index) => {
      const [point, x] = [points[index], places[index]];
      const y = point && value(point);
      return y === undefined || x === undefined ? [] : [{ x, y: -y }];
    });
  const pointRadius = points.length < 3 ? 4 : 0;
  const own: ChartDataset<'line'> = {
    label: `You ${short(last.drawdown)}`,
    data: curve((each) => each.drawdown),
    borderColor: COLOURS.you,
    backgroundColor: COLOURS.loss,
    borderWidth: 3,
    borderJoinStyle: 'round',
    pointRadius,
    clip: 8,
    fill: 'origin',
  };
  if (benchmark === undefined) return [own];
  const now = last.benchmark === undefined ? '' : ` ${short(last.benchmark)}`;
  const market: ChartDataset<'line'> = {
    label: `${benchmark}${now}`,
    data: curve((each) => each.benchmark),
    borderColor: COLOURS.spy,
    backgroundColor: COLOURS.spy,
    borderWidth: 2,
    borderJoinStyle: 'round',
    pointRadius,
    clip: 8,
  };
  return [own, market];
}

function limitLine(limit: number, count: number): ChartDataset<'line'> {
  return {
    label: 'Limit',
    data: [0, count - 1].map((x) => ({ x, y: -limit })),
    borderColor: COLOURS.limit,
    backgroundColor: COLOURS.limit,
    borderWidth: 2,
    borderJoinStyle: 'round',
    borderDash: [8, 6],
    pointRadius: 0,
  };
}

function deepestBenchmark(points: readonly DrawdownPoint[]): number | undefined {
  const known = points.flatMap(({ benchmark }) => (benchmark === undefined ? [] : [benchmark]));
  return known.length === 0 ? undefined : Math.max(...known);
}

function below(drawdown: number): string {
  return percent(-drawdown);
}

function short(drawdown: number): string {
  return headline(-drawdown);
}
