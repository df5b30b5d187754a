/** The value of the account at the close of a session, by official prices where they are known. Pure. */
import { type Position, positionValue, type ValuedHoldings } from '#core/domain/account.ts';
import type { Bars } from '#core/domain/bar.ts';
import { isBelieved } from '#core/domain/official-close.ts';
import { adjustedClose } from '#core/domain/total-return.ts';
import {
  type Cents,
  cents,
  type SessionDate,
  type Ticker,
  toShares,
  valueOf,
} from '#core/domain/units.ts';
import { type AccountReading, othersIn } from '../account-check.ts';
import type { MarketBars } from './missed-close.ts';

/**
 * The official closes of the session, dollars a share: unadjusted bars, or the newest bar of each ticker,
 * which no later split or dividend can have adjusted yet. Absent where neither is available,
 * and where it is far from the broker's price of that ticker: one of the two is wrong.
 */
export function officialCloses(
  { bars, raw }: MarketBars,
  session: SessionDate,
  atBroker: ReadonlyMap<Ticker, number | undefined>,
): ReadonlyMap<Ticker, number> {
  return new Map(
    [...atBroker].flatMap(([ticker, price]): [Ticker, number][] => {
      const isNewest = bars.get(ticker)?.dates.at(-1) === session;
      const newest = isNewest ? adjustedClose(bars, ticker, session) : undefined;
      const close = adjustedClose(raw, ticker, session) ?? newest;
      return isBelieved(close, price) ? [[ticker, close]] : [];
    }),
  );
}

/**
 * Whether the benchmark and every ticker with bars have official closes; an unmanaged ticker may never have
 * one.
 */
export function isOfficial(
  bars: Bars,
  closes: ReadonlyMap<Ticker, number>,
  benchmark: Ticker,
  held: readonly Ticker[],
): boolean {
  return closes.has(benchmark) && held.every((ticker) => closes.has(ticker) || !bars.has(ticker));
}

/** The broker's price of a position; undefined where only the average cost is known. */
export function priceAtBroker({ qty, marketValue, currentPrice }: Position): number | undefined {
  return currentPrice ?? (marketValue && marketValue / 100 / toShares(qty));
}

/** Each position at its official close, else at the broker's value. */
export function holdingsAt(
  positions: readonly Position[],
  closes: ReadonlyMap<Ticker, number>,
): ValuedHoldings {
  return new Map(
    positions.map((position) => {
      const { ticker, qty } = position;
      const close = closes.get(ticker);
      const value = close === undefined ? positionValue(position) : valueOf(qty, close);
      return [ticker, { qty, value }];
    }),
  );
}

/**
 * Cash, every position at its official close, and all other holdings. Where the broker does not value
 * another holding, its stated equity with the positions adjusted to their closes.
 */
export function equityAt(
  reading: Omit<AccountReading, 'latest' | 'now'>,
  holdings: ValuedHoldings,
): Cents {
  const { account, positions } = reading;
  const others = othersIn(reading);
  const known = others.filter((value) => value !== undefined);
  const stated = positions.reduce((sum, position) => sum + positionValue(position), 0);
  const rest =
    known.length < others.length
      ? account.equity - account.cash - stated
      : known.reduce((sum, value) => sum + value, 0);
  const official = [...holdings.values()].reduce((sum, { value }) => sum + value, 0);
  return cents(account.cash + official + rest);
}
