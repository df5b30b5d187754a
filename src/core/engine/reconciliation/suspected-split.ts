/** Splits whose shares may arrive a day late: closes, drawdown and the ticker wait for them. Pure. */
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { AlertSubject } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import { sessionsBetween } from '#core/domain/calendar.ts';
import { lastCloseOf, recordedClose } from '#core/domain/last-close.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Observation } from '#core/domain/observation.ts';
import { splitRatio } from '#core/domain/split.ts';
import type { LotEvent } from '#core/domain/tax/lot-event.ts';
import { adjustedClose } from '#core/domain/total-return.ts';
import type { EpochMs, SessionDate, Ticker } from '#core/domain/units.ts';

/** Number of sessions after the last recorded close for which a sign of a split counts. */
const SESSIONS = 2;

/** Larger than any distribution of a sector fund, a fraction of its price. */
const MAX_DIVIDEND = 0.05;

/** A ticker whose price jumped by a split ratio while its shares stayed the same. */
export interface SuspectedSplit {
  readonly ticker: Ticker;
  /** New shares for each old one. */
  readonly ratio: number;
}

/** Subject of the alert about an incomplete corporate action. */
export function actionSubject(ticker: string): AlertSubject {
  return { about: 'suspected-split', ticker };
}

/**
 * Held tickers with a sign of a split while their number of shares matches our books and nothing booked
 * explains it: a price near a split ratio of the last close, or bars adjusted since by more than any dividend.
 */
export function suspectedSplits(
  book: AccountState,
  { positions, prices }: Pick<Observation, 'positions' | 'prices'>,
  bars: Bars,
): readonly SuspectedSplit[] {
  return positions.flatMap(({ ticker, qty, currentPrice }) => {
    if (qty <= 0 || book.ledger.lots.get(ticker)?.qty !== qty) return [];
    // The latest price may be an old one, while the account already has its value after the split.
    const ratio = [prices.get(ticker), currentPrice]
      .map((price) => price && suspectedRatio(book, bars, ticker, price))
      .find((found) => found !== undefined);
    return ratio === undefined ? [] : [{ ticker, ratio }];
  });
}

/** Held tickers whose split was booked, while the account still values them at the price before it. */
export function unpricedSplits(
  book: AccountState,
  positions: Observation['positions'],
): readonly SuspectedSplit[] {
  return positions.flatMap(({ ticker, currentPrice }) => {
    const ratio = currentPrice && ratioNotInPrice(book, ticker, currentPrice);
    return ratio ? [{ ticker, ratio }] : [];
  });
}

/** New shares for each old one implied by a price or the bars, where nothing booked explains it. */
export function suspectedRatio(
  book: AccountState,
  bars: Bars,
  ticker: Ticker,
  price: number,
): number | undefined {
  const last = lastCloseOf(book, ticker);
  if (last === undefined || wasSplit(book, ticker)) return undefined;
  const isReported = openAlert(book, actionSubject(ticker)) !== undefined;
  const ofPrice = splitRatio(last, price, isReported);
  const ofBars = ratioOfBars(book, bars, ticker);
  const ratio = ofPrice ?? ofBars;
  // A spin-off lowers the price by its own worth.
  const isSpunOff = ratio !== undefined && ratio > 1 && hasNewTicker(book);
  return isSpunOff ? undefined : ratio;
}

/** How much the bars' close of the last recorded session was adjusted since. */
function ratioOfBars(book: AccountState, bars: Bars, ticker: Ticker): number | undefined {
  const point = book.equity.at(-1);
  const then = recordedClose(book, ticker);
  const now = point && adjustedClose(bars, ticker, point.session);
  if (then === undefined || now === undefined || point?.provisional) return undefined;
  return Math.abs(now / then - 1) > MAX_DIVIDEND ? then / now : undefined;
}

/** Whether a corporate action brought shares of a new ticker since the last recorded close. */
function hasNewTicker(book: AccountState): boolean {
  const held = book.equity.at(-1)?.holdings;
  return eventsSinceClose(book).some(
    (event) => event.kind === 'action' && event.qty > 0 && !held?.has(event.ticker),
  );
}

/** Whether a corporate action of it was booked since the last recorded close. */
export function wasSplit(book: AccountState, ticker: Ticker): boolean {
  return eventsSinceClose(book).some((event) => event.kind === 'action' && event.ticker === ticker);
}

/** From 5 for 4 on: a smaller step cannot be told from a day's move. */
const MIN_STEP = 1.25;

/**
 * New shares for each old one by the corporate actions booked since the last recorded close, where that
 * price still is the one before them; undefined where it is not, or nothing was booked.
 */
export function ratioNotInPrice(
  book: AccountState,
  ticker: Ticker,
  price: number,
): number | undefined {
  const last = recordedClose(book, ticker);
  if (last === undefined) return undefined;
  const ratio = bookedRatio(book, ticker);
  if (Math.max(ratio, 1 / ratio) < MIN_STEP) return undefined;
  const distance = (expected: number): number => Math.abs(Math.log(price / expected));
  return distance(last) < distance(last / ratio) ? ratio : undefined;
}

/** 1 without an action that changed how many of its shares are held. */
function bookedRatio(book: AccountState, ticker: Ticker): number {
  let held: number = book.equity.at(-1)?.holdings?.get(ticker)?.qty ?? 0;
  let ratio = 1;
  for (const event of eventsSinceClose(book)) {
    const [of, change] = changeBy(event);
    if (of !== ticker) continue;
    if (event.kind === 'action' && held > 0 && held + change > 0) ratio *= (held + change) / held;
    held += change;
  }
  return ratio;
}

function changeBy(event: LotEvent): readonly [ticker: Ticker, change: number] {
  if (event.kind !== 'trade') return [event.ticker, event.qty];
  const { ticker, side, qty } = event.fill;
  return [ticker, side === 'buy' ? qty : -qty];
}

/** The events that moved shares, as far as they were recorded after the last close. */
export function eventsSinceClose({ equity, lots }: AccountState): readonly LotEvent[] {
  const since = equity.at(-1)?.at ?? 0;
  return lots.events.filter(({ recordedAt }) => recordedAt > since);
}

/** Whether the last recorded close is too old to compare with. */
export function isTooOld(book: AccountState, at: EpochMs): boolean {
  const last: SessionDate | undefined =
    book.equity.at(-1)?.session ?? [...book.rebalances.values()].at(-1)?.decision.asOf;
  return last === undefined || sessionsBetween(last, newYorkDate(at)) > SESSIONS;
}
