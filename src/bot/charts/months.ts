/** Monthly returns as a heat map: a row per year, a cell per month, the year's total last. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { percent } from '../format.ts';
import { type Chart, COLOURS, NARROW_FONT, TEXT_SIZE } from './chart.ts';
import { type LabelledPoint, labelled } from './labels.ts';
import { altText, COMMON, heading, TICK_FONT } from './theme.ts';

/** Return of one month, with the benchmark's. */
export interface MonthCell {
  /** `YYYY-MM`. */
  readonly month: string;
  /** A fraction; undefined where unknown. */
  readonly you: number | undefined;
  readonly benchmark?: number | undefined;
}

/** Data of the heat map; oldest first. */
export interface Months {
  readonly months: readonly MonthCell[];
  /** Name of the benchmark. */
  readonly benchmark?: string;
}

/** One row of the picture. */
interface Row {
  readonly name: string;
  /** January to December, then the year; undefined where unknown. */
  readonly cells: readonly (number | undefined)[];
}

const COLUMNS = ['J', 'F', 'M', 'A', 'M', 'J', 'J', 'A', 'S', 'O', 'N', 'D', 'Year'];
const ROW_HEIGHT = 34;
const MARGIN = 122;
/** Years that fit into the chart; the title says so when there are more. */
const MAX_YEARS = 15;
/** With more years the benchmark's rows would make the chart too long. */
const MAX_COMPARED = 5;
/** Returns at which a cell has its full colour; fixed, so that a colour always means the same return. */
const FULL_COLOUR_RETURN = { month: 0.06, year: 0.25 } as const;

/** Returns undefined when no month has a known return. */
export function monthsChart({ months, benchmark = 'SPY' }: Months): Chart | undefined {
  if (months.every(({ you }) => you === undefined)) return undefined;
  const sorted = [...months].sort((a, b) => a.month.localeCompare(b.month));
  const years = yearsOf(sorted);
  const shown = years.slice(-MAX_YEARS);
  const rows = rowsOf(shown, sorted, benchmark);
  return {
    name: 'months.png',
    config: config(rows, shown, years.length),
    alt: altText('Returns by month: ', words(years, sorted, benchmark), '; '),
    height: MARGIN + ROW_HEIGHT * rows.length,
  };
}

function yearsOf(months: readonly MonthCell[]): readonly string[] {
  return [...new Set(months.map(({ month }) => month.slice(0, 4)))];
}

function rowsOf(
  years: readonly string[],
  months: readonly MonthCell[],
  benchmark: string,
): readonly Row[] {
  const compared =
    years.length <= MAX_COMPARED && months.some((each) => each.benchmark !== undefined);
  return years.flatMap((year) => {
    const own = { name: year, cells: cellsOf(year, months, ({ you }) => you) };
    if (!compared) return [own];
    return [own, { name: benchmark, cells: cellsOf(year, months, (each) => each.benchmark) }];
  });
}

function cellsOf(
  year: string,
  months: readonly MonthCell[],
  value: (month: MonthCell) => number | undefined,
): readonly (number | undefined)[] {
  const own = months.filter(({ month }) => month.startsWith(`${year}-`));
  const cells = Array.from({ length: 12 }, (_, index) => {
    const found = own.find(({ month }) => Number(month.slice(5)) === index + 1);
    return found && value(found);
  });
  return [...cells, compounded(own.map(value))];
}

/** Compounded return of all months; undefined if one of them is unknown. */
function compounded(returns: readonly (number | undefined)[]): number | undefined {
  let grown = 1;
  for (const each of returns) {
    if (each === undefined) return undefined;
    grown *= 1 + each;
  }
  return grown - 1;
}

