import type { Bar } from '#core/domain/bar.ts';
import type { SecondClose } from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';

/** The source of bars that are not stored yet. */
export interface BarFetcher {
  /**
   * Daily bars with from <= date <= through, oldest first. A ticker without any is absent, and the last
   * sessions may not be available yet. Throws `TradingError` when the source does not answer.
   */
  fetch(
    tickers: readonly Ticker[],
    from: SessionDate,
    through: SessionDate,
  ): Promise<ReadonlyMap<Ticker, readonly Bar[]>>;
  /**
   * Requests the closes of that session from another source, once; without them nothing is compared. Never
   * throws: a second opinion is not required.
   */
  compare?(tickers: readonly Ticker[], session: SessionDate): Promise<void>;
  /** The close of a stored session from another source, where one was requested. */
  otherCloseOf?(ticker: Ticker): (SecondClose & { readonly date: SessionDate }) | undefined;
  /** The feed and adjustment of the newest answer for that ticker. */
  originOf?(ticker: Ticker): { readonly feed: string; readonly adjustment: string } | undefined;
}
