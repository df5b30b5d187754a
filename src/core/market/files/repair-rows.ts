/**
 * The two harmless faults of a file, put right: rows in another order, and rows that say the same
 * day twice with equal numbers. Nothing else is ever changed; two different rows of one day stay,
 * for the check of the rows to refuse.
 */
import { type Bar, type BarHistory, barAt, barHistory } from '#core/domain/bar.ts';

/** Rows in order, and what it took. */
export interface RepairedRows {
  readonly history: BarHistory;
  /** What was put right, in words; empty when the file was in order. */
  readonly repairs: readonly string[];
}

/** Sorts rows by day and leaves out exact repetitions. Pure; the history itself when it is in order. */
export function repairRows(history: BarHistory): RepairedRows {
  if (isOrdered(history)) return { history, repairs: [] };
  const bars = history.dates.flatMap((_, row) => barAt(history, row) ?? []);
  const sorted = bars.toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
  const misplaced = bars.filter((bar, row) => bar.date < (bars[row - 1]?.date ?? bar.date)).length;
  const kept = sorted.filter((bar, row) => !isEqual(bar, sorted[row - 1]));
  const repairs: string[] = [];
  if (misplaced > 0) repairs.push(`sorted: ${rows(misplaced)} stood before an earlier day`);
  const repeated = bars.length - kept.length;
  if (repeated > 0) repairs.push(`left out ${rows(repeated)} repeating another in every number`);
  return { history: barHistory(history.ticker, kept), repairs };
}

function isOrdered({ dates }: BarHistory): boolean {
  return dates.every((date, row) => row === 0 || date > (dates[row - 1] ?? date));
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
