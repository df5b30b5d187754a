/** Bull or bear, the distance to a change, and the close of the benchmark that would cause it. */

import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import { type BarHistory, type Bars, countThrough } from '../domain/bar.ts';
import type { Regime, RegimeKind } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import { sessionsHeld } from '../domain/regime-hold.ts';
import type { SessionDate } from '../domain/units.ts';
import {
  BAND,
  MEAN_SESSIONS,
  MOMENTUM_SESSIONS,
  type RegimeTurn,
  regimeTurn,
} from './regime-turn.ts';

/** The close at which the regime changes at the next session. */
export interface RegimeFlip {
  /** The regime beyond `close`. */
  readonly to: 'bull' | 'bear';
  /** Dollars a share at the next session's close: the other regime begins at it or beyond it. */
  readonly close: number;
  /** close over the last close, less 1. */
  readonly away: number;
}

/** The regime, its distance from the average, and the close that would change it. */
export interface RegimeView {
  readonly mode: Mode;
  readonly source: string;
  readonly asOf: SessionDate | undefined;
  /** Undefined while no decision is possible. */
  readonly regime: Regime | undefined;
  /** When the regime began by the bars; undefined while no decision is possible. */
  readonly since: RegimeTurn | undefined;
  /** Where a change is traded: the number of consecutive closes required, and reached so far. */
  readonly hold: { readonly needed: number; readonly held: number } | undefined;
  /** Prices of the benchmark in dollars between which momentum decides. */
  readonly band: { readonly low: number; readonly high: number } | undefined;
  /** Which of the two rules applies now. */
  readonly decides: 'distance' | 'momentum' | undefined;
  /** Undefined while the regime is neutral or bars are missing. */
  readonly turn: RegimeFlip | undefined;
  /** Why no decision is possible now; a sentence. */
  readonly missing: string | undefined;
}

/** The view of the regime on the last session that every ticker has. */
export function regimeView(book: AccountState, seen: Observation, bars: Bars): RegimeView {
  const { source, asOf, regime, missing } = seen.data;
  const mean = regime?.mean200;
  const history = bars.get(seen.universe.benchmark.ticker);
  return {
    mode: seen.mode,
    source,
    asOf,
    regime,
    since: regime && history && asOf && regimeTurn(history, asOf),
    hold: holdOf(book, seen),
    band: mean === undefined ? undefined : { low: mean * (1 - BAND), high: mean * (1 + BAND) },
    decides: regime && ruleOf(regime),
    turn: regime && history && asOf && turnOf(regime.kind, history, asOf),
    missing: missing?.reason,
  };
}

/** For trading, the count starts where the journal recorded the regime. */
function holdOf(book: AccountState, { regimeHold, data }: Observation): RegimeView['hold'] {
  if (regimeHold === undefined) return undefined;
  const isSame = book.regime !== undefined && book.regime.kind === data.regime?.kind;
  const since = isSame ? book.regime?.since : undefined;
  const held = since && data.asOf ? sessionsHeld(since, data.asOf) : 0;
  return { needed: regimeHold, held };
}

function ruleOf({ distance, momentum126 }: Regime): RegimeView['decides'] {
  if (distance === undefined || momentum126 === undefined) return undefined;
  return Math.abs(distance) < BAND ? 'momentum' : 'distance';
}

/**
 * With c the next close and s the sum of the 199 closes before it, the mean is (s + c) / 200, so the band's
 * edges are where c = (1 ± 2 %) (s + c) / 200. Both distance and momentum rise with c: below the lower edge
 * it is bear, above the upper one bull, and between them the close of 126 sessions earlier decides.
 */
function turnOf(kind: RegimeKind, history: BarHistory, asOf: SessionDate): RegimeFlip | undefined {
  const closes = history.close.subarray(0, countThrough(history, asOf));
  const last = closes.at(-1);
  const past = closes.at(-MOMENTUM_SESSIONS);
  if (kind === 'neutral' || last === undefined || past === undefined) return undefined;
  if (closes.length < MEAN_SESSIONS - 1) return undefined;
  const before = closes.subarray(1 - MEAN_SESSIONS).reduce((sum, close) => sum + close, 0);
  const edge = (of: number): number => (of * before) / (MEAN_SESSIONS - of);
  const close = Math.min(edge(1 + BAND), Math.max(edge(1 - BAND), past));
  return { to: kind === 'bull' ? 'bear' : 'bull', close, away: close / last - 1 };
}
