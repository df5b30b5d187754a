/** Merges external rows with stored rows: a stored number is never changed. */
import { type BarHistory, barHistory, barsOf, lastDate } from '#core/domain/bar.ts';
import type { SessionDate } from '#core/domain/units.ts';

/** The result of merging. */
export type MergedRows =
  /** The stored rows unchanged, plus those that only the other file has. */
  | { readonly kind: 'adds'; readonly history: BarHistory; readonly added: number }
  /** Nothing in it is new. */
  | { readonly kind: 'contained' }
  | { readonly kind: 'conflicts'; readonly date: SessionDate; readonly reason: string };

/**
 * Two downloads of adjusted prices from different days differ by a millionth: adjustments are factors,
 * rounded each time. Volumes are corrected for days, and no model reads them.
 */
const SAME = 5e-6;

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * Adds the other file's rows if it contains every stored day and agrees on each; if it lacks stored days it
 * must have nothing new. Otherwise returns the first day on which they differ.
 */
export function mergeRows(stored: BarHistory, other: BarHistory): MergedRows {
  const own = new Map(barsOf(stored).map((bar) => [bar.date, bar]));
  const theirs = new Map(barsOf(other).map((bar) => [bar.date, bar]));
  for (const [date, bar] of own) {
    const found = theirs.get(date);
    const name = found && PRICES.find((each) => Math.abs(found[each] / bar[each] - 1) > SAME);
    if (found && name !== undefined) {
      return conflict(date, `${name} of ${date} is stored as ${bar[name]}, here ${found[name]}`);
    }
  }
  const added = [...theirs.values()].filter(({ date }) => !own.has(date));
  if (added.length === 0) return { kind: 'contained' };
  const lacking = stored.dates.find((date) => !theirs.has(date));
  if (lacking !== undefined) {
    const until = `stored until ${lastDate(stored) ?? 'nowhere'}, here until ${lastDate(other) ?? 'nowhere'}`;
    return conflict(lacking, `${lacking} is stored and not here (${until})`);
  }
  const rows = [...theirs.values()].map((bar) => own.get(bar.date) ?? bar);
  return { kind: 'adds', history: barHistory(stored.ticker, rows), added: added.length };
}

function conflict(date: SessionDate, reason: string): MergedRows {
  return { kind: 'conflicts', date, reason };
}
