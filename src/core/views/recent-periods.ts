/** The last days, weeks or months side by side: the return of each, against SPY. */
import type { AccountState } from '../domain/account-state.ts';
import { type PeriodKind, periodsIn } from './periods.ts';
import { type ReportSource, type ReportView, reportView } from './report.ts';

/** The reports of the last `count` periods of that kind with a close, newest first. */
export function recentPeriods(
  book: AccountState,
  kind: PeriodKind,
  { count, source }: { readonly count: number; readonly source: ReportSource },
): readonly ReportView[] {
  return periodsIn(book)
    .filter((period) => period.kind === kind)
    .slice(0, count)
    .flatMap((period) => reportView(book, period, source) ?? []);
}
