/** Composition of the account by day: one column per day, one fixed colour per ticker. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { gross, WEIGHT_EPSILON, type Weights } from '#core/domain/weights.ts';
import { label, percent } from '../format.ts';
import type { Chart } from './chart.ts';
import { sessionAxis } from './places.ts';
import { altText, COMMON, DATE_AXIS, dateLabels, heading, percentAxis } from './theme.ts';

/** Portfolio weights at a close, each from 0 to 1. */
export interface WeightsPoint {
  readonly date: SessionDate;
  readonly weights: Weights;
}

/** Data of the weights chart. */
export interface WeightsHistory {
  /** Oldest first. */
  readonly points: readonly WeightsPoint[];
  /** The tradable universe, in the order of columns and colours. */
  readonly known: readonly Ticker[];
}

/** Columns of four pixels; narrower ones are noise on a phone. */
const MAX_COLUMNS = 120;
const PLOT_HEIGHT = 330;
const LEGEND_ROW = 31;
const LEGEND_COLUMNS = 4;

/**
 * Twelve colours that people with any colour blindness can tell apart, on the dark background and from the
 * grey of cash (minimum distance 24 in CIE Lab under Machado's simulation).
 */
export const TICKER_COLOURS = [
  ...['#9C8DFD', '#E68415', '#D8D7F4', '#E8E20E', '#4F4DE3', '#B2F07C'],
  ...['#A34D16', '#B58ECD', '#98A960', '#8747AA', '#8A5C45', '#4BCDA3'],
] as const;
/** Colour of cash, distinct from every ticker's. */
export const CASH_COLOUR = '#6D737C';

/** Returns undefined when there is no day. */
export function weightsChart({ points, known }: WeightsHistory): Chart | undefined {
  const last = points.at(-1);
  const [first] = points;
  if (!first || !last) return undefined;
  const tickers = tickersOf(points, known);
  const held = tickers.flatMap((ticker) => {
    const weight = last.weights.get(ticker) ?? 0;
    return weight > WEIGHT_EPSILON ? [`${label(ticker, 12)} ${percent(weight, 2, 'plain')}`] : [];
  });
  const was = tickers.filter((ticker) => !((last.weights.get(ticker) ?? 0) > WEIGHT_EPSILON));
  const before =
    was.length === 0 ? [] : [`held before: ${was.map((each) => label(each, 12)).join(' ')}`];
  const from = first === last ? '' : `, since ${first.date}`;
  return {
    name: 'weights.png',
    config: config({ points, known }, tickers, last),
    alt: altText(`Weights on ${last.date}${from}: `, [...held, cashWords(last.weights), ...before]),
    height: PLOT_HEIGHT + LEGEND_ROW * Math.ceil((tickers.length + 1) / LEGEND_COLUMNS),
  };
}

function cashWords(weights: Weights): string {
  const cash = cashOf(weights);
  return cash < 0 ? `borrowed ${percent(-cash, 2, 'plain')}` : `cash ${percent(cash, 2, 'plain')}`;
}

/** Tickers held on any day, in the order of the universe, then any others by name. */
function tickersOf(points: readonly WeightsPoint[], known: readonly Ticker[]): readonly Ticker[] {
  const held = new Set(
    points.flatMap(({ weights }) =>
      [...weights].flatMap(([ticker, weight]) => (weight > WEIGHT_EPSILON ? [ticker] : [])),
    ),
  );
  const others = [...held].filter((ticker) => !known.includes(ticker)).sort();
  return [...known.filter((ticker) => held.has(ticker)), ...others];
}

/** The remainder to 1; negative when borrowed. */
function cashOf(weights: Weights): number {
  const cash = 1 - gross(weights);
  return Math.abs(cash) < WEIGHT_EPSILON ? 0 : cash;
}

