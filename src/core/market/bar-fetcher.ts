import type { Bar } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';

/** Where bars that are not stored yet come from. */
export interface BarFetcher {
  /**
   * Daily bars with from <= date <= through, oldest first. A ticker without one is absent, and the
   * last sessions may not be out yet. Throws `TradingError` when the source does not answer.
   */
  fetch(
    tickers: readonly Ticker[],
    from: SessionDate,
    through: SessionDate,
  ): Promise<ReadonlyMap<Ticker, readonly Bar[]>>;
  /** Which feed the newest answer for that ticker came from, and how it was adjusted. */
  originOf?(ticker: Ticker): { readonly feed: string; readonly adjustment: string } | undefined;
}
