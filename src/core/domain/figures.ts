/** Figures as people read them. */
import { type Cents, toDollars } from './units.ts';

/** Whole dollars: `$5,025`. */
export function usd(value: Cents): string {
  return `$${grouped(toDollars(value))}`;
}

/**
 * `1,234.50`, halves rounded away from zero as written: 1.005 becomes 1.01. Without `Intl`,
 * whose first use in a process takes 25 ms of every start.
 */
export function grouped(value: number, digits: 0 | 2 = 0): string {
  const scale = 10 ** digits;
  // The 15 digits that a double holds: 1.005 * 100 is 100.49999999999999.
  const rounded = Math.round(Number((Math.abs(value) * scale).toPrecision(15))) / scale;
  const [whole = '', fraction] = rounded.toFixed(digits).split('.');
  const text = `${value < 0 ? '-' : ''}${withCommas(whole)}`;
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** `1 order`, `2 orders`, `1,234 orders`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Thousands separators in a whole number's digits. */
export function withCommas(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Per cent with at most one decimal: `12.3 %` of 0.123. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}

/**
 * Difference of two rates as displayed, each rounded to that many decimals of a per cent, so that the
 * numbers shown add up. Undefined when either is unknown.
 */
export function readDifference(
  left: number | undefined,
  right: number | undefined,
  digits = 2,
): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const read = (fraction: number): number => Number((fraction * 100).toFixed(digits));
  return (read(left) - read(right)) / 100;
}
