/** What moved shares are worth each, by the best price that there is. */
import type { Position } from '#core/domain/account.ts';
import type { Ticker } from '#core/domain/units.ts';
import type { ReconcileParts } from '../parts.ts';
import { lastCloseOf } from './suspected-split.ts';

/**
 * Dollars a share: the broker's price of the position, which its equity contains; else the latest price, and
 * at last the last close, for shares that left while nothing of them traded. A ticker without any of them is
 * absent.
 * @param positions those that were read just now; else they are requested.
 */
export async function sharePrices(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  tickers: readonly Ticker[],
  positions?: readonly Position[],
): Promise<ReadonlyMap<Ticker, number>> {
  if (tickers.length === 0) return new Map();
  const held = new Map(
    (positions ?? (await broker.positions())).map((each) => [each.ticker, each.currentPrice]),
  );
  const asked = tickers.filter((ticker) => held.get(ticker) === undefined);
  const latest = asked.length > 0 ? await broker.latestPrices(asked) : undefined;
  const book = journal.book();
  return new Map(
    tickers.flatMap((ticker) => {
      const price = held.get(ticker) ?? latest?.get(ticker)?.price ?? lastCloseOf(book, ticker);
      return price === undefined ? [] : [[ticker, price]];
    }),
  );
}
