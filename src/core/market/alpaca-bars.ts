/** Daily bars from Alpaca, adjusted for splits and dividends. */
import { type Alpaca, TimeFrame } from '@alpacahq/alpaca-trade-api';
import type { Bar } from '#core/domain/bar.ts';
import { lastClosedSession } from '#core/domain/calendar.ts';
import { newYorkDate, newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Clock } from '#core/ports.ts';
import type { BarFetcher } from './bar-fetcher.ts';

/** The free plan refuses SIP data of the last 15 minutes; one more for clocks that disagree. */
const RECENT_MS = 16 * 60_000;
const RECENT_REFUSED = 'subscription does not permit querying recent SIP data';
const LAST_MINUTE = 24 * 60 - 1;
/** Points in a page over all tickers, Alpaca's maximum; the SDK follows the pages. */
const PAGE_POINTS = 10_000;

export interface AlpacaBarsParts {
  readonly alpaca: Pick<Alpaca, 'marketData'>;
  readonly clock: Clock;
}

type Feed = 'sip' | 'iex';
type SdkBars = Awaited<ReturnType<Alpaca['marketData']['getStockBars']>>;

/**
 * Asks for the consolidated tape (sip), 16 minutes behind the clock. A session is asked for only once
 * its last minute is that old: the bar of a younger one still changes. Where the account may not have
 * the tape even so, the bars of IEX stand in.
 */
export function createAlpacaBars({ alpaca, clock }: AlpacaBarsParts): BarFetcher {
  function request(
    tickers: readonly Ticker[],
    start: Date,
    end: Date,
    feed: Feed,
  ): Promise<SdkBars> {
    return alpaca.marketData.getStockBars({
      symbols: [...tickers],
      timeframe: TimeFrame.Day,
      start,
      end,
      adjustment: 'all',
      feed,
      limit: PAGE_POINTS,
    });
  }

  return {
    async fetch(tickers, from, through) {
      const settled = epochMs(clock.now() - RECENT_MS);
      const last = earlier(through, lastClosedSession(settled).date);
      if (tickers.length === 0 || from > last) return new Map();
      const start = new Date(newYorkInstant(from, 0));
      const end = new Date(Math.min(settled, newYorkInstant(last, LAST_MINUTE)));
      const answer = await request(tickers, start, end, 'sip')
        .catch((error: unknown) => {
          if (!isRecentRefused(error)) throw error;
          return request(tickers, start, end, 'iex');
        })
        .catch(explain);
      return barsOf(answer, tickers, from, last);
    },
  };
}

function earlier(a: SessionDate, b: SessionDate): SessionDate {
  return a < b ? a : b;
}

/** By status and text, not by class: the SDK ships several copies of its error classes. */
function isRecentRefused(error: unknown): boolean {
  return (
    statusOf(error) === 403 && error instanceof Error && error.message.includes(RECENT_REFUSED)
  );
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** Translates only: keys that are refused need a person, everything else another try. */
function explain(error: unknown): never {
  const status = statusOf(error);
  const refused = status === 401 || status === 403;
  const why = status === undefined ? 'no answer' : `status ${status}`;
  throw new TradingError(`bars: Alpaca gave ${why}`, refused ? 'fix-config' : 'retry', {
    cause: error,
  });
}

function barsOf(
  answer: SdkBars,
  tickers: readonly Ticker[],
  from: SessionDate,
  last: SessionDate,
): ReadonlyMap<Ticker, readonly Bar[]> {
  const found = tickers.map((symbol) => {
    const bars = (answer[symbol] ?? []).map(toBar);
    return [symbol, bars.filter(({ date }) => date >= from && date <= last)] as const;
  });
  return new Map(found.filter(([, bars]) => bars.length > 0));
}

/** Alpaca stamps a daily bar with New York midnight in UTC. */
function toBar({ timestamp, open, high, low, close, volume }: SdkBars[string][number]): Bar {
  return { date: newYorkDate(timestamp.getTime()), open, high, low, close, volume };
}
