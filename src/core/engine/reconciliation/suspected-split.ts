/** Splits whose shares may come a day late: closes, drawdown and the ticker wait for them. Pure. */
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { sessionsBetween } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Observation } from '#core/domain/observation.ts';
import { splitRatio } from '#core/domain/split.ts';
import { type EpochMs, type SessionDate, type Ticker, toShares } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';

/** A sign of a split is believed for so many sessions after the last recorded close. */
const SESSIONS = 2;

/** A ticker whose price jumped by the ratio of a split while its shares stayed. */
export interface SuspectedSplit {
  readonly ticker: Ticker;
  /** New shares for each old one. */
  readonly ratio: number;
}

/** Dollars a share at the last recorded close, or at the last decision where no close was recorded since. */
export function lastCloseOf(book: AccountState, ticker: Ticker): number | undefined {
  const held = book.equity.at(-1)?.holdings?.get(ticker);
  if (held && held.qty > 0) return held.value / 100 / toShares(held.qty);
  return [...book.rebalances.values()].at(-1)?.decision.closes.get(ticker);
}

/**
 * The held tickers whose price stands within 1 % of a split's ratio of their last close while their
 * number of shares is that of our books, and nothing was booked that explains it. Given up after one
 * session: then it was the market.
 */
export function suspectedSplits(
  book: AccountState,
  { positions, prices, at }: Pick<Observation, 'positions' | 'prices' | 'at'>,
): readonly SuspectedSplit[] {
  if (isTooOld(book, at)) return [];
  return positions.flatMap(({ ticker, qty, currentPrice }) => {
    const last = lastCloseOf(book, ticker);
    const price = prices.get(ticker) ?? currentPrice;
    if (last === undefined || price === undefined || qty <= 0) return [];
    if (book.ledger.lots.get(ticker)?.qty !== qty || wasSplit(book, ticker)) return [];
    const ratio = splitRatio(last, price);
    return ratio === undefined ? [] : [{ ticker, ratio }];
  });
}

/** Whether a price stands at a split's ratio of the last close, and nothing was booked that explains it. */
export function isSuspectedSplit(book: AccountState, ticker: Ticker, price: number): boolean {
  const last = lastCloseOf(book, ticker);
  return last !== undefined && !wasSplit(book, ticker) && splitRatio(last, price) !== undefined;
}

/** Whether a corporate action of it was booked since the last recorded close. */
export function wasSplit({ equity, lots }: AccountState, ticker: Ticker): boolean {
  const since = equity.at(-1)?.at ?? 0;
  return lots.events.some(
    (event) => event.kind === 'action' && event.ticker === ticker && event.recordedAt > since,
  );
}

function isTooOld(book: AccountState, at: EpochMs): boolean {
  const last: SessionDate | undefined =
    book.equity.at(-1)?.session ?? [...book.rebalances.values()].at(-1)?.decision.asOf;
  return last === undefined || sessionsBetween(last, newYorkDate(at)) > SESSIONS;
}

function subjectOf(ticker: string): AlertSubject {
  return { about: 'suspected-split', ticker };
}

/** One alert for each suspected split, and its end when the shares are there or it was none. */
export function suspectedSplitEntries(
  book: AccountState,
  seen: Pick<Observation, 'positions' | 'prices' | 'at'>,
): readonly Entry[] {
  const found = suspectedSplits(book, seen);
  const tickers = new Set<string>(found.map(({ ticker }) => ticker));
  return [
    ...found
      .filter(({ ticker }) => !openAlert(book, subjectOf(ticker)))
      .map((split): Entry => ({ kind: 'alert', alert: splitAlert(split) })),
    ...resolvedEntries(
      book,
      (subject) => subject.about === 'suspected-split' && !tickers.has(subject.ticker),
      'Prices and shares agree.',
    ),
  ];
}

function splitAlert({ ticker, ratio }: SuspectedSplit): Alert {
  const words = ratio >= 1 ? `${round(ratio)} for 1` : `1 for ${round(1 / ratio)}`;
  return {
    subject: subjectOf(ticker),
    severity: 'error',
    title: 'A split may be under way',
    text: `The price of ${ticker} changed as in a split ${words}, but its shares did not change.`,
    remedy:
      'The daily close, the drawdown limit and orders of this ticker wait for the new shares, at most ' +
      'one session. If there was no split, the market moved.',
  };
}

function round(ratio: number): string {
  return String(Math.round(ratio * 100) / 100);
}
