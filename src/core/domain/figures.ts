/** Figures as people read them. */
import { type Cents, toDollars } from './units.ts';

/** Whole dollars: `$5,025`. */
export function usd(value: Cents): string {
  return `$${Math.round(toDollars(value)).toLocaleString('en-US')}`;
}

/** Per cent with at most one decimal: `12.3 %` of 0.123. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
