/**
 * Repairs the three harmless faults of a file or an answer: rows in another order, rows that repeat a day with equal
 * numbers, and a newest row without any price, for a day that was not over when it was written.
 * Nothing else is ever changed; two different rows of one day stay, for the row check to reject.
 */
import { type Bar, type BarHistory, barAt, barHistory, barsOf } from '#core/domain/bar.ts';

/** Rows in order, and the repairs made. */
export interface RepairedRows {
  readonly history: BarHistory;
  /** Repairs as sentences; empty when the file was in order. */
  readonly repairs: readonly string[];
}

/** Sorts rows by day and removes exact duplicates. Pure; returns the history itself when it is in order. */
export function repairRows(history: BarHistory): RepairedRows {
  if (isInOrder(history)) return { history, repairs: [] };
  const all = barsOf(history);
  const repairs: string[] = [];
  const sorted = all.toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
  const misplaced = all.filter((bar, row) => bar.date < (all[row - 1]?.date ?? bar.date)).length;
  if (misplaced > 0) repairs.push(`sorted: ${rows(misplaced)} stood before an earlier day`);
  const kept = sorted.filter((bar, row) => !isEqual(bar, sorted[row - 1]));
  const repeated = all.length - kept.length;
  if (repeated > 0) repairs.push(`left out ${rows(repeated)} repeating another in every number`);
  const newest = kept.at(-1);
  if (newest && isEmpty(newest)) {
    kept.pop();
    repairs.push(`left out the row of ${newest.date}, which has no prices`);
  }
  if (repairs.length === 0) return { history, repairs };
  return { history: barHistory(history.ticker, kept), repairs };
}

/** As nearly every file: each day after the one before, and a newest row with a price. */
function isInOrder(history: BarHistory): boolean {
  const { dates } = history;
  for (let row = 1; row < dates.length; row++) {
    if ((dates[row] ?? '') <= (dates[row - 1] ?? '')) return false;
  }
  const newest = barAt(history, dates.length - 1);
  return newest !== undefined && !isEmpty(newest);
}

/** Written before the day was over. */
function isEmpty({ open, high, low, close }: Bar): boolean {
  return [open, high, low, close].every(Number.isNaN);
}

function isEqual(bar: Bar, before: Bar | undefined): boolean {
  return (
    before !== undefined &&
    bar.date === before.date &&
    bar.open === before.open &&
    bar.high === before.high &&
    bar.low === before.low &&
    bar.close === before.close &&
    bar.volume === before.volume
  );
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
