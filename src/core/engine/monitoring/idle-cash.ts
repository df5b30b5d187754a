/** Cash that the last plan wanted invested but that is still idle. */
import { positionValue } from '#core/domain/account.ts';
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { isFlatten } from '#core/domain/decision.ts';
import { leftForLater } from '#core/domain/deposits.ts';
import type { Entry } from '#core/domain/entry.ts';
import { percent } from '#core/domain/figures.ts';
import type { Observation } from '#core/domain/observation.ts';
import { undoneOrders, unsentOrders } from '#core/domain/order-lines.ts';
import { resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';
import { missingShares } from './missing-shares.ts';

const IDLE_CASH: AlertSubject = { about: 'idle-cash' };

/** Prices move the share of cash by far less than this fraction of the limit leaves. */
const CLEAR_BELOW = 0.9;

/** A running rebalance is not idle; one that still has buys to do this long after it began is. */
const WORKING_MS = 15 * 60_000;

/**
 * One alert while idle cash exceeds the last plan's by more than MAX_DRIFT; resolved once it is clearly
 * below.
 */
export function idleCashEntries(
  { journal, maxDrift, rules }: Pick<EngineParts, 'journal' | 'maxDrift' | 'rules'>,
  seen: Observation,
): readonly Entry[] {
  const book = journal.book();
  // Cash is what a person wanted then.
  if (lastIsFlatten(book)) {
    return resolvedEntries(book, [IDLE_CASH.about], 'A person had everything sold.', 'lapsed');
  }
  const idle = idleShare(book, seen);
  const open = openAlert(book, IDLE_CASH);
  if (idle === undefined) return [];
  // Near the limit it must not open and close with every price.
  if (idle <= maxDrift * (open ? CLEAR_BELOW : 1))
    return resolvedEntries(book, [IDLE_CASH.about], 'The cash is as planned again.');
  const undone = undoneOrders(book);
  // An order at the broker is being worked on: what it leaves counts once it has ended.
  if (open && unsentOrders(book).length < undone.length) return [];
  const owed = undone.map(({ side, ticker }) => `${side} ${ticker}`);
  const isPossible = owed.length > 0 || canBuy(book, seen, rules);
  const next = isPossible ? idleAlert(idle, owed) : tooLittleAlert(idle);
  return isNews(open?.alert, next, owed) ? [{ kind: 'alert', alert: next }] : [];
}

const TO_DO = 'Still to do: ';

/** Repeated when the remaining buys change, or any can be paid for again; not with every price move. */
function isNews(open: Alert | undefined, next: Alert, owed: readonly string[]): boolean {
  if (!open) return true;
  if (owed.length > 0) return !open.text.endsWith(stillToDo(owed));
  return open.text.includes(TO_DO) || (open.severity === 'warning' && next.severity === 'error');
}

function stillToDo(owed: readonly string[]): string {
  return `${TO_DO}${owed.join(', ')}.`;
}

/** Whether the cash pays for an order of anything that the last plan wants more of. */
function canBuy(
  { rebalances }: AccountState,
  { managed, positions, prices }: Observation,
  { fractional, minOrder }: EngineParts['rules'],
): boolean {
  const { equity = 0, cash = 0 } = managed ?? {};
  const weights = [...rebalances.values()].at(-1)?.decision.verdict.weights ?? [];
  return [...weights].some(([ticker, weight]) => {
    const price = (prices.get(ticker) ?? 0) * 100;
    const held = positions.find((each) => each.ticker === ticker);
    const missing = weight * equity - (held ? positionValue(held) : 0);
    const shares = price > 0 ? Math.max(1, Math.ceil(minOrder / price)) : 0;
    const least = fractional ? minOrder : shares * price;
    return least <= Math.min(missing, cash);
  });
}

function lastIsFlatten({ rebalances }: AccountState): boolean {
  const last = [...rebalances.values()].at(-1);
  return last !== undefined && isFlatten(last.decision);
}

/**
 * Cash in excess of the last plan's, as a fraction of managed equity, both without the deposits that a
 * person left to the next rebalance; undefined while its rebalance has just begun, before the first, or
 * where the account was not observed.
 */
function idleShare(
  book: AccountState,
  { managed, positions, at }: Observation,
): number | undefined {
  const last = [...book.rebalances.values()].at(-1);
  if (!last) return undefined;
  if (last.finishedAt === undefined && at - last.at < WORKING_MS) return undefined;
  if (!managed || missingShares(book, positions).size > 0) return undefined;
  const left = leftForLater(book.deposits);
  const equity = managed.equity - left;
  if (equity <= 0) return undefined;
  const { verdict } = last.decision;
  if (verdict.kind === 'refused') return undefined;
  // An intentional trade makes the current holding the wanted one.
  const meant = book.intentionalTrades;
  const wanted = [...verdict.weights].filter(([ticker]) => !meant.has(ticker));
  const kept = positions
    .filter(({ ticker }) => meant.has(ticker))
    .reduce((sum, position) => sum + positionValue(position), 0);
  const invested = wanted.reduce((sum, [, weight]) => sum + weight, kept / equity);
  return (managed.cash - left) / equity - Math.max(0, 1 - invested);
}

/** No rebalance invests it. */
function tooLittleAlert(idle: number): Alert {
  return {
    subject: IDLE_CASH,
    severity: 'warning',
    title: 'Cash is not invested',
    text: `${percent(idle)} of the account is in cash that buys no further share, or less than MIN_ORDER_USD.`,
    remedy: 'No rebalance invests it. FRACTIONAL=true or a deposit does.',
  };
}

function idleAlert(idle: number, owed: readonly string[]): Alert {
  const isOverdue = owed.length > 0;
  const rest = isOverdue ? stillToDo(owed) : 'Nothing more is sent for it.';
  return {
    subject: IDLE_CASH,
    severity: 'error',
    title: 'Cash is not invested',
    text: `${percent(idle)} of the account is in cash that the last plan wanted invested. ${rest}`,
    remedy: isOverdue
      ? 'It is tried in every trading window that allows it.'
      : 'The next rebalance starts from the current holdings.',
    ...(isOverdue ? {} : { advice: { code: 'idle-cash' } as const }),
  };
}
