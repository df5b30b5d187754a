/** The price of a share now, or at the last close. */
import type { LatestPrice } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import type { Ticker } from '../domain/units.ts';
import { sentence, TradingError } from '../errors.ts';
import type { Broker } from '../ports.ts';

/** Dollars a share. */
export function lastCloses(bars: Bars): ReadonlyMap<Ticker, number> {
  return new Map(
    [...bars].map(([ticker, { close }]) => [ticker, close.at(-1) ?? Number.NaN] as const),
  );
}

/** Without prices the account is still observed; whatever needs one reports that there is none. */
export async function askPrices(
  broker: Pick<Broker, 'latestPrices'>,
  tickers: readonly Ticker[],
): Promise<{
  /** The latest price of each, whatever its age. */
  readonly latest: ReadonlyMap<Ticker, LatestPrice>;
  readonly priceProblem: string | undefined;
}> {
  try {
    return { latest: await broker.latestPrices(tickers), priceProblem: undefined };
  } catch (error) {
    if (!(error instanceof TradingError) || error.remedy !== 'retry') throw error;
    return { latest: new Map(), priceProblem: sentence(error) };
  }
}
