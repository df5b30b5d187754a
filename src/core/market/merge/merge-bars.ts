/** Whether what came may be joined to what is stored, feed by feed. */
import {
  type Bar,
  type BarHistory,
  barAt,
  barHistory,
  closeOn,
  lastDate,
} from '#core/domain/bar.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { Held } from '#core/market/bar-cache.ts';
import { isUnconfirmed } from '#core/market/files/bar-files.ts';
import { judge } from './compare-history.ts';
import { append, compareOverlap, join, type Overlap, sameBars } from './compare-overlap.ts';
import { feedStep, noiseOf } from './feed-priority.ts';

export type Admission =
  /** May be stored as it is. */
  | { readonly kind: 'joined'; readonly history: BarHistory }
  /** The whole history of the source has to decide. */
  | { readonly kind: 'ask-whole'; readonly overlap: Overlap }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param feed of what came, `unknown` where the source does not say. */
export function admit(before: Held, fresh: readonly Bar[], feed: string): Admission {
  const step = feedStep(before.origin.feed, feed);
  const overlap = compareOverlap(before.history, fresh, noiseOf(before.origin.feed, feed));
  if (overlap.kind === 'same' && step !== 'better') {
    const history = (step === 'worse' ? append : join)(before.history, fresh);
    const isNew = isUnconfirmed(before.origin.source) || !sameBars(history, before.history);
    return { kind: 'joined', history: isNew ? history : before.history };
  }
  if (step === 'worse') return { kind: 'refused', reason: withoutTape(overlap) };
  return { kind: 'ask-whole', overlap };
}

export type WholeAdmission =
  | {
      readonly kind: 'taken';
      readonly why: string;
      readonly history: BarHistory;
      /** Rows before the source's first one are among them, which another source had. */
      readonly keepsOlder: boolean;
    }
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
  const noise = noiseOf(before.origin.feed, given.feed);
  const judged = judge({ stored: before.history, whole, factor, own, ...(noise && { noise }) });
  if (judged.kind === 'contradicts') {
    return { kind: 'refused', reason: 'reason' in overlap ? overlap.reason : judged.reason };
  }
  if (step === 'worse') return { kind: 'refused', reason: withoutTape(overlap) };
  const older = own ? [] : olderRows(before.history, whole);
  const history = barHistory(before.history.ticker, [...older, ...whole]);
  const taken = { kind: 'taken', history, keepsOlder: older.length > 0 } as const;
  if (step === 'better') return { ...taken, why: 'in part of IEX' };
  const why = judged.kind === 'corrected' ? `corrected (${judged.what})` : 'adjusted since';
  return { ...taken, why };
}

/**
 * Stored rows before the source's first one, at its prices: an adjustment reaches back to the
 * beginning, so the factor of the first session that both have is theirs as well.
 */
function olderRows(stored: BarHistory, whole: readonly Bar[]): readonly Bar[] {
  const both = whole.find(({ date }) => stored.dates.includes(date));
  const was = both && closeOn(stored, both.date);
  if (!both || was === undefined) return [];
  const factor = both.close / was;
  const first = whole[0]?.date ?? both.date;
  return stored.dates.flatMap((date, row) => {
    const bar = date < first ? barAt(stored, row) : undefined;
    return bar ? [scaled(bar, factor)] : [];
  });
}

function scaled(bar: Bar, factor: number): Bar {
  const { open, high, low, close } = bar;
  return {
    ...bar,
    open: open * factor,
    high: high * factor,
    low: low * factor,
    close: close * factor,
  };
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
