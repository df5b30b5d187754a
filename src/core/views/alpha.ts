import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate } from '../domain/units.ts';
import { benchmarkOf, between, type CurvePoint, curveOf } from './curve.ts';

/** Returns since the first point as fractions, both read at the same instant. */
export interface AlphaPoint {
  readonly date: SessionDate;
  readonly you: number;
  readonly spy: number;
  /** you - spy. */
  readonly alpha: number;
}

/** The account against the benchmark since the baseline, point by point. */
export interface AlphaView {
  readonly mode: Mode;
  readonly accountNumber: string | undefined;
  readonly source: string;
  /** The baseline (0, 0), each session's close, and the live point; empty before the baseline. */
  readonly points: readonly AlphaPoint[];
  /** False where SPY is price only, because there are no bars of it. */
  readonly hasDividends: boolean;
}

/** The curve of the account and of SPY, both 0 at the baseline. */
export function alphaView(book: AccountState, seen: Observation): AlphaView {
  return {
    mode: seen.mode,
    accountNumber: seen.account?.number ?? book.account?.number,
    source: seen.data.source,
    points: alphaPoints(curveOf(book, seen)),
    hasDividends: benchmarkOf(book, seen)?.hasDividends ?? false,
  };
}

/**
 * Returns from the first of the points on. A point is omitted if either side is unknown: an invented half
 * would be misleading. A live point replaces the close of the same day.
 */
export function alphaPoints(curve: readonly CurvePoint[]): readonly AlphaPoint[] {
  const [first] = curve;
  if (!first) return [];
  const known = curve.flatMap((each) => {
    const { you, spy } = between(first, each);
    if (you === undefined || spy === undefined) return [];
    return [{ kind: each.kind, point: { date: each.date, you, spy, alpha: you - spy } }];
  });
  const live = known.find(({ kind }) => kind === 'live')?.point.date;
  return known
    .filter(({ kind, point }) => kind !== 'close' || point.date !== live)
    .map(({ point }) => point);
}
