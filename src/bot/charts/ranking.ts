/** Momentum of every ranked ticker, strongest first; the ones a model would select are coloured. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { SessionDate } from '#core/domain/units.ts';
import { cut, label, percent } from '../format.ts';
import { type Chart, COLOURS, TEXT_SIZE } from './chart.ts';
import { altText, COMMON, heading, percentAxis, TICK_FONT } from './theme.ts';

/** The bar of one ticker. */
export interface RankedBar {
  readonly ticker: string;
  /** A fraction. */
  readonly momentum: number;
  /** A model would select it now. */
  readonly chosen: boolean;
}

/** Data of the ranking chart. */
export interface RankingBars {
  /** Lookback in sessions. */
  readonly lookback: number;
  readonly asOf: SessionDate | undefined;
  /** Strongest first. */
  readonly rows: readonly RankedBar[];
  /** Lowest momentum among the top tickers; a fraction. */
  readonly cutoff: number | undefined;
  /** Lowest momentum that a model accepts; a fraction. */
  readonly minimum: number | undefined;
}

const ROW_HEIGHT = 31;
const MARGIN = 150;
/** Bars that fit on a phone without scrolling; the alt text names the others. */
const MAX_ROWS = 16;

/** Returns undefined when nothing is ranked. */
export function rankingChart(bars: RankingBars): Chart | undefined {
  if (bars.rows.length === 0) return undefined;
  const shown = bars.rows.slice(0, MAX_ROWS);
  return {
    name: 'ranking.png',
    config: config({ ...bars, rows: shown }, bars.rows.length),
    alt: altText(
      `${describe(bars)}: `,
      bars.rows.map(({ ticker, momentum, chosen }, index) =>
        [
          `${index + 1} ${label(ticker, 12)}`,
          percent(momentum),
          ...(chosen ? ['chosen'] : []),
        ].join(' '),
      ),
    ),
    height: MARGIN + ROW_HEIGHT * shown.length,
  };
}

function describe({ lookback, asOf, cutoff, minimum }: RankingBars): string {
  const lines = [
    ...(cutoff === undefined ? [] : [`cut-off ${percent(cutoff)}`]),
    ...(minimum === undefined ? [] : [`minimum ${percent(minimum)}`]),
  ];
  const closes = asOf === undefined ? '' : `, closes of ${asOf}`;
  const told = lines.length === 0 ? '' : ` (${lines.join(', ')})`;
  return `Momentum over ${lookback} sessions${closes}${told}`;
}

function config(bars: RankingBars, of: number): ChartConfiguration {
  const { rows, cutoff, minimum, lookback, asOf } = bars;
  const lines = [
    ...(cutoff === undefined ? [] : [line('Cut-off', cutoff, COLOURS.text)]),
    ...(minimum === undefined ? [] : [line('Minimum', minimum, COLOURS.limit)]),
  ];
  const axis = percentAxis([0, ...rows.map((row) => row.momentum), cutoff ?? 0, minimum ?? 0]);
  const shown = rows.length < of ? ` · first ${rows.length} of ${of}` : '';
  return {
    type: 'bar',
    data: { labels: rows.map(rowLabel), datasets: [...lines, bar(rows)] },
    options: {
      ...COMMON,
      indexAxis: 'y',
      scales: {
        x: axis,
        y: {
          grid: { display: false },
          border: { display: false },
          ticks: {
            autoSkip: false,
            color: rows.map(({ chosen }) => (chosen ? COLOURS.text : COLOURS.muted)),
            font: { ...TICK_FONT, size: TEXT_SIZE.legend },
          },
        },
        /** Spans the full height; the bars' axis would end at the middle of the outer bars. */
        lines: { axis: 'y', type: 'linear', display: false, offset: false, min: 0, max: 1 },
      },
      plugins: heading(
        `Momentum, ${lookback} sessions`,
        `${asOf === undefined ? 'date unknown' : `Closes of ${asOf}`}${shown}`,
        'own',
      ),
    },
  } as ChartConfiguration;
}

/** The number is part of the row name: a label would need a function, and bars could cover it. */
function rowLabel({ ticker, momentum }: RankedBar): string {
  return `${cut(label(ticker, 12), 10)} ${short(momentum)}`;
}

function short(fraction: number): string {
  return percent(fraction, Math.abs(fraction) >= 10 ? 0 : 1);
}

function bar(rows: readonly RankedBar[]): ChartDataset<'bar'> {
  const colours = rows.map(({ chosen }) => (chosen ? COLOURS.you : COLOURS.unchosen));
  return {
    label: rows[0]?.chosen ? 'Chosen' : 'Not chosen',
    data: rows.map(({ momentum }) => momentum),
    backgroundColor: colours,
    pointStyle: 'rect',
    borderRadius: 3,
    categoryPercentage: 0.9,
    barPercentage: 0.8,
    minBarLength: 2,
    /** Otherwise the axis of the lines would take up part of each bar's space. */
    grouped: false,
  };
}

function line(name: string, at: number, color: string): ChartDataset<'line'> {
  return {
    type: 'line',
    label: `${name} ${short(at)}`,
    data: [
      { x: at, y: 0 },
      { x: at, y: 1 },
    ],
    yAxisID: 'lines',
    borderColor: color,
    backgroundColor: color,
    borderWidth: 2.5,
    borderDash: [8, 5],
    pointStyle: 'line',
    pointRadius: 0,
  };
}
