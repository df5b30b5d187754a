/** Numbers that stand beside their sum and are rounded: as they are read, they add up. Pure. */
import { type Cents, cents, toDollars } from '#core/domain/units.ts';
import { compactMoney } from '../format.ts';

/** More than the noise of a double, less than any remainder that counts. */
const NOISE = 1e-9;

/**
 * The values at so many decimals. They add up to their sum at those decimals: each is rounded down or up,
 * and up are those that lose most otherwise.
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
 * Money in cells of a table, the parts first and their sum last: whole dollars that add up, `+1234`; where
 * one of them has no room for that, each is shortened by itself.
 */
export function moneyCells(parts: readonly Cents[], width: number): readonly string[] {
  const whole = cents(parts.reduce<number>((sum, part) => sum + part, 0));
  const dollars = addingUp(parts.map(toDollars), 0);
  const all = [...dollars, Math.round(toDollars(whole))];
  const texts = all.map((usd) => `${usd > 0 ? '+' : usd < 0 ? '−' : ''}${Math.abs(usd)}`);
  const fits = texts.every((text) => text.length <= width);
  return fits ? texts : [...parts, whole].map((value) => compactMoney(value, '+'));
}
