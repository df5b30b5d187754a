/** Prices of a made year and a quarter as they were traded, to the cent, and what happened to them. */

/** A day from which prices are lower because of a dividend or a split. */
export interface PriceAction {
  readonly ticker: string;
  readonly ex: string;
  /** Dollars a share. */
  readonly dividend?: number;
  /** New shares for each old one. */
  readonly split?: number;
}

/** One session as it was traded, dollars a share. */
export interface TradedDay {
  readonly date: string;
  readonly open: number;
  readonly close: number;
}

/** XLK's new shares come a day after the ex-date; SPY and XLV are held by nobody in the quarter. */
export const ACTIONS: readonly PriceAction[] = [
  { ticker: 'XLK', ex: '2024-02-13', split: 2 },
  { ticker: 'XLV', ex: '2024-02-13', split: 4 / 3 },
  { ticker: 'XLK', ex: '2024-01-22', dividend: 0.62 },
  { ticker: 'XLC', ex: '2024-03-18', dividend: 0.45 },
  { ticker: 'SPY', ex: '2024-03-15', dividend: 1.59 },
];

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}

/** Climbs by itself and swings over weeks, so that the ranking changes from month to month. */
function levelOf(nth: number, day: number): number {
  const climb = (1 + (0.03 + 0.006 * nth) / 126) ** day;
  const swing =
    1 + 0.05 * Math.sin(day / (17 + nth) + nth) + 0.006 * Math.sin((1.7 + 0.31 * nth) * day);
  return (60 + 9 * nth) * climb * swing;
}

/** What a price of that day is of one without any action. */
export function scaleOn(ticker: string, date: string, days: readonly TradedDay[]): number {
  let scale = 1;
  for (const { ticker: of, ex, dividend = 0, split = 1 } of ACTIONS) {
    if (of !== ticker || ex > date) continue;
    const before = days.findLast((each) => each.date < ex);
    scale *= (1 - dividend / (before?.close ?? Number.NaN)) / split;
  }
  return scale;
}

/** The traded days of the n-th ticker. */
export function tradedDays(
  ticker: string,
  nth: number,
  dates: readonly string[],
): readonly TradedDay[] {
  const days: TradedDay[] = [];
  for (const [day, date] of dates.entries()) {
    const scale = scaleOn(ticker, date, days);
    const open = cents(levelOf(nth, day - 1) * scale);
    days.push({ date, open, close: cents(levelOf(nth, day) * scale) });
  }
  return days;
}
