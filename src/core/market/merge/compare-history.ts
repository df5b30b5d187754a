/**
 * Compares the full history of a source with the stored one. An adjustment multiplies all prices of a day
 * by one factor, from its date back to the beginning; so the proportions within a day never change, and
 * going back in time the factor only decreases: a dividend or a split lowers earlier prices. Any other
 * difference is an error on one side.
 */

import { type Bar, type BarHistory, barAt } from '#core/domain/bar.ts';
import { counted } from '#core/domain/figures.ts';

/** The result of comparing a source's full history with the stored one. */
export type Comparison =
  /** The same prices within rounding. */
  | { readonly kind: 'same' }
  /** The same prices with new adjustments: the source's history may replace the stored one. */
  | { readonly kind: 'readjusted' }
  /** The same, except for the newest stored sessions, which the source has corrected since. */
  | { readonly kind: 'corrected'; readonly what: string }
  | { readonly kind: 'contradicts'; readonly reason: string };

/** A stored history, and the source's current one. */
export interface ToCompare {
  readonly stored: BarHistory;
  /** The source's full history, oldest first. */
  readonly whole: readonly Bar[];
  /** Whether every stored bar came from this source: it may correct its own newest ones. */
  readonly isOwn: boolean;
  /** Maximum difference between two closes of one session, a fraction; rounding by default. */
  readonly noise?: number | undefined;
}

/** Twice the rounding of one close to a cent, at twenty dollars. */
const SAME = 1e-3;
/** A ratio of two prices has twice that. */
const SHAPE = 2;
/** Number of sessions with a common factor, that of an adjustment after the stored end. */
const RECENT = 20;
/** Number of sessions that a source still corrects, mainly for late prints, and the maximum correction. */
const CORRECTED_SESSIONS = 3;
const CORRECTED_BY = 0.02;
/** A stored move that a split, or a wrong print, may explain; the source must no longer show it. */
const SPLIT_MOVE = 0.25;
/**
 * The maximum effect of one distribution on earlier prices: sector funds pay one to two per cent a quarter.
 * A larger step needs a person's review, such as XLF's spin-off of XLRE in 2016.
 */
const DIVIDEND_STEP = 0.05;
/** Number of sessions by which a source's own history may begin later than the stored one. */
const MAX_LATER_START = 5;

/** Whether the stored rows and the source's differ only by adjustments; never throws. */
export function compareHistory({ stored, whole, isOwn, noise = SAME }: ToCompare): Comparison {
  const pairs = pairsOf(stored, whole);
  if (pairs.length === 0) return contradicts('no session in common');
  const missing = stored.dates.length - pairs.length;
  if (isOwn && missing > MAX_LATER_START) {
    const first = whole[0]?.date;
    return contradicts(
      `the source's history now begins ${first ?? 'nowhere'}, ${counted(missing, 'session')} later`,
    );
  }
  const factor = factorOf(pairs.slice(-RECENT), noise) ?? 1;
  const fault = faultIn(pairs, factor, noise);
  if (fault === undefined) {
    const isSame = pairs.every((pair) => isNear(ratio(pair), 1, noise));
    return { kind: isSame ? 'same' : 'readjusted' };
  }
  const isCorrection = isOwn && isCorrected(pairs, factor, noise);
  return isCorrection ? { kind: 'corrected', what: fault } : contradicts(fault);
}

/** Whether only the newest sessions differ, and only slightly. */
function isCorrected(pairs: readonly Pair[], factor: number, noise: number): boolean {
  const older = pairs.slice(0, -CORRECTED_SESSIONS);
  const newest = pairs.slice(-CORRECTED_SESSIONS);
  const isSmall = newest.every((pair) => isNear(ratio(pair), factor, CORRECTED_BY));
  return isSmall && older.length > 0 && faultIn(older, factor, noise) === undefined;
}

/**
 * Compares the last stored sessions with a feed whose closes differ slightly and randomly from day to day:
 * why the prices are not the same, or undefined.
 * @param sessions number of stored ones to compare.
 */
export function compareRecent(
  { stored, whole, noise = SAME }: Omit<ToCompare, 'isOwn'>,
  sessions: number = RECENT,
): string | undefined {
  const pairs = pairsOf(stored, whole).slice(-sessions);
  if (pairs.length === 0) return 'it has none of the stored sessions';
  const odd = pairs.find((pair) => differsBeyondClose(pair, noise));
  if (odd) return difference(odd);
  const factor = factorOf(pairs, noise);
  if (factor !== undefined && isNear(factor, 1, SAME)) return undefined;
  if (factor !== undefined) return `its closes are ${factor.toFixed(4)} times the stored ones`;
  const far = pairs.find((pair) => !isNear(ratio(pair), 1, noise)) ?? pairs.at(-1);
  return far && difference(far);
}

