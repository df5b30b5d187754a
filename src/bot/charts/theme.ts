/** What all charts share: type that a phone can read, axes of percent and of dates. */
import type { ChartOptions } from 'chart.js';
import type { SessionDate } from '#core/domain/units.ts';
import { cut, percent } from '../format.ts';
import { ALT_LENGTH, COLOURS, FONT, TEXT_SIZE } from './chart.ts';

type Plugins = NonNullable<ChartOptions['plugins']>;

/** The part of the options that no chart differs in. */
export const COMMON = {
  responsive: false,
  animation: false,
  locale: 'en-US',
  color: COLOURS.text,
  font: { family: FONT, size: TEXT_SIZE.tick },
  layout: { padding: { top: 8, right: 16, bottom: 6, left: 8 } },
} as const satisfies ChartOptions;

/** Of the numbers along the axes; the size in CSS pixels. */
export const TICK_FONT = { family: FONT, size: TEXT_SIZE.tick } as const;

/**
 * The headline, a line of words under it, and the names of what is drawn: lines, areas, or each
 * as its dataset says. Without names above the axis there is room, so that it does not write into
 * the words.
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

/** A place for each session, named at the beginning, in the middle and at the end only. */
export function dateLabels(dates: readonly SessionDate[]): string[] {
  const last = dates.length - 1;
  const middle = last >= 4 ? Math.round(last / 2) : -1;
  return dates.map((date, index) => {
    const repeated = index === last && last > 0 && date === dates[0];
    return [0, middle, last].includes(index) && !repeated ? date : '';
  });
}

/** Of labels by `dateLabels`; the outer ones stay inside the picture. */
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

/** An axis that is never of no height, with as many decimals as tell its lines apart. */
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

/** A range below this is a flat line. */
const FLAT = 1e-5;

/** Least and most; 0 and 0 of nothing. A spread into Math.min would end at some 100,000. */
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

/** Two decimals, none from 1,000 % on, where they are noise and would push a line off the picture. */
export function headline(fraction: number, sign: 'signed' | 'plain' = 'signed'): string {
  return percent(fraction, Math.abs(fraction) >= 10 ? 0 : 2, sign);
}

/** Whole parts joined for a screen reader, as many as fit; the last says how many were left out. */
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
