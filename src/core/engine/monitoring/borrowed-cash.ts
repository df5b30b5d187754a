/** Money that the account owes though no plan wanted it borrowed, as after a withdrawal above its cash. */
import type { Account } from '#core/domain/account.ts';
import { type AccountState, openAlert, unfinished } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { percent, usd } from '#core/domain/figures.ts';
import type { Observation } from '#core/domain/observation.ts';
import { cents } from '#core/domain/units.ts';

const BORROWED: AlertSubject = { about: 'borrowed-cash' };

/** Fees and the rounding of fills stay below this fraction of equity. */
const LEAST = 0.01;

/**
 * One alert while the account has borrowed clearly more than the last plan wanted; resolved once it has not.
 * None while a rebalance runs.
 */
export function borrowedCashEntries(book: AccountState, seen: Observation): readonly Entry[] {
  const { account } = seen;
  if (!account || !isCertain(book, seen) || account.equity <= 0) return [];
  const owed = -account.cash;
  const open = openAlert(book, BORROWED);
  if (owed - plannedDebt(book, account) > LEAST * account.equity)
    return open ? [] : [{ kind: 'alert', alert: borrowedAlert(account) }];
  return open
    ? [{ kind: 'resolved', subject: BORROWED, text: 'The account owes no more than planned.' }]
    : [];
}

function isCertain(book: AccountState, { account, broker, isContradicted }: Observation): boolean {
  if (!broker.connected || isContradicted) return false;
  return account?.id === book.account?.id && !unfinished(book);
}

/** The debt that the last plan wanted, in cents. */
function plannedDebt({ rebalances }: AccountState, { equity }: Account): number {
  const weights = [...rebalances.values()].at(-1)?.decision.verdict.weights.values() ?? [];
  const wanted = [...weights].reduce((sum, weight) => sum + weight, 0);
  return Math.max(0, wanted - 1) * equity;
}

function borrowedAlert({ cash, equity }: Account): Alert {
  return {
    subject: BORROWED,
    severity: 'error',
    title: 'The account borrows',
    text:
      `Its cash is ${usd(cents(-cash))} below zero, ${percent(-cash / equity)} of its equity. ` +
      'The broker charges interest for it.',
    remedy: 'The next rebalance sells for it. A deposit covers it too.',
    advice: { code: 'borrowed-cash' },
  };
}
