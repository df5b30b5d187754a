/**
 * The whole history of a source against what is stored, where the last sessions did not agree. An
 * adjustment moves all prices of a day by one factor and reaches from its day back to the beginning;
 * so the proportions within a day never change, and walking back the factor only steps down: a
 * dividend or a split lowers what was before it. Whatever differs in another way is somebody's error.
 */
import { type Bar, type BarHistory, barAt } from '#core/domain/bar.ts';
import type { SessionDate } from '#core/domain/units.ts';

export type Judgement =
  /** The same prices, adjusted anew: the source's history may replace what is stored. */
  | { readonly kind: 'readjusted' }
  /** As that, but for the newest stored sessions, which the source has since put right. */
  | { readonly kind: 'corrected'; readonly what: string }
  | { readonly kind: 'contradicts'; readonly reason: string };

export interface ToJudge {
  readonly stored: BarHistory;
  /** The source's whole history, oldest first. */
  readonly whole: readonly Bar[];
  /** New price / stored price behind the last stored session; 1 where no later one is known. */
  readonly factor: number;
  /** Whether every stored bar came from this source: it may correct its own newest ones. */
  readonly own: boolean;
  /** How far two closes of one session may differ, as a fraction; a rounding unless given. */
  readonly noise?: number;
}

/** Twice the rounding of one close to a cent, on twenty dollars. */
const SAME = 1e-3;
/** A proportion of two prices has twice that. */
const SHAPE = 2;
/** Sessions that a source still corrects, late prints above all, and by how much at most. */
const CORRECTED_SESSIONS = 3;
const CORRECTED_BY = 0.02;
/** A stored move that a split, or a wrong print, may explain; the source must not show it any more. */
const SPLIT_MOVE = 0.25;
/**
 * The most that one distribution may take off the prices before it: sector funds pay one to two per
 * cent a quarter. A larger step is a person's to look at, as XLF's was when it gave XLRE away in 2016.
 */
const DIVIDEND_STEP = 0.05;
/** Sessions that a whole history may begin later than the stored one. */
export const LATER_START = 5;

export function judge({ stored, whole, factor, own, noise = SAME }: ToJudge): Judgement {
  const first = whole[0]?.date;
  if (first === undefined || stored.dates.every((date) => date < first)) {
    return contradicts('no session in common');
  }
  const missing = stored.dates.filter((date) => date < first).length;
  if (own && missing > LATER_START) {
    return contradicts(`the source's history now begins ${first}, ${missing} sessions later`);
  }
  const pairs = pairsOf(stored, whole);
  const fault = faultIn(pairs, factor, noise);
  if (fault === undefined) return { kind: 'readjusted' };
  const settled = pairs.slice(0, -CORRECTED_SESSIONS);
  const recent = pairs.slice(-CORRECTED_SESSIONS);
  const isSmall = recent.every((pair) => Math.abs(ratio(pair) / factor - 1) <= CORRECTED_BY);
  if (own && isSmall && settled.length > 0 && faultIn(settled, factor, noise) === undefined) {
    return { kind: 'corrected', what: fault };
  }
  return contradicts(fault);
}

/** One stored bar, and what the source now has for that session. */
interface Pair {
  readonly stored: Bar;
  readonly fresh: Bar | undefined;
}

function pairsOf(stored: BarHistory, whole: readonly Bar[]): readonly Pair[] {
  const fresh = new Map<SessionDate, Bar>(whole.map((bar) => [bar.date, bar]));
  const first = whole[0]?.date;
  return stored.dates.flatMap((date, row) => {
    const bar = barAt(stored, row);
    return bar && first !== undefined && date >= first
      ? [{ stored: bar, fresh: fresh.get(date) }]
      : [];
  });
}

/** The newest session that no adjustment explains, in words. */
function faultIn(pairs: readonly Pair[], factor: number, noise: number): string | undefined {
  let level = factor;
  for (let at = pairs.length - 1; at >= 0; at--) {
    const pair = pairs[at];
    if (!pair) continue;
    const { stored, fresh } = pair;
    if (!fresh) return `stored close of ${stored.date} is ${stored.close}, the source has no bar`;
    const now = ratio(pair);
    const isLevel = Math.abs(now / level - 1) <= noise;
    const isDividend = now < level && now > level * (1 - DIVIDEND_STEP);
    const after = pairs[at + 1];
    const isLeapGone = after ? hasLost(pair, after) : hasLost(pairs[at - 1], pair);
    const isStep = isDividend || isLeapGone;
    if (bentPrice(stored, fresh, noise) || !(isLevel || isStep)) {
      return `stored close of ${stored.date} is ${stored.close}, the source has ${fresh.close}`;
    }
    if (!isLevel) level = now;
  }
  return undefined;
}

/** NaN where the source has no bar. */
function ratio({ stored, fresh }: Pair): number {
  return (fresh?.close ?? Number.NaN) / stored.close;
}

/**
 * The price whose proportion to the close is another than it was, or undefined: an adjustment keeps
 * proportions. Lows and highs differ more than closes do, and a proportion has two of them.
 */
export function bentPrice(stored: Bar, fresh: Bar, noise: number) {
  return (['open', 'high', 'low'] as const).find((name) => {
    const proportion = fresh[name] / fresh.close / (stored[name] / stored.close);
    return !(Math.abs(proportion - 1) <= SHAPE * Math.max(noise, SAME));
  });
}

/** Whether the store has a leap between two sessions which the source's history has not: a split. */
function hasLost(pair: Pair | undefined, after: Pair): boolean {
  if (!(after.fresh && pair?.fresh)) return false;
  const storedMove = Math.abs(after.stored.close / pair.stored.close - 1);
  const freshMove = Math.abs(after.fresh.close / pair.fresh.close - 1);
  return storedMove > SPLIT_MOVE && freshMove <= SPLIT_MOVE;
}

function contradicts(reason: string): Judgement {
  return { kind: 'contradicts', reason };
}
