/** Monthly returns against the benchmark, from the last close before each month to its last one. */
import type { SessionDate } from '../domain/units.ts';
import { between, type CurvePoint } from './curve.ts';
import { difference } from './measure.ts';

/** Returns as fractions between the same two closes for both sides. */
export interface Returns {
  readonly you: number | undefined;
  /** Total return, dividends included. */
  readonly spy: number | undefined;
  readonly alpha: number | undefined;
}

/** The returns of one calendar month. */
export interface MonthReturn extends Returns {
  /** `YYYY-MM`. */
  readonly month: string;
}

/**
 * Every month with a close, oldest first. The first counts from the start of the account; one after a month
 * without closes counts from the last available close, so that their product is the whole return.
 */
export function monthReturns(closes: readonly CurvePoint[]): readonly MonthReturn[] {
  const months = new Set(
    closes.filter(({ kind }) => kind === 'close').map(({ date }) => date.slice(0, 7)),
  );
  return [...months].map((month) => ({
    month,
    ...upTo(closes, (date) => date.startsWith(month)),
  }));
}

/** From the last point before the period's closes to the last of them. */
function upTo(closes: readonly CurvePoint[], belongs: (date: SessionDate) => boolean): Returns {
  const first = closes.findIndex(({ kind, date }) => kind === 'close' && belongs(date));
  const last = closes.findLast(({ kind, date }) => kind === 'close' && belongs(date));
  const before = closes[first - 1];
  if (!before || !last) return { you: undefined, spy: undefined, alpha: undefined };
  const { you, spy } = between(before, last);
  return { you, spy, alpha: difference(you, spy) };
}
