/**
 * Corporate actions of which the account shows only half: a split's price without its shares, or shares
 * removed without a replacement. Closes, the drawdown limit and plans wait for the rest, at most one
 * session, and an alert is raised. Pure.
 */
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { type Ticker, toShares } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import { actionSubject, isTooOld, suspectedSplits } from './suspected-split.ts';

/** The observed account; without its cash nothing is known to have replaced the shares. */
type Seen = Pick<Observation, 'positions' | 'prices' | 'at'> &
  Partial<Pick<Observation, 'account'>>;

/** A ticker whose corporate action is, or may be, incomplete. */
export interface IncompleteAction {
  readonly ticker: Ticker;
  /** New shares for each old one that a price implies; undefined: its shares are gone. */
  readonly ratio: number | undefined;
}

/** Every ticker with an incomplete action; empty when the last recorded close is too old to compare with. */
export function incompleteActions(
  book: AccountState,
  seen: Seen,
  bars: Bars,
): readonly IncompleteAction[] {
  if (isTooOld(book, seen.at)) return [];
  const gone = missingPositions(book, seen).map((ticker) => ({ ticker, ratio: undefined }));
  return [...suspectedSplits(book, seen, bars), ...gone];
}

/** Why nothing is decided while actions are incomplete, as a sentence; undefined without one. */
export function incompleteActionsReason(actions: readonly IncompleteAction[]): string | undefined {
  return actions.length === 0 ? undefined : actions.map((each) => `${textOf(each)}.`).join(' ');
}

/**
 * Held at the last close and gone since, without a sale and with less than half their worth in their place.
 */
function missingPositions(book: AccountState, { positions, account }: Seen): readonly Ticker[] {
  const last = book.equity.at(-1);
  const theirs = new Map(positions.map((position) => [position.ticker, position]));
  const lost = [...(last?.holdings ?? [])].filter(
    ([ticker, { qty, value }]) =>
      qty > 0 &&
      value > 0 &&
      !theirs.has(ticker) &&
      !wasSoldOrTransferred(book, ticker, last?.at ?? 0),
  );
  if (lost.length === 0 || !account) return [];
  const worth = lost.reduce((sum, [, { value }]) => sum + value, 0);
  const shares = positions.reduce((sum, { ticker, qty, currentPrice = 0 }) => {
    const before = last?.holdings?.get(ticker)?.qty;
    const more = toShares(qty) - (before === undefined ? 0 : toShares(before));
    return sum + Math.max(0, more) * currentPrice * 100;
  }, 0);
  const cash = valueFromActions(book, last?.at ?? 0) + Math.max(0, account.cash - book.ledger.cash);
  return cash + shares >= worth / 2 ? [] : lost.map(([ticker]) => ticker);
}

/** Sold, or transferred to another account. */
function wasSoldOrTransferred({ lots }: AccountState, ticker: Ticker, since: number): boolean {
  return lots.events.some((event) => {
    if (event.recordedAt <= since) return false;
    if (event.kind === 'trade') return event.fill.ticker === ticker && event.fill.side === 'sell';
    return event.kind === 'moved' && event.ticker === ticker && event.qty < 0;
  });
}

function valueFromActions({ lots }: AccountState, since: number): number {
  return lots.events.reduce(
    (sum, event) => (event.kind === 'action' && event.recordedAt > since ? sum + event.cash : sum),
    0,
  );
}

/** One alert for each incomplete action, resolved when the rest has arrived or there was none. */
export function incompleteActionEntries(
  book: AccountState,
  seen: Seen,
  bars: Bars,
): readonly Entry[] {
  const found = incompleteActions(book, seen, bars);
  const tickers = new Set<string>(found.map(({ ticker }) => ticker));
  return [
    ...found
      .filter(({ ticker }) => !openAlert(book, actionSubject(ticker)))
      .map((action): Entry => ({ kind: 'alert', alert: incompleteActionAlert(action) })),
    ...resolvedEntries(
      book,
      (subject) => subject.about === 'suspected-split' && !tickers.has(subject.ticker),
      ...endOf(isTooOld(book, seen.at)),
    ),
  ];
}

function endOf(isTooLate: boolean): [string, 'solved' | 'lapsed'] {
  return isTooLate
    ? ['Nothing came in time; the last close is too old to compare with.', 'lapsed']
    : ['Prices and shares agree.', 'solved'];
}

function textOf({ ticker, ratio }: IncompleteAction): string {
  if (ratio === undefined)
    return `The shares of ${ticker} left the account, and nothing came in their place yet`;
  const words = ratio >= 1 ? `${round(ratio)} for 1` : `1 for ${round(1 / ratio)}`;
  return `The price of ${ticker} changed as in a split ${words}, but its shares did not change`;
}

function incompleteActionAlert(action: IncompleteAction): Alert {
  const isSplit = action.ratio !== undefined;
  return {
    subject: actionSubject(action.ticker),
    severity: 'error',
    title: isSplit ? 'A split may be under way' : 'A corporate action may be under way',
    text: `${textOf(action)}.`,
    remedy: isSplit
      ? 'The daily close, the drawdown limit and new plans wait for the new shares, at most one ' +
        'session. If there was no split, the market moved.'
      : 'The daily close, the drawdown limit and new plans wait for what comes in their place, at ' +
        'most one session. Look at the account statement.',
  };
}

function round(ratio: number): string {
  return String(Math.round(ratio * 100) / 100);
}