/** Years first, then the newest months, so that the oldest are cut off. */
function words(
  years: readonly string[],
  months: readonly MonthCell[],
  benchmark: string,
): readonly string[] {
  const told = (you: number | undefined, spy: number | undefined) =>
    `${percent(you)}${spy === undefined ? '' : ` (${benchmark} ${percent(spy)})`}`;
  const totals = years.map((year) => {
    const [own, market] = [
      cellsOf(year, months, ({ you }) => you).at(-1),
      cellsOf(year, months, (each) => each.benchmark).at(-1),
    ];
    return `year ${year} ${told(own, market)}`;
  });
  const each = months
    .filter(({ you }) => you !== undefined)
    .map(({ month, you, benchmark: spy }) => `${month} ${told(you, spy)}`);
  return [...totals.reverse(), ...each.reverse()];
}

function config(rows: readonly Row[], years: readonly string[], of: number): ChartConfiguration {
  const cut = years.length < of ? ` · last ${years.length} of ${of} years` : '';
  return {
    type: 'bar',
    data: { labels: COLUMNS, datasets: [...rows].reverse().map(layer) },
    options: {
      ...COMMON,
      layout: { padding: { top: 8, right: 8, bottom: 8, left: 6 } },
      scales: {
        x: {
          stacked: true,
          position: 'top',
          grid: { display: false },
          border: { display: false },
          ticks: { color: COLOURS.muted, font: TICK_FONT, autoSkip: false, maxRotation: 0 },
        },
        y: { stacked: true, display: false, min: 0, max: rows.length },
        /** Row names: one category per bar. */
        yNames: {
          type: 'category',
          labels: rows.map(({ name }) => name),
          offset: true,
          grid: { display: false },
          border: { display: false },
          ticks: {
            color: rows.map(({ name }) => (years.includes(name) ? COLOURS.text : COLOURS.muted)),
            font: TICK_FONT,
            autoSkip: false,
          },
        },
      },
      plugins: {
        ...heading('Months', `Return in percent${cut}`),
        ...labelled({ color: '#FFFFFF', font: { family: NARROW_FONT, size: TEXT_SIZE.cell } }),
      },
    },
  } as ChartConfiguration;
}

/** Each year is one layer of the stack; every bar has height one. */
function layer({ name, cells }: Row): ChartDataset<'bar', LabelledPoint[]> {
  return {
    label: name,
    data: cells.map((value, index) => ({
      x: COLUMNS[index] ?? '',
      y: 1,
      label: value === undefined ? '' : cellText(value),
    })),
    backgroundColor: cells.map((value, index) =>
      value === undefined
        ? NO_DATA_COLOUR
        : tint(value / (index === 12 ? FULL_COLOUR_RETURN.year : FULL_COLOUR_RETURN.month)),
    ),
    borderColor: COLOURS.background,
    borderWidth: 1.5,
    borderSkipped: false,
    barPercentage: 1,
    categoryPercentage: 1,
  };
}

/** Per cent that fits into a cell: `3.4`, `−3.4`, `12.3`, `−12`, `2K`. */
export function cellText(fraction: number): string {
  const texts = [1, 0].map((digits) => percent(fraction, digits).replace(/[+%]/g, ''));
  return (
    texts.find((text) => text.length <= 4 && Math.abs(fraction) < 9.995) ?? compact(fraction * 100)
  );
}

function compact(value: number): string {
  const most = 999e12;
  const format = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 0 });
  return format.format(Math.max(-most, Math.min(most, value))).replace('-', '−');
}

/** No return known: slightly lighter than the background. */
const NO_DATA_COLOUR = '#313338';
const [LOSS, ZERO, GAIN] = [
  [0xb8, 0x4d, 0x00],
  [0x4a, 0x4d, 0x55],
  [0x00, 0x7d, 0x5c],
] as const;

/**
 * Orange-red for losses, grey for zero, blue-green for gains: the Okabe and Ito pair, which people with
 * red-green colour blindness can tell apart, darkened so that white text is legible.
 */
function tint(share: number): string {
  const far = share < 0 ? LOSS : GAIN;
  const part = Math.min(1, Math.abs(share));
  const mixed = ZERO.map((zero, at) => Math.round(zero + ((far[at] ?? zero) - zero) * part));
  return `rgb(${mixed.join(', ')})`;
}
