/** A second opinion on the newest closes: IEX compared with the consolidated tape. */
import type { Bar } from '#core/domain/bar.ts';
import type { SecondClose } from '#core/domain/findings.ts';
import type { EpochMs, SessionDate, Ticker } from '#core/domain/units.ts';
import type { Clock } from '#core/ports.ts';
import type { BarFetcher } from './bar-fetcher.ts';
import { asTradingError } from './retry.ts';

/** Delay before a close missing from IEX is requested again. */
const RETRY_MS = 15 * 60_000;

/** Dependencies of createSecondSource. */
export interface SecondSourceParts {
  /** Rejects when IEX does not answer; then nothing is compared. */
  readonly read: (
    tickers: readonly Ticker[],
    session: SessionDate,
  ) => Promise<ReadonlyMap<Ticker, readonly Bar[]>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly say: (text: string) => void;
}

/** Requests each ticker's close of a session once, and a late ticker's when it arrives. */
export function createSecondSource({ read, clock, say }: SecondSourceParts) {
  const others = new Map<Ticker, SecondClose & { readonly date: SessionDate }>();
  /** The session being compared, and when each of its tickers was requested. */
  let compared: SessionDate | undefined;
  const askedAt = new Map<Ticker, EpochMs>();

  return {
    async compare(tickers, session) {
      if (compared !== session) {
        // An old close is in the prices of its day: a split since would change it.
        others.clear();
        askedAt.clear();
        compared = session;
      }
      // A ticker that arrives later than the rest is the most suspicious one.
      const now = clock.now();
      const open = tickers.filter((ticker) => {
        return !others.has(ticker) && now >= (askedAt.get(ticker) ?? 0) + RETRY_MS;
      });
      if (open.length === 0) return;
      try {
        const found = await read(open, session);
        for (const ticker of open) askedAt.set(ticker, now);
        for (const [ticker, [bar]] of found) {
          if (bar) others.set(ticker, { source: 'iex', close: bar.close, date: session });
        }
      } catch (error) {
        say(`nothing to compare with: ${asTradingError(error).message.replace('bars: ', '')}`);
      }
    },
    otherCloseOf: (ticker) => others.get(ticker),
  } satisfies Pick<BarFetcher, 'compare' | 'otherCloseOf'>;
}
