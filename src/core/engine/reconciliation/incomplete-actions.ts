/**
 * Corporate actions of which the account shows only half: a split's price without its shares, its shares
 * without its price, or shares removed without a replacement. Closes, the drawdown limit and plans wait for the rest, at most one
 * session, and an alert is raised. Pure.
 */
import type { ValuedHoldings } from '#core/domain/account.ts';
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { qty, type Ticker, valueOf } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import {
  actionSubject,
  eventsSinceClose,
  isTooOld,
  suspectedSplits,
  unpricedSplits,
} from './suspected-split.ts';

/** The observed account; without its cash nothing is known to have replaced the shares. */
type Seen = Pick<Observation, 'positions' | 'prices' | 'at'> &
  Partial<Pick<Observation, 'account'>>;

/** A ticker whose corporate action is, or may be, incomplete. */
export interface IncompleteAction {
  readonly ticker: Ticker;
  /** New shares for each old one; undefined: its shares are gone. */
  readonly ratio: number | undefined;
  /** Whether its shares are there and its price is not, instead of the other way round. */
  readonly isUnpriced?: boolean;
}

const NOTHING: ValuedHoldings = new Map();

/** Every ticker with an incomplete action; empty when the last recorded close is too old to compare with. */
export function incompleteActions(
  book: AccountState,
  seen: Seen,
  bars: Bars,
): readonly IncompleteAction[] {
  if (isTooOld(book, seen.at)) return [];
  const gone = missingPositions(book, seen).map((ticker) => ({ ticker, ratio: undefined }));
  const unpriced = unpricedSplits(book, seen.positions).map((each) => ({
    ...each,
    isUnpriced: true,
  }));
  return [...suspectedSplits(book, seen, bars), ...unpriced, ...gone];
}

/** Why nothing is decided while actions are incomplete, as a sentence; undefined without one. */
export function incompleteActionsReason(actions: readonly IncompleteAction[]): string | undefined {
  return actions.length === 0 ? undefined : actions.map((each) => `${textOf(each)}.`).join(' ');
}

/**
 * Held at the last close and gone since, without a sale and with less than half their worth in their place.
 */
function missingPositions(book: AccountState, { positions, account }: Seen): readonly Ticker[] {
  const before = book.equity.at(-1)?.holdings ?? NOTHING;
  const theirs = new Set(positions.map(({ ticker }) => ticker));
  const lost = [...before].filter(
    ([ticker, { value }]) =>
      value > 0 && !theirs.has(ticker) && !wasSoldOrTransferred(book, ticker),
  );
  if (!account) return [];
  const worth = lost.reduce((sum, [, { value }]) => sum + value, 0);
  const shares = positions.reduce((sum, { ticker, qty: quantity, currentPrice }) => {
    const more = quantity - (before.get(ticker)?.qty ?? 0);
    return sum + valueOf(qty(Math.max(0, more)), currentPrice ?? 0);
  }, 0);
  const cash = valueFromActions(book) + Math.max(0, account.cash - book.ledger.cash);
  return cash + shares >= worth / 2 ? [] : lost.map(([ticker]) => ticker);
}

/** Sold, or transferred to another account. */
function wasSoldOrTransferred(book: AccountState, ticker: Ticker): boolean {
  return eventsSinceClose(book).some((event) => {
    if (event.kind === 'trade') return event.fill.ticker === ticker && event.fill.side === 'sell';
    return event.kind === 'moved' && event.ticker === ticker && event.qty < 0;
  });
}

function valueFromActions(book: AccountState): number {
  return eventsSinceClose(book).reduce(
    (sum, event) => (event.kind === 'action' ? sum + event.cash : sum),
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
  const isOver = (subject: AlertSubject): boolean =>
    subject.about === 'suspected-split' && !tickers.has(subject.ticker);
  return [
    ...found
      .filter(({ ticker }) => !openAlert(book, actionSubject(ticker)))
      .map((action): Entry => ({ kind: 'alert', alert: incompleteActionAlert(action) })),
    ...(isTooOld(book, seen.at)
      ? resolvedEntries(book, isOver, TOO_LATE, 'lapsed')
      : resolvedEntries(book, isOver, 'Prices and shares agree.')),
  ];
}

const TOO_LATE = 'Nothing came in time; the last close is too old to compare with.';

function textOf({ ticker, ratio, isUnpriced }: IncompleteAction): string {
  if (ratio === undefined)
    return `The shares of ${ticker} left the account, and nothing came in their place yet`;
  const words = ratio >= 1 ? `${round(ratio)} for 1` : `1 for ${round(1 / ratio)}`;
  if (isUnpriced) return `${ticker} was split ${words}, but its price is still the one before`;
  return `The price of ${ticker} changed as in a split ${words}, but its shares did not change`;
}

function incompleteActionAlert(action: IncompleteAction): Alert {
  const isSplit = action.ratio !== undefined;
  return {
    subject: actionSubject(action.ticker),
    // A new price usually comes with the first trade.
    severity: action.isUnpriced ? 'warning' : 'error',
    title: isSplit ? 'A split may be under way' : 'A corporate action may be under way',
    text: `${textOf(action)}.`,
    remedy: action.isUnpriced
      ? 'Until its next trade the equity shown is wrong. The daily close, the drawdown limit and new ' +
        'plans wait for that price.'
      : isSplit
        ? 'The daily close, the drawdown limit and new plans wait for the new shares, at most one ' +
          'session. If there was no split, the market moved.'
        : 'The daily close, the drawdown limit and new plans wait for what comes in their place, at ' +
          'most one session. Look at the account statement.',
  };
}

function round(ratio: number): string {
  return String(Math.round(ratio * 100) / 100);
}