/** One stored bar, and the source's current bar of that session. */
interface Pair {
  readonly stored: Bar;
  readonly fresh: Bar | undefined;
}

/** Pairs for the stored sessions from the source's first one on. */
function pairsOf(stored: BarHistory, whole: readonly Bar[]): readonly Pair[] {
  const first = whole[0]?.date;
  if (first === undefined) return [];
  const fresh = new Map(whole.map((bar) => [bar.date, bar]));
  return stored.dates.flatMap((date, row) => {
    const bar = date < first ? undefined : barAt(stored, row);
    return bar ? [{ stored: bar, fresh: fresh.get(date) }] : [];
  });
}

/** The newest session that no adjustment explains, as a sentence. */
function faultIn(pairs: readonly Pair[], factor: number, noise: number): string | undefined {
  let level = factor;
  for (let at = pairs.length - 1; at >= 0; at--) {
    const pair = pairs[at];
    if (!pair) continue;
    const now = ratio(pair);
    const isLevel = isNear(now, level, noise);
    if (differsBeyondClose(pair, noise)) return difference(pair);
    if (!isLevel && !isAdjustment(pairs, at, level)) return difference(pair);
    if (!isLevel) level = now;
  }
  return undefined;
}

/** Whether a dividend or a split lies between that session and the next. */
function isAdjustment(pairs: readonly Pair[], at: number, level: number): boolean {
  const [before, pair, after] = [pairs[at - 1], pairs[at], pairs[at + 1]];
  const now = pair ? ratio(pair) : Number.NaN;
  const isDividend = now < level && now > level * (1 - DIVIDEND_STEP);
  return isDividend || (after ? hasLost(pair, after) : hasLost(before, pair));
}

/** Whether the store has a jump between two sessions that the source's history does not have: a split. */
function hasLost(pair: Pair | undefined, after: Pair | undefined): boolean {
  if (!(after?.fresh && pair?.fresh)) return false;
  const storedMove = Math.abs(after.stored.close / pair.stored.close - 1);
  const freshMove = Math.abs(after.fresh.close / pair.fresh.close - 1);
  return storedMove > SPLIT_MOVE && freshMove <= SPLIT_MOVE;
}

/** The median of the closes' ratios, if all of them are close to it. */
function factorOf(pairs: readonly Pair[], noise: number): number | undefined {
  const ratios = pairs.map(ratio);
  const median = ratios.toSorted((a, b) => a - b)[ratios.length >> 1];
  const isOne = median !== undefined && ratios.every((each) => isNear(each, median, noise));
  return isOne ? median : undefined;
}

/** New close over stored close; NaN where the source has no bar. */
function ratio({ stored, fresh }: Pair): number {
  return (fresh?.close ?? Number.NaN) / stored.close;
}

function isNear(value: number, level: number, noise: number): boolean {
  return Math.abs(value / level - 1) <= noise;
}

/** Whether a price other than the close differs, or the source has no bar. */
function differsBeyondClose({ stored, fresh }: Pair, noise: number): boolean {
  return fresh === undefined || changedPrices(stored, fresh, noise).length > 0;
}

/**
 * The prices whose ratio to the close has changed: an adjustment preserves ratios. Lows and highs differ
 * more than closes do, and a ratio contains two of them.
 */
function changedPrices(stored: Bar, fresh: Bar, noise: number) {
  return (['open', 'high', 'low'] as const).filter((name) => {
    const proportion = fresh[name] / fresh.close / (stored[name] / stored.close);
    return !isNear(proportion, 1, SHAPE * Math.max(noise, SAME));
  });
}

/** As a sentence; where every ratio changed, it is the close that moved. */
function difference({ stored, fresh }: Pair): string {
  const changed = fresh ? changedPrices(stored, fresh, SAME) : [];
  const name = (changed.length < 3 && changed[0]) || 'close';
  const found = fresh ? `a ${name} of ${fresh[name]}` : 'no bar';
  return `stored ${name} of ${stored.date} is ${stored[name]}, the source now has ${found}`;
}

function contradicts(reason: string): Comparison {
  return { kind: 'contradicts', reason };
}
