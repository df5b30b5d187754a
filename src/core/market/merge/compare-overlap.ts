/**
 * Adjusted bars are rewritten backwards at every dividend and split, so stored bars and new ones may
 * only be joined where they agree on the sessions that both have.
 */
import { type Bar, type BarHistory, barAt, barHistory, countThrough } from '#core/domain/bar.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { bentPrice } from './compare-history.ts';

export type Overlap =
  | { readonly kind: 'same' }
  /** Every close differs by one factor: what was stored has been adjusted since. */
  | { readonly kind: 'rescaled'; readonly factor: number }
  /** No session in common, so nothing can be said. */
  | { readonly kind: 'apart' }
  | { readonly kind: 'different'; readonly reason: string };

/** A cent on twenty dollars: sources round. The smallest dividend of a sector moves prices by 1e-3. */
const SAME = 5e-4;

/**
 * Compares prices over the sessions from the first new bar to the last stored one: closes by their
 * factor, the others by their proportion to the close.
 * @param noise how far a single close may lie from the factor of all, as a fraction: two feeds of one
 * source differ from day to day. The factor is then the median, which a dividend still moves.
 */
export function compareOverlap(
  stored: BarHistory,
  fresh: readonly Bar[],
  noise: number = SAME,
): Overlap {
  const from = fresh[0]?.date;
  if (from === undefined) return { kind: 'apart' };
  const found = new Map(fresh.map((bar) => [bar.date, bar]));
  const pairs: Pair[] = [];
  for (const bar of barsFrom(stored, from)) {
    const now = found.get(bar.date);
    if (now === undefined) return different(bar, 'close', undefined);
    pairs.push({ bar, now, ratio: now.close / bar.close });
  }
  for (const { bar, now } of pairs) {
    const name = bentPrice(bar, now, noise);
    if (name) return different(bar, name, now);
  }
  return compareCloses(pairs, noise);
}

function compareCloses(pairs: readonly Pair[], noise: number): Overlap {
  const factor = noise > SAME ? median(pairs.map(({ ratio }) => ratio)) : pairs[0]?.ratio;
  if (factor === undefined) return { kind: 'apart' };
  const isOne = noise > SAME ? Math.abs(factor - 1) <= 2 * SAME : true;
  const isAll = (one: number): boolean => pairs.every(({ ratio }) => isNear(ratio, one, noise));
  if (isOne && isAll(1)) return { kind: 'same' };
  if (isAll(factor)) return { kind: 'rescaled', factor };
  const odd = pairs.find(({ ratio }) => !isNear(ratio, 1, noise));
  return odd ? different(odd.bar, 'close', odd.now) : { kind: 'apart' };
}

/** One session in the store, and as the source has it now. */
interface Pair {
  readonly bar: Bar;
  readonly now: Bar;
  /** Of the closes, new by stored. */
  readonly ratio: number;
}

function isNear(ratio: number, factor: number, noise: number): boolean {
  return Math.abs(ratio / factor - 1) <= noise;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function different(stored: Bar, name: keyof Omit<Bar, 'date'>, now: Bar | undefined): Overlap {
  const found = now ? `a ${name} of ${now[name]}` : 'no bar';
  const reason = `stored ${name} of ${stored.date} is ${stored[name]}, the source now has ${found}`;
  return { kind: 'different', reason };
}

/** The stored bars before the first new one, then the new ones. */
export function join(stored: BarHistory, fresh: readonly Bar[]): BarHistory {
  const from = fresh[0]?.date;
  if (from === undefined) return stored;
  const older = stored.dates.flatMap((date, row) =>
    date < from ? (barAt(stored, row) ?? []) : [],
  );
  return barHistory(stored.ticker, [...older, ...fresh]);
}

/** Whether both hold the same days with the same numbers. */
export function sameBars(a: BarHistory, b: BarHistory): boolean {
  const columns = ['open', 'high', 'low', 'close', 'volume'] as const;
  return (
    a.dates.length === b.dates.length &&
    a.dates.every((date, row) => date === b.dates[row]) &&
    columns.every((name) => a[name].every((value, row) => value === b[name][row]))
  );
}

/** The stored bars, then the new ones after them: what is stored is the better. */
export function append(stored: BarHistory, fresh: readonly Bar[]): BarHistory {
  const end = stored.dates.at(-1);
  return join(
    stored,
    fresh.filter(({ date }) => end === undefined || date > end),
  );
}

function barsFrom(stored: BarHistory, from: SessionDate): readonly Bar[] {
  const end = stored.dates.length;
  const before = countThrough(stored, from);
  const start = stored.dates[before - 1] === from ? before - 1 : before;
  return Array.from({ length: end - start }, (_, at) => barAt(stored, start + at)).flatMap(
    (bar) => bar ?? [],
  );
}
