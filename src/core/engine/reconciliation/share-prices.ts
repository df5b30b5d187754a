/** Prices at which shares that moved without an order are valued. */
import type { Position } from '#core/domain/account.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import { lastCloseOf } from '#core/domain/last-close.ts';
import type { Ticker } from '#core/domain/units.ts';
import type { Broker } from '#core/ports.ts';

/**
 * Dollars a share: the broker's price of the position, which its equity is based on; else the latest price;
 * else the last close, as for shares that left on a day without a trade. A ticker without any is absent.
 * @param positions the current positions, if they were just read; else they are requested.
 */
export async function sharePrices(
  broker: Pick<Broker, 'positions' | 'latestPrices'>,
  book: AccountState,
  tickers: readonly Ticker[],
  positions?: readonly Position[],
): Promise<ReadonlyMap<Ticker, number>> {
  if (tickers.length === 0) return new Map();
  const held = new Map(
    (positions ?? (await broker.positions())).map((each) => [each.ticker, each.currentPrice]),
  );
  const asked = tickers.filter((ticker) => held.get(ticker) === undefined);
  const latest = asked.length > 0 ? await broker.latestPrices(asked) : undefined;
  return new Map(
    tickers.flatMap((ticker) => {
      const price = held.get(ticker) ?? latest?.get(ticker)?.price ?? lastCloseOf(book, ticker);
      return price === undefined ? [] : [[ticker, price]];
    }),
  );
}
