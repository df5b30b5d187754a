/** A chart as data: what is drawn, its alt text, and the numbers as text in case drawing fails. */
import type { ChartConfiguration } from 'chart.js';

/** A chart as data, with the same numbers as text. */
export interface Chart {
  /** File name, such as `alpha.png`. */
  readonly name: string;
  /** Free of functions, so that the same JSON can go to a chart server. */
  readonly config: ChartConfiguration;
  /** The same numbers as text; at most 1024 characters. */
  readonly alt: string;
  /** CSS pixels; `HEIGHT` by default. */
  readonly height?: number;
}

/** CSS pixels; the PNG is twice as wide and high. */
export const WIDTH = 550;
/** Default height in CSS pixels. */
export const HEIGHT = 310;
/** PNG pixels per CSS pixel. */
export const PIXEL_RATIO = 2;

/** Font of all texts; it ships with Rotor. */
export const FONT = 'DejaVu Sans';
/** For numbers in narrow cells. */
export const NARROW_FONT = 'DejaVu Sans Condensed';

/** A phone shows 550 pixels on about 340, so 18 here becomes 11 there. */
export const TEXT_SIZE = { title: 22, subtitle: 17, legend: 18, tick: 17, cell: 15 } as const;

/** Discord's limit for the description of an image. */
export const ALT_LENGTH = 1024;

/** Colours by meaning, chosen for Discord's dark theme. */
export const COLOURS = {
  background: '#2B2D31',
  text: '#DBDEE1',
  muted: '#A6ADB6',
  grid: '#3F4147',
  you: '#5DADE2',
  spy: '#F5B041',
  gain: 'rgba(46, 204, 113, 0.35)',
  loss: 'rgba(231, 76, 60, 0.35)',
  /** A limit that must not be crossed. */
  limit: '#FF8A80',
  /** Candidates that were not selected. */
  unchosen: '#6D737C',
} as const;
