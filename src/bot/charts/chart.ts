/** A picture as data: what is drawn, what a screen reader says, and the numbers if drawing fails. */
import type { ChartConfiguration } from 'chart.js';

export interface Chart {
  /** File name, `alpha.png`. */
  readonly name: string;
  /** No functions in it, so that the same text can go to a chart server. */
  readonly config: ChartConfiguration;
  /** The same numbers in words; at most 1024 characters. */
  readonly alt: string;
}

/** CSS pixels; the picture has twice as many each way. */
export const WIDTH = 550;
export const HEIGHT = 310;
export const PIXEL_RATIO = 2;

export const FONT = 'DejaVu Sans';

export const COLOURS = {
  background: '#2B2D31',
  text: '#DBDEE1',
  muted: '#949BA4',
  grid: '#3F4147',
  you: '#5DADE2',
  spy: '#F5B041',
  gain: 'rgba(46, 204, 113, 0.35)',
  loss: 'rgba(231, 76, 60, 0.35)',
} as const;
