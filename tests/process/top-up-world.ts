/** The bars that the killed top-up and its test both know. */
import { type Bar, type BarHistory, barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import type { BarFetcher } from '#core/market/source/bar-fetcher.ts';

export const TWO: readonly Ticker[] = [ticker('XLF'), ticker('XLK')];
export const BEFORE = sessionDate('2024-03-08');
export const AFTER = sessionDate('2024-03-11');

export function historyOf(name: Ticker, last: SessionDate): BarHistory {
  const start = name === 'XLK' ? 100 : 40;
  const rows = sessionsIn(sessionDate('2023-06-01'), last).map(({ date }, day): Bar => {
    const close = start * (1 + 0.003 * Math.sin(day)) * 1.0004 ** day;
    return { date, open: close, high: close * 1.01, low: close * 0.99, close, volume: 1e6 + day };
  });
  return barHistory(name, rows);
}

export function sourceOf(tickers: readonly Ticker[]): BarFetcher {
  const rowsOf = (name: Ticker, from: SessionDate, last: SessionDate): readonly Bar[] => {
    const { dates, open, high, low, close, volume } = historyOf(name, last);
    return dates.flatMap((date, row) =>
      date < from
        ? []
        : [
            {
              date,
              open: open[row] ?? 0,
              high: high[row] ?? 0,
              low: low[row] ?? 0,
              close: close[row] ?? 0,
              volume: volume[row] ?? 0,
            },
          ],
    );
  };
  return {
    fetch: async (asked, from, last) =>
      new Map(
        asked
          .filter((name) => tickers.includes(name))
          .map((name) => [name, rowsOf(name, from, last)] as const),
      ),
  };
}
