/** Numbers in table cells: a dash for unknown values, fewer decimals before anything is cut. */
import { readDifference } from '#core/domain/figures.ts';
import { type Cents, cents } from '#core/domain/units.ts';
import { cut, DASH, money, percent } from '../format.ts';

/** `+1.23%` in at most `width` columns, with as many decimals as fit. */
export function percentCell(
  fraction: number | undefined,
  width: number,
  { digits = 2, sign = 'signed' }: { digits?: number; sign?: 'signed' | 'plain' } = {},
): string {
  if (fraction === undefined) return DASH;
  const texts = steps(digits).map((each) => percent(fraction, each, sign));
  return texts.find((text) => text.length <= width) ?? cut(texts.at(-1) ?? DASH, width);
}

/**
 * Two rates and their difference in cells of one width, with as many decimals as fit so that they add up.
 */
export function comparedCells(
  you: number | undefined,
  spy: number | undefined,
  width: number,
): readonly [you: string, spy: string, alpha: string] {
  for (const digits of steps(2)) {
    const values = [you, spy, readDifference(you, spy, digits)];
    const [own = DASH, market = DASH, ahead = DASH] = values.map((value) =>
      value === undefined ? DASH : percent(value, digits),
    );
    const cells = [own, market, ahead] as const;
    if (digits === 0 || cells.every((text) => text.length <= width)) {
      return [cut(own, width), cut(market, width), cut(ahead, width)];
    }
  }
  return [DASH, DASH, DASH];
}

/** A plain number, such as a Sharpe ratio. */
export function numberCell(value: number | undefined, width: number): string {
  if (value === undefined) return DASH;
  const texts = steps(2).map((each) => {
    const text = Math.abs(value).toFixed(each);
    return value < 0 && Number(text) !== 0 ? `−${text}` : text;
  });
  return texts.find((text) => text.length <= width) ?? cut(texts.at(-1) ?? DASH, width);
}

/** Components of SPY's return. */
export function spyWords(hasDividends: boolean): string {
  return hasDividends ? 'SPY with dividends' : 'SPY price only';
}

/** A line for estimated dividends that no broker paid; none when zero. */
export function estimateWords(dividends: Cents): readonly string[] {
  if (dividends <= 0) return [];
  return [
    `-# Estimated dividends: ${money(cents(dividends))}. Not paid to this account, but counted in You.`,
  ];
}

/** `digits`, `digits` − 1, … 0. */
function steps(digits: number): readonly number[] {
  return Array.from({ length: digits + 1 }, (_, index) => digits - index);
}
