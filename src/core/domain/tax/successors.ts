/** Which shares come in the place of others that a corporate action took away. */
import type { SessionDate, Ticker } from '../units.ts';
import { type LotBooks, lotsOf } from './lot-books.ts';
import { daysBetween } from './tax-dates.ts';

/** What replaces shares is booked so many days after they went, at the latest, or before. */
export const LATE_DAYS = 5;

/** Shares that came, or went where they are below 0; what a successor takes is set to 0. */
export interface Coming {
  readonly ticker: Ticker;
  qty: number;
}

/**
 * What comes in the place of shares that go: a ticker of which nothing was held, one that came some days
 * before, or else more of one that is held. Of several the one of as many shares.
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

/** As many shares of another ticker, come before these went and untouched since; they are taken out again. */
function earlyOf(books: LotBooks, shares: number, day: SessionDate): Coming | undefined {
  for (const [ticker, { day: came, lot, qty: brought }] of books.came) {
    const lots = lotsOf(books, ticker);
    const mine = lots.filter(({ id }) => id === lot);
    const left = mine.reduce((sum, each) => sum + each.qty, 0);
    if (brought !== shares || left !== brought || daysBetween(came, day) > LATE_DAYS) continue;
    for (const each of mine) lots.splice(lots.indexOf(each), 1);
    books.came.delete(ticker);
    return { ticker, qty: brought };
  }
  return undefined;
}
