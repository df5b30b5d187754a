/** The account that the journal belongs to, and the alert about books that differ from it. */
import type { Account } from '#core/domain/account.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { AlertSubject } from '#core/domain/alert.ts';
import { TradingError } from '#core/errors.ts';

/** Subject of the alert that stops buying while it is open. */
export const RECONCILIATION: AlertSubject = { about: 'reconciliation' };

/** @throws TradingError `fix-config` when the account is not the journal's. */
export function assertAccount({ account: known }: AccountState, account: Account): void {
  if (!known || known.id === account.id) return;
  throw new TradingError(
    `account: this journal belongs to ${known.number}, the keys open ${account.number}; ` +
      'use its own STATE_DIR for each account',
    'fix-config',
  );
}
