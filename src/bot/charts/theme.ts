/** Options shared by all charts: text sizes for phones, axes of percentages and of dates. */
import type { ChartOptions } from 'chart.js';
import type { SessionDate } from '#core/domain/units.ts';
import { cut, percent } from '../format.ts';
import { ALT_LENGTH, COLOURS, FONT, TEXT_SIZE } from './chart.ts';

type Plugins = NonNullable<ChartOptions['plugins']>;

/** Options that are the same for every chart. */
export const COMMON = {
  responsive: false,
  animation: false,
  locale: 'en-US',
  color: COLOURS.text,
  font: { family: FONT, size: TEXT_SIZE.tick },
  layout: { padding: { top: 8, right: 16, bottom: 6, left: 8 } },
} as const satisfies ChartOptions;

/** Font of the axis labels; the size in CSS pixels. */
export const TICK_FONT = { family: FONT, size: TEXT_SIZE.tick } as const;

/**
 * The title, a subtitle, and the legend: lines, areas, or as each dataset says. A chart without a legend
 * gets some space instead, so that the axis labels do not overlap the subtitle.
 */
export function heading(text: string, under?: string, names?: 'line' | 'rect' | 'own'): Plugins {
  return {
    title: {
      display: true,
      text,
      align: 'start',
      color: COLOURS.text,
      font: { family: FONT, size: TEXT_SIZE.title, weight: 'bold' },
      padding: { bottom: 3 },
    },
    subtitle: {
      display: under !== undefined,
      text: under ?? '',
      align: 'start',
      color: COLOURS.muted,
      font: { family: FONT, size: TEXT_SIZE.subtitle },
      padding: { bottom: names === 'line' || names === 'own' ? 0 : 12 },
    },
    legend: {
      display: names !== undefined,
      align: 'start',
      labels: {
        usePointStyle: true,
        ...(names === 'own' ? {} : { pointStyle: names ?? 'line' }),
        pointStyleWidth: names === 'rect' ? 14 : 22,
        boxHeight: names === 'rect' ? 10 : 8,
        padding: 12,
        color: COLOURS.text,
        font: { family: FONT, size: TEXT_SIZE.legend },
      },
    },
  };
}

/** One label per session; only the first, the middle and the last have text. */
export function dateLabels(dates: readonly SessionDate[]): string[] {
  const last = dates.length - 1;
  const middle = last >= 4 ? Math.round(last / 2) : -1;
  return dates.map((date, index) => {
    const repeated = index === last && last > 0 && date === dates[0];
    return [0, middle, last].includes(index) && !repeated ? date : '';
  });
}

/** Axis for labels from `dateLabels`; the outer ones stay inside the chart. */
export const DATE_AXIS = {
  grid: { display: false },
  border: { color: COLOURS.grid },
  ticks: {
    color: COLOURS.muted,
    font: TICK_FONT,
    autoSkip: false,
    maxRotation: 0,
    align: 'inner',
  },
} as const;

/** An axis whose range is never empty, with enough decimals to tell its grid lines apart. */
export function percentAxis(values: readonly number[], sign: 'signed' | 'plain' = 'signed') {
  const [low, high] = extent(values);
  const flat = high - low < FLAT;
  const room = flat ? Math.max(0.005, Math.abs(high) * 0.05) : 0;
  return {
    grid: { color: COLOURS.grid },
    border: { display: false },
    suggestedMin: low - room,
    suggestedMax: high + room,
    ticks: {
      color: COLOURS.muted,
      font: TICK_FONT,
      maxTicksLimit: 6,
      format: percentFormat(high - low + 2 * room, Math.max(Math.abs(low), Math.abs(high)), sign),
    },
  };
}

/** A smaller range counts as a flat line. */
const FLAT = 1e-5;

/**
 * Minimum and maximum; 0 and 0 for an empty list. Spreading into Math.min fails at about 100,000 values.
 */
export function extent(values: readonly number[]): readonly [number, number] {
  const [first = 0] = values;
  return [
    values.reduce((least, value) => Math.min(least, value), first),
    values.reduce((most, value) => Math.max(most, value), first),
  ];
}

function percentFormat(
  range: number,
  largest: number,
  sign: 'signed' | 'plain',
): Intl.NumberFormatOptions {
  const digits = range < 0.005 ? 2 : range < 0.05 ? 1 : 0;
  return {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: sign === 'signed' ? 'exceptZero' : 'auto',
    ...(largest >= 100 ? { notation: 'compact', maximumFractionDigits: 1 } : {}),
  };
}

/** Two decimals, none from 1,000 % on, where they are noise and would make the line too long. */
export function headline(fraction: number, sign: 'signed' | 'plain' = 'signed'): string {
  return percent(fraction, Math.abs(fraction) >= 10 ? 0 : 2, sign);
}

/** Joins as many whole parts as fit; the last one says how many were left out. */
export function altText(head: string, parts: readonly string[], between = ', '): string {
  const whole = `${head}${parts.join(between)}.`;
  if (whole.length <= ALT_LENGTH) return whole;
  const kept: string[] = [];
  for (const part of parts) {
    const so = `${head}${[...kept, part].join(between)}`;
    if (so.length > ALT_LENGTH - 30) break;
    kept.push(part);
  }
  return cut(
    `${head}${kept.join(between)}${between}and ${parts.length - kept.length} more.`,
    ALT_LENGTH,
  );
}
