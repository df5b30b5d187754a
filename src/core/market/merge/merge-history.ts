/**
 * Merges a source's full history of a ticker with the stored one. The source's rows replace stored rows
 * where adjustments alone explain the difference; rows from before its first one, which came from
 * elsewhere, are kept. IEX alone only adds: its closes differ by some tenths of a per cent from the
 * consolidated tape, so its history could not tell a dividend from an error.
 */
import { type Bar, type BarHistory, barHistory, barsOf, closeOn } from '#core/domain/bar.ts';
import { isUnconfirmed, namesIn, type StoredBars } from '#core/market/files/origin.ts';
import { compareHistory, compareRecent } from './compare-history.ts';
import { LONGEST_WINDOW } from './data-quality.ts';

/** The result of the merge. */
export type MergeResult =
  | {
      readonly kind: 'taken';
      readonly history: BarHistory;
      /** Whether rows of another source are included; they keep their origin. */
      readonly hasOthers: boolean;
      /** Changes of the earlier rows, for display, where they are not simply unchanged. */
      readonly note?: string;
    }
  /** `waits`: another feed will decide; otherwise it needs a person's review. */
  | { readonly kind: 'refused'; readonly reason: string; readonly waits: boolean };

/** A source's full history of one ticker, with its origin. */
export interface SourceHistory {
  readonly whole: readonly Bar[];
  /** For display: `Alpaca`. */
  readonly source: string;
  /** `sip`, `iex`, or `unknown`. */
  readonly feed: string;
}

const CONSOLIDATED_FEED = 'sip';
const SUBSTITUTE_FEED = 'iex';
/** Maximum difference between the closes of two feeds, a fraction. */
const FEED_TOLERANCE = 0.01;

/** A single comparison over everything that both have. Pure; never throws. */
export function mergeHistory(before: StoredBars, given: SourceHistory): MergeResult {
  const { history: stored, origin } = before;
  if (given.feed === SUBSTITUTE_FEED && origin.feed !== SUBSTITUTE_FEED)
    return addSubstituteRows(before, given);
  const isPartIex =
    given.feed === CONSOLIDATED_FEED && namesIn(origin.feed).includes(SUBSTITUTE_FEED);
  const isOwn = origin.source === given.source;
  const noise = isPartIex ? FEED_TOLERANCE : undefined;
  const compared = compareHistory({ stored, whole: given.whole, isOwn, noise });
  if (compared.kind === 'contradicts')
    return { kind: 'refused', reason: compared.reason, waits: false };
  const older = isOwn ? [] : olderRows(stored, given.whole);
  const history = barHistory(stored.ticker, [...older, ...given.whole]);
  const taken = { kind: 'taken', history, hasOthers: older.length > 0 } as const;
  if (isPartIex) return { ...taken, note: 'in part of IEX' };
  if (compared.kind === 'same') return taken;
  const isFixed = compared.kind === 'corrected';
  return { ...taken, note: isFixed ? `corrected (${compared.what})` : 'adjusted since' };
}

/** The stored rows, followed by those of IEX. */
function addSubstituteRows(
  { history: stored, origin }: StoredBars,
  { whole }: SourceHistory,
): MergeResult {
  // Imported rows are compared with a source once, over the longest window of a decision.
  const sessions = isUnconfirmed(origin.source) ? LONGEST_WINDOW : undefined;
  const fault = compareRecent({ stored, whole, noise: FEED_TOLERANCE }, sessions);
  if (fault !== undefined) {
    const reason = `IEX: ${fault}; that waits for the consolidated tape`;
    return { kind: 'refused', reason, waits: true };
  }
  const end = stored.dates.at(-1) ?? '';
  const newer = whole.filter(({ date }) => date > end);
  const history = barHistory(stored.ticker, [...barsOf(stored), ...newer]);
  return { kind: 'taken', history, hasOthers: true };
}

/**
 * Stored rows from before the source's first one, rescaled to its prices: an adjustment reaches back to the
 * beginning, so the factor of the first common session applies to them too.
 */
function olderRows(stored: BarHistory, whole: readonly Bar[]): readonly Bar[] {
  const both = whole.find(({ date }) => closeOn(stored, date) !== undefined);
  const was = both && closeOn(stored, both.date);
  if (!both || was === undefined) return [];
  const first = whole[0]?.date ?? both.date;
  const older = barsOf(stored).filter(({ date }) => date < first);
  return older.map((bar) => scaled(bar, both.close / was));
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
