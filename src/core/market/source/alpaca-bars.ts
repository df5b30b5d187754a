/** Daily bars from Alpaca, adjusted for splits and dividends or unadjusted. */

import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Bar } from '#core/domain/bar.ts';
import { lastClosedSession, sessionOn } from '#core/domain/calendar.ts';
import { hasElapsed } from '#core/domain/elapsed.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type Adjustment, type Feed, readPages } from './alpaca-pages.ts';
import type { BarFetcher } from './bar-fetcher.ts';
import { asTradingError, createRetry, type Retry, statusOf } from './retry.ts';
import { createSecondSource } from './second-source.ts';

/** The free plan rejects SIP data of the last 15 minutes; one more for clock differences. */
const RECENT_MS = 16 * 60_000;
/** Delay before the tape is requested again after a plan was refused it. */
const SIP_AGAIN_MS = 3_600_000;
/** 403 now, 422 formerly; the message for a plan without the tape is similar. */
const SIP_REFUSED = /does not permit querying|end is too late|past 15 minutes/i;

/** Dependencies of createAlpacaBars. */
export interface AlpacaBarsParts {
  readonly alpaca: Pick<Alpaca, 'marketData'>;
  /** The market clock; determines which sessions are over. */
  readonly clock: Pick<Clock, 'now'>;
  /** Real time, for delays between attempts; a single attempt without it. */
  readonly pause?: Pick<Clock, 'now' | 'sleep'>;
  /** Aborts pending requests. */
  readonly signal?: AbortSignal;
  readonly log?: Pick<Log, 'info' | 'warn'>;
  /** `all` by default. */
  readonly adjustment?: Adjustment;
}

/** Both days inclusive. */
interface Range {
  readonly from: SessionDate;
  readonly last: SessionDate;
}

type Found = ReadonlyMap<Ticker, readonly Bar[]>;

/** Reads one range of sessions from the best feed available to the account. */
type ReadRange = (tickers: readonly Ticker[], range: Range, retry: Retry) => Promise<Found>;

/**
 * Requests the consolidated tape (sip) up to a close that is 16 minutes old: the bar of a younger session
 * still changes, and the tape is not available before. `through` is such a session by the earlier of our
 * clock and the broker's; here it is checked against ours again. Where the account may not have the tape
 * even so, the bars of IEX are used instead.
 */
export function createAlpacaBars(parts: AlpacaBarsParts): BarFetcher {
  const { clock, pause, signal, log } = parts;
  const feeds = new Map<Ticker, Feed>();
  const say = (text: string): void => log?.info(`bars: ${text}`);
  const read = createBestFeed(parts, feeds);
  const second = createSecondSource({
    read: (tickers, session) =>
      readFeed(parts, 'iex', [tickers, { from: session, last: session }, once]),
    clock,
    say,
  });

  return {
    ...second,
    async fetch(tickers, from, through) {
      const last = earlier(through, lastClosedSession(epochMs(clock.now() - RECENT_MS)).date);
      if (tickers.length === 0 || from > last) return new Map();
      const retry = pause ? createRetry({ clock: pause, signal, say }) : once;
      try {
        const found = await read(tickers, { from, last }, retry);
        const behind = tickers.filter((ticker) => found.get(ticker)?.at(-1)?.date !== last);
        if (behind.length > 0) say(`Alpaca has no bar of ${last} for ${behind.join(', ')}`);
        return found;
      } catch (error) {
        throw asTradingError(error);
      }
    },
    originOf(ticker) {
      const feed = feeds.get(ticker);
      return feed && { feed, adjustment: parts.adjustment ?? 'all' };
    },
  };
}

/** The tape, or IEX for an hour after the tape was refused; `feeds` records which one answered. */
function createBestFeed(parts: AlpacaBarsParts, feeds: Map<Ticker, Feed>): ReadRange {
  const { clock, log } = parts;
  let sipRefusedAt: EpochMs | undefined;

  async function readFrom(feed: Feed, ...request: Parameters<ReadRange>): Promise<Found> {
    const found = await readFeed(parts, feed, request);
    for (const ticker of request[0]) feeds.set(ticker, feed);
    return found;
  }

  return async (...request) => {
    if (!hasElapsed(sipRefusedAt, SIP_AGAIN_MS, clock.now())) return readFrom('iex', ...request);
    try {
      return await readFrom('sip', ...request);
    } catch (error) {
      if (!isSipRefused(error)) throw error;
      const found = await readFrom('iex', ...request);
      sipRefusedAt = clock.now();
      log?.warn('bars: the account may not have the consolidated tape (sip); IEX stands in');
      return found;
    }
  };
}

async function readFeed(
  { alpaca, signal, adjustment = 'all' }: AlpacaBarsParts,
  feed: Feed,
  [tickers, range, retry]: Parameters<ReadRange>,
): Promise<Found> {
  const start = new Date(newYorkInstant(range.from, 0));
  const request = { tickers, start, end: new Date(closeOf(range.last)), feed, adjustment };
  const found = await readPages(alpaca, request, { retry, signal });
  return barsOf(found, tickers, range);
}

const once: Retry = (attempt) => attempt();

function earlier(a: SessionDate, b: SessionDate): SessionDate {
  return a < b ? a : b;
}

/** @throws TradingError for a day that is not a session, which is never requested. */
function closeOf(date: SessionDate): EpochMs {
  const close = sessionOn(date)?.close;
  if (close === undefined) throw new TradingError(`bars: ${date} is not a session`, 'skip-cycle');
  return close;
}

/** Other rejections are about the keys or the whole plan, and IEX would be rejected as well. */
function isSipRefused(error: unknown): boolean {
  const status = statusOf(error);
  const isRefusal = status === 403 || status === 422;
  return isRefusal && error instanceof Error && SIP_REFUSED.test(error.message);
}

/** Bars within the range; a bar after it belongs to a session that is not over. */
function barsOf(
  found: ReadonlyMap<string, readonly Bar[]>,
  tickers: readonly Ticker[],
  { from, last }: Range,
): Map<Ticker, readonly Bar[]> {
  const mine = tickers.map((ticker) => {
    const bars = found.get(ticker) ?? [];
    return [ticker, bars.filter(({ date }) => date >= from && date <= last)] as const;
  });
  return new Map(mine.filter(([, bars]) => bars.length > 0));
}
