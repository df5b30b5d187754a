/** Shares that our books hold and the broker does not show. Pure. */
import type { Position } from '#core/domain/account.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Ticker } from '#core/domain/units.ts';

/**
 * Tickers of which the broker shows fewer shares than our books: its answer lacks them, or they left
 * without a record. Until that is known they are no loss, no drift and no idle cash; nothing is bought
 * meanwhile.
 */
export function missingShares(
  { ledger }: Pick<AccountState, 'ledger'>,
  positions: readonly Position[],
): ReadonlySet<Ticker> {
  const shown = new Map(positions.map(({ ticker, qty }) => [ticker, qty]));
  const missing = [...ledger.lots].filter(([ticker, { qty }]) => qty > (shown.get(ticker) ?? 0));
  return new Set(missing.map(([ticker]) => ticker));
}
