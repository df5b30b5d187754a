/** Rounds numbers so that they still add up to the displayed sum. Pure. */
import { type Cents, cents, toDollars } from '#core/domain/units.ts';
import { compactMoney } from '../format.ts';

/** More than floating-point noise, less than any remainder that matters. */
const NOISE = 1e-9;

/**
 * The values rounded to that many decimals so that they add up to their rounded sum: each is rounded down
 * or up, those with the largest remainders up.
 */
export function addingUp(values: readonly number[], digits: number): readonly number[] {
  const scaled = values.map((value) => value * 10 ** digits);
  const down = scaled.map((value) => Math.floor(value + NOISE));
  const whole = Math.round(scaled.reduce((sum, value) => sum + value, 0));
  const missing = whole - down.reduce((sum, value) => sum + value, 0);
  const lost = (index: number): number => (scaled[index] ?? 0) - (down[index] ?? 0);
  const up = new Set(
    [...down.keys()].sort((one, other) => lost(other) - lost(one)).slice(0, Math.max(0, missing)),
  );
  return down.map((value, index) => (value + (up.has(index) ? 1 : 0)) / 10 ** digits);
}

/**
 * Money in table cells, the parts first and their sum last: whole dollars that add up, `+1234`; if one does
 * not fit, each is shortened on its own.
 */
export function moneyCells(parts: readonly Cents[], width: number): readonly string[] {
  const whole = cents(parts.reduce<number>((sum, part) => sum + part, 0));
  const dollars = addingUp(parts.map(toDollars), 0);
  const all = [...dollars, Math.round(toDollars(whole))];
  const texts = all.map((usd) => `${usd > 0 ? '+' : usd < 0 ? '−' : ''}${Math.abs(usd)}`);
  const fits = texts.every((text) => text.length <= width);
  return fits ? texts : [...parts, whole].map((value) => compactMoney(value, '+'));
}
