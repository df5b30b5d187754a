/** Interest on idle cash and on borrowed money. */
import type { History } from './history.ts';

/** Annual rates, fractions. */
export interface Rates {
  /** Charged on negative cash. */
  readonly margin: number;
  /** Earned by idle cash. */
  readonly cash: number;
}

/** Interest accrues daily, on a 360-day year. */
const DAYS_OF_YEAR = 360;
const DAY_MS = 86_400_000;

/** Interest since the previous session, whole cents: negative on a debt. Undefined at rates of 0. */
export function interestOf(
  { panel }: History,
  { margin, cash: idle }: Rates,
): ((cash: number, row: number) => number) | undefined {
  if (margin === 0 && idle === 0) return undefined;
  const days = panel.dates.map((date, row) =>
    Math.round((Date.parse(date) - Date.parse(panel.dates[row - 1] ?? date)) / DAY_MS),
  );
  return (cash, row) => {
    const rate = cash < 0 ? margin : idle;
    return Math.round((cash * rate * (days[row] ?? 0)) / DAYS_OF_YEAR);
  };
}
