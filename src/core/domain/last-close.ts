/** The last close of a ticker that the journal has. Pure. */
import type { AccountState } from './account-state.ts';
import { type Ticker, toShares } from './units.ts';

/** Dollars a share at the last recorded close, or at the last decision where no close was recorded since. */
export function lastCloseOf(book: AccountState, ticker: Ticker): number | undefined {
  const recorded = recordedClose(book, ticker);
  return recorded ?? [...book.rebalances.values()].at(-1)?.decision.closes.get(ticker);
}

/** Dollars a share at the last recorded close; undefined where none were held then. */
export function recordedClose({ equity }: AccountState, ticker: Ticker): number | undefined {
  const held = equity.at(-1)?.holdings?.get(ticker);
  return held && held.qty > 0 ? held.value / 100 / toShares(held.qty) : undefined;
}
