/** Finds the shares that replace those removed by a corporate action. */
import type { SessionDate, Ticker } from '../units.ts';
import { type LotBooks, lotsOf } from './lot-books.ts';
import { daysBetween } from './tax-dates.ts';

/** Replacement shares are booked at most this many days before or after the removal. */
export const LATE_DAYS = 5;

/** Incoming shares, outgoing below 0; set to 0 when matched. */
export interface Coming {
  readonly ticker: Ticker;
  qty: number;
}

/**
 * The replacement of shares that go: a ticker not held before, one that arrived a few days earlier, or more
 * of one already held. Of several, the one with the same number of shares.
 */
export function successorOf(
  books: LotBooks,
  { qty: went, cash }: Coming & { readonly cash: number },
  all: readonly Coming[],
  day: SessionDate,
): Coming | undefined {
  const came = all.filter((each) => each.qty > 0);
  const fresh = came.filter(({ ticker }) => lotsOf(books, ticker).length === 0);
  const early = fresh.length > 0 ? undefined : earlyOf(books, -went, day);
  if (early) return early;
  const pool = fresh.length > 0 || cash > 0 ? fresh : came;
  return pool.find((each) => each.qty === -went) ?? pool[0];
}

/**
 * The same number of shares of another ticker that arrived earlier and are untouched since; they are
 * removed again.
 */
function earlyOf(books: LotBooks, shares: number, day: SessionDate): Coming | undefined {
  for (const [ticker, { day: came, lot, qty: brought }] of books.came) {
    const lots = lotsOf(books, ticker);
    const mine = lots.filter(({ id }) => id === lot);
    const left = mine.reduce((sum, each) => sum + each.qty, 0);
    if (brought !== shares || left !== brought || daysBetween(came, day) > LATE_DAYS) continue;
    for (const each of mine) lots.splice(lots.indexOf(each), 1);
    return { ticker, qty: brought };
  }
  return undefined;
}