function config(
  { points, known }: WeightsHistory,
  tickers: readonly Ticker[],
  last: WeightsPoint,
): ChartConfiguration {
  const days = columnsOf(points);
  const shown = days.flatMap(({ weights }) => weights ?? []);
  const sums = shown.map((weights) => Math.max(1, gross(weights)));
  const debts = shown.map((weights) => Math.max(0, -cashOf(weights)));
  const cash = cashOf(last.weights);
  const layers = tickers.map((ticker) => {
    const now = last.weights.get(ticker) ?? 0;
    return layer(
      `${label(ticker, 10)} ${now > WEIGHT_EPSILON ? percent(now, 0, 'plain') : '–'}`,
      days.map(({ weights }) => weights && (weights.get(ticker) ?? 0)),
      colourOf(ticker, known),
    );
  });
  const rest = layer(
    `${cash < 0 ? 'Borrowed' : 'Cash'} ${percent(Math.abs(cash), 0, 'plain')}`,
    days.map(({ weights }) => weights && cashOf(weights)),
    CASH_COLOUR,
  );
  const y = percentAxis([0, 1], 'plain');
  const plugins = heading('Weights', span(points, shown.length), 'rect');
  return {
    type: 'bar',
    data: { labels: dateLabels(days.map(({ date }) => date)), datasets: [...layers, rest] },
    options: {
      ...COMMON,
      scales: {
        x: { ...DATE_AXIS, stacked: true },
        y: {
          ...y,
          stacked: true,
          min: -tenths(Math.max(0, ...debts)),
          max: 1 + tenths(Math.max(...sums) - 1),
        },
      },
      plugins: { ...plugins, legend: { ...plugins.legend, position: 'bottom' } },
    },
  } as ChartConfiguration;
}

/** Rounded up to whole tenths; an excess of a hundredth is only drift and adds none. */
function tenths(over: number): number {
  return over < 0.02 ? 0 : Math.ceil(over * 10 - 1e-9) / 10;
}

function span(points: readonly WeightsPoint[], shown: number): string {
  const [first, last] = [points[0]?.date ?? '', points.at(-1)?.date ?? ''];
  if (points.length === 1) return first;
  return `${first} to ${last}${shown < points.length ? `, ${shown} of ${points.length} days` : ''}`;
}

/** One column: the last point of its sessions; undefined if none has one. */
interface Column {
  readonly date: SessionDate;
  readonly weights: Weights | undefined;
}

/** Every n-th session counted back from the last: between two rebalances weights only drift. */
function columnsOf(points: readonly WeightsPoint[]): readonly Column[] {
  const { dates, places } = sessionAxis(points.map(({ date }) => date));
  const step = Math.ceil(dates.length / MAX_COLUMNS);
  const latest = new Map<number, WeightsPoint>();
  for (const [index, point] of points.entries()) {
    latest.set(Math.floor((dates.length - 1 - (places[index] ?? 0)) / step), point);
  }
  const columns: Column[] = [];
  for (let end = dates.length - 1; end >= 0; end -= step) {
    const point = latest.get((dates.length - 1 - end) / step);
    const date = point?.date ?? dates[end];
    if (date !== undefined) columns.unshift({ date, weights: point?.weights });
  }
  return columns;
}

/** A ticker outside the universe gets a colour derived from its letters. */
function colourOf(ticker: Ticker, known: readonly Ticker[]): string {
  const place = known.indexOf(ticker);
  const letters = [...ticker].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return TICKER_COLOURS[(place < 0 ? letters : place) % TICKER_COLOURS.length] ?? CASH_COLOUR;
}

/** Days without a record leave a gap. */
function layer(
  name: string,
  values: readonly (number | undefined)[],
  colour: string,
): ChartDataset<'bar'> {
  const data = values.map((value) => value ?? null);
  return {
    label: name,
    data,
    backgroundColor: colour,
    borderWidth: 0,
    categoryPercentage: 1,
    /** Wider than its space, so that no background shows between two days. */
    barPercentage: data.length > 30 ? 1.1 : 1,
  };
}
