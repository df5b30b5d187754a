/** Daily bars from Alpaca, adjusted for splits and dividends. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Bar } from '#core/domain/bar.ts';
import { lastClosedSession, sessionOn } from '#core/domain/calendar.ts';
import type { OtherClose } from '#core/domain/findings.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type Feed, readPages } from './alpaca-pages.ts';
import type { BarFetcher } from './bar-fetcher.ts';
import { type Answer, lacking, type Range } from './complete-response.ts';
import { asTrouble, createPatience, type Patient, statusOf } from './retry.ts';

/** The free plan refuses SIP data of the last 15 minutes; one more for clocks that disagree. */
const RECENT_MS = 16 * 60_000;
/** A plan that was refused the tape is asked for it again so much later. */
const SIP_AGAIN_MS = 3_600_000;
/** What IEX had no close of is asked for again so much later. */
const COMPARE_AGAIN_MS = 15 * 60_000;
/** 403 now, 422 formerly; a plan without the tape at all says nearly the same. */
const SIP_REFUSED = /does not permit querying|end is too late|past 15 minutes/i;

export interface AlpacaBarsParts {
  readonly alpaca: Pick<Alpaca, 'marketData'>;
  /** The market's; which sessions are over. */
  readonly clock: Pick<Clock, 'now'>;
  /** Real time, for the waits between attempts; asked once without it. */
  readonly pause?: Pick<Clock, 'now' | 'sleep'>;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
  readonly log?: Pick<Log, 'info' | 'warn'>;
}

/**
 * Asks for the consolidated tape (sip) up to a close that is 16 minutes old: the bar of a younger
 * session still changes, and the tape is not to be had before. `through` is such a session by the
 * earlier of our clock and the broker's; here ours is held against it once more. Where the account
 * may not have the tape even so, the bars of IEX stand in.
 */
export function createAlpacaBars(parts: AlpacaBarsParts): BarFetcher {
  const { alpaca, clock, pause, signal, log } = parts;
  const feeds = new Map<Ticker, Feed>();
  const others = new Map<Ticker, OtherClose & { readonly date: SessionDate }>();
  /** The session that is compared, and when each of its tickers was asked for. */
  let compared: SessionDate | undefined;
  const comparedAt = new Map<Ticker, EpochMs>();
  let sipRefusedUntil = epochMs(0);

  const say = (text: string): void => log?.info(`bars: ${text}`);

  async function read(
    tickers: readonly Ticker[],
    range: Range,
    feed: Feed,
    patient: Patient,
  ): Promise<Map<Ticker, readonly Bar[]>> {
    const start = new Date(newYorkInstant(range.from, 0));
    const request = { tickers, start, end: new Date(closeOf(range.last)), feed };
    const found = await readPages(alpaca, request, { patient, signal });
    return barsOf(found, tickers, range);
  }

  async function readFrom(
    feed: Feed,
    ...[tickers, range, patient]: Parameters<typeof readBest>
  ): Promise<Map<Ticker, readonly Bar[]>> {
    const found = await read(tickers, range, feed, patient);
    for (const ticker of tickers) feeds.set(ticker, feed);
    return found;
  }

  async function readBest(
    tickers: readonly Ticker[],
    range: Range,
    patient: Patient,
  ): Promise<Map<Ticker, readonly Bar[]>> {
    if (clock.now() < sipRefusedUntil) return readFrom('iex', tickers, range, patient);
    try {
      return await readFrom('sip', tickers, range, patient);
    } catch (error) {
      if (!isSipRefused(error)) throw error;
      const found = await readFrom('iex', tickers, range, patient);
      sipRefusedUntil = epochMs(clock.now() + SIP_AGAIN_MS);
      log?.warn('bars: the account may not have the consolidated tape (sip); IEX stands in');
      return found;
    }
  }

  /** Each ticker that lacks what others have is asked for by itself, once; then it is named. */
  async function complete(
    found: Map<Ticker, readonly Bar[]>,
    tickers: readonly Ticker[],
    range: Range,
    patient: Patient,
  ): Promise<Answer> {
    for (const ticker of lacking(found, tickers, range)) {
      const alone = await readBest([ticker], range, patient).catch((error: unknown) => {
        // The others came; this one is behind, and asked for again when they all are.
        say(`${ticker} alone: ${asTrouble(error).message.replace('bars: ', '')}`);
        return new Map<Ticker, readonly Bar[]>();
      });
      const bars = alone.get(ticker) ?? [];
      if (bars.length > (found.get(ticker)?.length ?? 0)) found.set(ticker, bars);
    }
    const behind = tickers.filter((ticker) => found.get(ticker)?.at(-1)?.date !== range.last);
    if (behind.length > 0) say(`Alpaca has no bar of ${range.last} for ${behind.join(', ')}`);
    return found;
  }

  return {
    async fetch(tickers, from, through) {
      const last = earlier(through, lastClosedSession(epochMs(clock.now() - RECENT_MS)).date);
      if (tickers.length === 0 || from > last) return new Map();
      const range = { from, last };
      const patient: Patient = pause
        ? createPatience({ clock: pause, signal, say })
        : (attempt) => attempt();
      try {
        const found = await readBest(tickers, range, patient);
        return await complete(found, tickers, range, patient);
      } catch (error) {
        throw asTrouble(error);
      }
    },
    async compare(tickers, session) {
      if (compared !== session) {
        // An old close is of the prices of its day: a split since would make it another.
        others.clear();
        comparedAt.clear();
        compared = session;
      }
      // One that comes later than the rest is the very one to doubt.
      const now = clock.now();
      const open = tickers.filter((ticker) => {
        return !others.has(ticker) && now >= (comparedAt.get(ticker) ?? 0) + COMPARE_AGAIN_MS;
      });
      if (open.length === 0) return;
      try {
        const range = { from: session, last: session };
        const found = await read(open, range, 'iex', (attempt) => attempt());
        for (const ticker of open) comparedAt.set(ticker, now);
        for (const [ticker, [bar]] of found) {
          if (bar) others.set(ticker, { source: 'iex', close: bar.close, date: session });
        }
      } catch (error) {
        say(`nothing to compare with: ${asTrouble(error).message.replace('bars: ', '')}`);
      }
    },
    otherCloseOf: (ticker) => others.get(ticker),
    originOf(ticker) {
      const feed = feeds.get(ticker);
      return feed && { feed, adjustment: 'all' };
    },
  };
}

function earlier(a: SessionDate, b: SessionDate): SessionDate {
  return a < b ? a : b;
}

/** @throws TradingError for a day that is no session, which nobody asks for. */
function closeOf(date: SessionDate): EpochMs {
  const close = sessionOn(date)?.close;
  if (close === undefined) throw new TradingError(`bars: ${date} is not a session`, 'skip-cycle');
  return close;
}

/** Other refusals are about the keys or the whole plan, and IEX would be refused as well. */
function isSipRefused(error: unknown): boolean {
  const status = statusOf(error);
  const isRefusal = status === 403 || status === 422;
  return isRefusal && error instanceof Error && SIP_REFUSED.test(error.message);
}

/** In the range; a bar after it is one of a session that still goes on. */
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
