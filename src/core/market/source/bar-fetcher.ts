import type { Bar } from '#core/domain/bar.ts';
import type { SecondClose } from '#core/domain/findings.ts';
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
  /**
   * Asks another source for the closes of that session, once; where it has none, nothing is compared.
   * Never throws: a second opinion is no condition.
   */
  compare?(tickers: readonly Ticker[], session: SessionDate): Promise<void>;
  /** The close of a stored session from another source, where one was asked. */
  otherCloseOf?(ticker: Ticker): (SecondClose & { readonly date: SessionDate }) | undefined;
  /** Which feed the newest answer for that ticker came from, and how it was adjusted. */
  originOf?(ticker: Ticker): { readonly feed: string; readonly adjustment: string } | undefined;
}
