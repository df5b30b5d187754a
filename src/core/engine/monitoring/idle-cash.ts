/** Cash that the last plan wanted invested and that still lies there. */
import { positionValue } from '#core/domain/account.ts';
import {
  type AccountState,
  openAlert,
  type Rebalance,
  unfinished,
} from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import type { EngineParts } from '../parts.ts';

const IDLE_CASH: AlertSubject = { about: 'idle-cash' };

/** One alert while more cash lies idle than the last plan wanted, beyond MAX_DRIFT; its end when it does not. */
export function idleCashEntries(
  { journal, maxDrift }: Pick<EngineParts, 'journal' | 'maxDrift'>,
  seen: Observation,
): readonly Entry[] {
  const book = journal.book();
  const idle = idleShare(book, seen);
  const open = openAlert(book, IDLE_CASH);
  if (idle === undefined) return [];
  if (idle > maxDrift && !open) return [{ kind: 'alert', alert: idleAlert(idle) }];
  if (idle > maxDrift || !open) return [];
  return [{ kind: 'resolved', subject: IDLE_CASH, text: 'The cash is invested as planned.' }];
}

/**
 * Cash beyond what the last finished plan left, as a share of managed equity; undefined while a
 * rebalance runs, after a flatten, before the first, or where the account was not seen.
 */
export function idleShare(
  book: AccountState,
  { managed, positions }: Observation,
): number | undefined {
  const last = lastFinished(book);
  if (!last || unfinished(book) || isFlatten(last.decision)) return undefined;
  if (!managed || managed.equity <= 0) return undefined;
  const { verdict } = last.decision;
  if (verdict.kind === 'refused') return undefined;
  // What a person traded on purpose is wanted as it is held now.
  const meant = book.intentionalTrades;
  const wanted = [...verdict.weights].filter(([ticker]) => !meant.has(ticker));
  const kept = positions
    .filter(({ ticker }) => meant.has(ticker))
    .reduce((sum, position) => sum + positionValue(position), 0);
  const invested = wanted.reduce((sum, [, weight]) => sum + weight, kept / managed.equity);
  return managed.cash / managed.equity - Math.max(0, 1 - invested);
}

function lastFinished(book: AccountState): Rebalance | undefined {
  return [...book.rebalances.values()].findLast(({ finishedAt }) => finishedAt !== undefined);
}

function idleAlert(idle: number): Alert {
  return {
    subject: IDLE_CASH,
    severity: 'error',
    title: 'Cash is not invested',
    text: `${Math.round(idle * 1000) / 10} % of the account lies in cash that the last plan wanted invested.`,
    remedy: 'The next monthly rebalance starts from what is held.',
    advice: { code: 'idle-cash' },
  };
}
