/** The second series of bars: unadjusted prices, for checking recorded closes. */
import { join } from 'node:path';
import {
  type Bar,
  type BarHistory,
  type Bars,
  barHistory,
  barsOf,
  firstFault,
} from '#core/domain/bar.ts';
import { sessionOffset, sessionOnOrBefore } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate, type Ticker } from '#core/domain/units.ts';
import { sentence } from '#core/errors.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type BarCache, createBarCache } from './bar-cache.ts';
import { createBarFiles } from './files/bar-files.ts';
import type { Disk } from './files/disk.ts';
import { feedsOf } from './files/origin.ts';
import type { BarFetcher } from './source/bar-fetcher.ts';

/** Unadjusted bars, in files of their own. */
export interface RawBars {
  /** Updates them to `through` and returns what is stored. Never throws: closes can be checked later. */
  load(through: SessionDate): Promise<Bars>;
}

/** Dependencies of createRawBars. */
export interface RawBarsParts {
  /** Its own folder. */
  readonly disk: Disk;
  /** Source of unadjusted bars. */
  readonly fetcher: BarFetcher;
  readonly tickers: readonly Ticker[];
  /** The source's display name. */
  readonly name: string;
  /** The first session needed; undefined if none before the newest. */
  readonly since: () => SessionDate | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Number of sessions fetched again: the close of an evening may have been corrected since. */
const REFETCHED_SESSIONS = 5;

/** The folder of the second series, next to the adjusted bars. */
export function rawFolder(dataDir: string): string {
  return join(dataDir, 'raw');
}

/** Reads the files once per load, and requests missing sessions from the source. */
export function createRawBars(parts: RawBarsParts): RawBars {
  const { tickers, fetcher, clock, log } = parts;
  const files = createBarFiles({ disk: parts.disk, now: clock.now });
  const cache = createBarCache({ files, tickers, log });

  async function store(ticker: Ticker, fetched: BarHistory, through: SessionDate): Promise<void> {
    const fault = firstFault(fetched, through);
    if (fault) return log.warn(`bars: raw ${ticker}, ${fault.date}: ${fault.reason}`);
    const before = cache.get(ticker);
    const { feed = 'unknown' } = fetcher.originOf?.(ticker) ?? {};
    // IEX closes differ by some tenths of a per cent from the tape: no close is checked against them.
    if (feed === 'iex') return;
    const history = barHistory(ticker, byDate([before?.history, fetched]));
    const fetchedAt = clock.now();
    const origin = { source: parts.name, feed: feedsOf(before?.origin.feed, feed), fetchedAt };
    await cache.store(history, { ...origin, adjustment: 'raw' });
  }

  return {
    async load(through) {
      try {
        await cache.refresh(through);
        const since = parts.since() ?? through;
        const due = tickers.filter((ticker) => firstLacking(cache, ticker, since) <= through);
        const [first = through] = due.map((each) => firstLacking(cache, each, since)).toSorted();
        const from = sessionOffset(sessionOnOrBefore(first).date, -REFETCHED_SESSIONS).date;
        const found = due.length > 0 ? await fetcher.fetch(due, from, through) : new Map();
        for (const [ticker, bars] of found) await store(ticker, barHistory(ticker, bars), through);
      } catch (error) {
        log.info(`bars: no closes as they were traded: ${sentence(error)}`);
      }
      return new Map([...cache.all()].map(([ticker, { history }]) => [ticker, history]));
    },
  };
}

/** The first date missing for a ticker, which may be a day without a session. */
function firstLacking(cache: BarCache, ticker: Ticker, since: SessionDate): SessionDate {
  const dates = cache.get(ticker)?.history.dates;
  const [first, last] = [dates?.[0], dates?.at(-1)];
  if (first === undefined || last === undefined || first > since) return since;
  return dayAfter(last);
}

function dayAfter(date: SessionDate): SessionDate {
  return sessionDate(new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10));
}

/** The rows of all days, oldest first; for a day in several histories, that of the last one. */
function byDate(histories: readonly (BarHistory | undefined)[]): readonly Bar[] {
  const rows = histories.flatMap((history) => (history ? barsOf(history) : []));
  const found = new Map(rows.map((bar) => [bar.date, bar]));
  return [...found.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
}
