/** Whether what came may be joined to what is stored, feed by feed. */
import { type Bar, type BarHistory, lastDate } from '#core/domain/bar.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { isUnconfirmed } from './bar-files.ts';
import { FEEDS_APART, feedStep } from './feeds.ts';
import type { Held } from './held-bars.ts';
import { append, compareOverlap, join, type Overlap, sameBars } from './overlap.ts';
import { judge } from './reconcile.ts';

export type Admission =
  /** May be stored as it is. */
  | { readonly kind: 'joined'; readonly history: BarHistory }
  /** The whole history of the source has to decide. */
  | { readonly kind: 'ask-whole'; readonly overlap: Overlap }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param feed of what came, `unknown` where the source does not say. */
export function admit(before: Held, fresh: readonly Bar[], feed: string): Admission {
  const step = feedStep(before.origin.feed, feed);
  const overlap = compareOverlap(before.history, fresh, step === 'same' ? undefined : FEEDS_APART);
  if (overlap.kind === 'same' && step !== 'better') {
    const history = (step === 'worse' ? append : join)(before.history, fresh);
    const isNew = isUnconfirmed(before.origin.source) || !sameBars(history, before.history);
    return { kind: 'joined', history: isNew ? history : before.history };
  }
  if (step === 'worse') return { kind: 'refused', reason: withoutTape(overlap) };
  return { kind: 'ask-whole', overlap };
}

export type WholeAdmission =
  | { readonly kind: 'taken'; readonly why: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param source the name of the one that gave the whole history. */
export function admitWhole(
  before: Held,
  whole: readonly Bar[],
  given: { readonly overlap: Overlap; readonly feed: string; readonly source: string },
): WholeAdmission {
  const { overlap } = given;
  const step = feedStep(before.origin.feed, given.feed);
  const factor = overlap.kind === 'rescaled' ? overlap.factor : 1;
  const own = before.origin.source === given.source;
  const noise = step === 'same' ? {} : { noise: FEEDS_APART };
  const judged = judge({ stored: before.history, whole, factor, own, ...noise });
  if (judged.kind === 'contradicts') {
    return { kind: 'refused', reason: 'reason' in overlap ? overlap.reason : judged.reason };
  }
  if (step === 'better') return { kind: 'taken', why: 'in part of IEX' };
  const why = judged.kind === 'corrected' ? `corrected (${judged.what})` : 'adjusted since';
  return { kind: 'taken', why };
}

/** IEX has no long history that could tell a dividend from an error. */
function withoutTape(overlap: Overlap): string {
  const waits = 'that waits for the consolidated tape';
  if ('reason' in overlap) return `${overlap.reason}; ${waits}`;
  if (overlap.kind !== 'rescaled') return `IEX has none of the stored sessions; ${waits}`;
  return `IEX's closes are ${overlap.factor.toFixed(4)} times the stored ones; ${waits}`;
}

/** Whether the newest close is that session's, and the tape's. */
export function endsOnTape({ history, origin }: Held, session: SessionDate): boolean {
  return lastDate(history) === session && !origin.feed.endsWith('iex');
}
