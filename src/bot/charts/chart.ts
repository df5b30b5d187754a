/** A picture as data: what is drawn, what a screen reader says, and the numbers if drawing fails. */
import type { ChartConfiguration } from 'chart.js';

/** A picture as data, and the same numbers in words. */
export interface Chart {
  /** File name, `alpha.png`. */
  readonly name: string;
  /** No functions in it, so that the same text can go to a chart server. */
  readonly config: ChartConfiguration;
  /** The same numbers in words; at most 1024 characters. */
  readonly alt: string;
  /** CSS pixels; `HEIGHT` unless said. */
  readonly height?: number;
}

/** CSS pixels; the picture has twice as many each way. */
export const WIDTH = 550;
/** CSS pixels, where a chart does not say otherwise. */
export const HEIGHT = 310;
/** Pixels of the picture for one CSS pixel. */
export const PIXEL_RATIO = 2;

/** For all texts; the picture brings it along. */
export const FONT = 'DejaVu Sans';
/** For numbers in narrow cells. */
export const NARROW_FONT = 'DejaVu Sans Condensed';

/** A phone shows 550 pixels on about 340: what is 18 here is 11 there. */
export const TEXT_SIZE = { title: 22, subtitle: 17, legend: 18, tick: 17, cell: 15 } as const;

/** Discord refuses a longer description of a picture. */
export const ALT_LENGTH = 1024;

/** By meaning, chosen for Discord's dark theme. */
export const COLOURS = {
  background: '#2B2D31',
  text: '#DBDEE1',
  muted: '#A6ADB6',
  grid: '#3F4147',
  you: '#5DADE2',
  spy: '#F5B041',
  gain: 'rgba(46, 204, 113, 0.35)',
  loss: 'rgba(231, 76, 60, 0.35)',
  /** Something that must not be crossed. */
  limit: '#FF8A80',
  /** What was left out of a choice. */
  unchosen: '#6D737C',
} as const;
