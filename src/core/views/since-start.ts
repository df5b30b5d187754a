import type { AccountState } from '../domain/account-state.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';
import { UNIVERSE } from '../domain/universe.ts';
import { curveOf } from './curve.ts';
import { change, difference } from './measure.ts';

/** Returns as fractions from one instant to another, the same two for both sides. */
export interface SinceStart {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Money that was brought or taken is neither a gain nor a loss. */
  readonly you: number | undefined;
  /** Price only: dividends that SPY pays are not in it. */
  readonly spy: number | undefined;
  /** you - spy. */
  readonly alpha: number | undefined;
}

/**
 * From the baseline to the observation. Undefined before there is a baseline. You and SPY are read
 * at the same two instants or not at all: with one of them unknown there is no alpha.
 */
export function sinceStart(book: AccountState, seen: Observation): SinceStart | undefined {
  const start = book.baseline;
  if (!start) return undefined;
  const now = curveOf(book, seen).at(-1);
  const you = now?.kind === 'live' ? change(now.you, 1) : undefined;
  const spy = change(seen.prices.get(UNIVERSE.benchmark.ticker), start.benchmark);
  return { from: start.at, to: seen.at, you, spy, alpha: difference(you, spy) };
}
