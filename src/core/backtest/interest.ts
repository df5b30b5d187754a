/** What idle cash earns and borrowed money costs. */
import type { History } from './history.ts';

/** Rates a year, fractions. */
export interface Rates {
  /** Paid on cash that is owed. */
  readonly margin: number;
  /** Earned by cash that lies idle. */
  readonly cash: number;
}

/** Money is lent by the day, 360 days a year. */
const DAYS_OF_YEAR = 360;
const DAY_MS = 86_400_000;

/** Interest since the session before, whole cents: on what is owed it is below 0. Undefined at rates of 0. */
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
