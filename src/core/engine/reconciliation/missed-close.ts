/** A close that was not recorded in time, reconstructed from certain data only. Pure. */

import { type AccountState, type EquityPoint, openAlert } from '#core/domain/account-state.ts';
import { type Bars, closeOn } from '#core/domain/bar.ts';
import type { Session } from '#core/domain/calendar.ts';
import { cents, type EpochMs, type SessionDate, type Ticker, valueOf } from '#core/domain/units.ts';
import { RECONCILIATION } from './known-account.ts';
import { ratioNotInPrice, suspectedRatio, wasSplit } from './suspected-split.ts';

/** The reconstruction of a close that was not recorded in time. */
export type MissedClose =
  | { readonly kind: 'known'; readonly point: EquityPoint }
  /** `isFinal`: no data that may still arrive would make it known. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly isFinal: boolean };

/** Adjusted and unadjusted bars. */
export interface MarketBars {
  readonly bars: Bars;
  readonly raw: Bars;
}

/** Maximum difference between a bar's close and the last price after it; a sector's dividend is larger. */
const SAME_PRICE = 0.001;
/** Bars not adjusted since are identical within this fraction. */
const SAME_BAR = 1e-6;

/**
 * The account's value at that close: cash and shares of our books, which must match the broker's and must
 * not have changed since, at the unadjusted closes of that session. Adjusted bars must prove that no
 * dividend or split has adjusted them since.
 */
export function missedClose(
  book: AccountState,
  { bars, raw }: MarketBars,
  benchmark: Ticker,
  { date, close }: Session,
): MissedClose {
  if (hasChangedSince(book, close)) return unknown('the account has changed since', true);
  if (openAlert(book, RECONCILIATION))
    return unknown('our records differ from the broker’s', false);
  const { cash, lots } = book.ledger;
  const prices = new Map<Ticker, number>();
  for (const ticker of new Set([benchmark, ...lots.keys()])) {
    const traded = closeIn(raw, ticker, date);
    const price = traded ?? closeIn(bars, ticker, date);
    if (price === undefined)
      return unknown(`${ticker} has no bar of it`, isPast(bars, ticker, date));
    if (suspectedRatio(book, bars, ticker, price) !== undefined)
      return unknown(`a split of ${ticker} may be in progress`, false);
    if (traded === undefined && !isAsTraded(book, bars, benchmark, ticker, date)) {
      return unknown(`the bars of ${ticker} may have been adjusted since`, true);
    }
    // The new shares of a split after it are worth what the old ones were.
    prices.set(ticker, price / (ratioNotInPrice(book, ticker, price) ?? 1));
  }
  const priceOf = (ticker: Ticker): number => prices.get(ticker) ?? Number.NaN;
  const holdings = new Map(
    [...lots].map(([ticker, { qty }]) => [ticker, { qty, value: valueOf(qty, priceOf(ticker)) }]),
  );
  const held = [...holdings.values()].reduce((sum, { value }) => sum + value, 0);
  const equity = cents(cash + held);
  const point = { session: date, equity, cash, benchmark: priceOf(benchmark), holdings };
  return { kind: 'known', point };
}

function unknown(reason: string, isFinal: boolean): MissedClose {
  return { kind: 'unknown', reason, isFinal };
}

/** Any change except the new shares of a split, which are worth what the old ones were. */
function hasChangedSince({ lots, cashFlows }: AccountState, close: EpochMs): boolean {
  return (
    lots.events.some((event) =>
      event.kind === 'trade'
        ? event.at > close
        : event.recordedAt > close && (event.kind !== 'action' || event.cash !== 0),
    ) || cashFlows.some(({ at, activity }) => at > close && activity.kind !== 'split')
  );
}

function closeIn(bars: Bars, ticker: Ticker, date: SessionDate): number | undefined {
  const history = bars.get(ticker);
  return history && closeOn(history, date);
}

/** Later bars are present, so this one will not arrive any more. */
function isPast(bars: Bars, ticker: Ticker, date: SessionDate): boolean {
  return (bars.get(ticker)?.dates.at(-1) ?? date) > date;
}

/** A price recorded no later than that day still equals that day's bar. */
function isAsTraded(
  book: AccountState,
  bars: Bars,
  benchmark: Ticker,
  ticker: Ticker,
  date: SessionDate,
): boolean {
  const { equity, rebalances } = book;
  const { lots } = book.ledger;
  const is = (day: SessionDate, price: number | undefined, slack: number): boolean => {
    const now = day <= date ? closeIn(bars, ticker, day) : undefined;
    return now !== undefined && price !== undefined && Math.abs(now / price - 1) <= slack;
  };
  const decision = [...rebalances.values()].at(-1)?.decision;
  if (decision && is(decision.asOf, decision.closes.get(ticker), SAME_BAR)) return true;
  const last = equity.at(-1);
  const held = last?.holdings?.get(ticker);
  // Current shares, where only a split has changed them since.
  const shares = wasSplit(book, ticker) ? lots.get(ticker)?.qty : held?.qty;
  const price =
    ticker === benchmark ? last?.benchmark : held && shares && held.value / 100 / (shares / 1e9);
  return last !== undefined && is(last.session, price, SAME_PRICE);
}
