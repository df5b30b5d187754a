/** Processes a source's full history of a ticker: stores and holds it, or rejects and reports it. */
import {
  type Bar,
  type BarHistory,
  barHistory,
  barsOf,
  firstFault,
  sameBars,
} from '#core/domain/bar.ts';
import type { EpochMs, SessionDate, Ticker } from '#core/domain/units.ts';
import type { Log } from '#core/ports.ts';
import type { BarCache } from './bar-cache.ts';
import { fileOf } from './files/manifest.ts';
import { feedsOf, type Origin, type StoredBars, sourcesOf } from './files/origin.ts';
import { repairRows } from './files/repair-rows.ts';
import { mergeHistory } from './merge/merge-history.ts';
import type { BarFetcher } from './source/bar-fetcher.ts';

/** Accepts or rejects each history from a source. */
export interface BarIntake {
  /** Stores and holds rows that obey every rule; others are rejected, and the rows held so far stay. */
  take(ticker: Ticker, whole: readonly Bar[], through: SessionDate): Promise<void>;
  /** Tickers whose newest answer was rejected, with the reason for display. */
  refused(): ReadonlyMap<Ticker, string>;
}

/** Dependencies of createBarIntake. */
export interface BarIntakeParts {
  /** For display: the folder of a file that people may remove. */
  readonly folder: string;
  /** The source's display name. */
  readonly name: string;
  readonly originOf: BarFetcher['originOf'];
  readonly cache: BarCache;
  readonly now: () => EpochMs;
  readonly log: Log;
}

const UNKNOWN = { feed: 'unknown', adjustment: 'unknown' };

/** Reports a rejection once, until an answer is accepted. */
export function createBarIntake(parts: BarIntakeParts): BarIntake {
  const { cache, log, name } = parts;
  const refused = new Map<Ticker, string>();
  const givenBy = (ticker: Ticker) => parts.originOf?.(ticker) ?? UNKNOWN;

  function refuse(ticker: Ticker, reason: string): void {
    if (refused.get(ticker) !== reason) log.warn(`bars: refused ${ticker}: ${reason}`);
    refused.set(ticker, reason);
  }

  async function keep(history: BarHistory, through: SessionDate, older?: Origin): Promise<void> {
    const { ticker } = history;
    const fault = firstFault(history, through);
    if (fault) return refuse(ticker, `${name}, ${fault.date}: ${fault.reason}`);
    refused.delete(ticker);
    const { feed, adjustment } = givenBy(ticker);
    const origin = {
      source: sourcesOf(older?.source, name),
      feed: feedsOf(older?.feed, feed),
      adjustment: feedsOf(older?.adjustment, adjustment),
      fetchedAt: parts.now(),
    };
    if (!isHeld(cache.get(ticker), { history, origin })) await cache.store(history, origin);
  }

  return {
    refused: () => refused,
    async take(ticker, received, through) {
      // As of a file: a row that an answer repeats, on two of its pages for example, says nothing new.
      const { history, repairs } = repairRows(barHistory(ticker, received));
      for (const repair of repairs) log.info(`bars: ${ticker}, ${name}: ${repair}`);
      const before = cache.get(ticker);
      if (!before) return keep(history, through);
      const whole = barsOf(history);
      const merged = mergeHistory(before, { whole, source: name, feed: givenBy(ticker).feed });
      if (merged.kind === 'refused') {
        const remedy = `remove ${fileOf(ticker)} from ${parts.folder} to take the source's history`;
        const ending = `no dividend or split explains it: ${remedy}`;
        return refuse(ticker, merged.waits ? merged.reason : `${merged.reason}; ${ending}`);
      }
      if (merged.note !== undefined) log.info(`bars: ${ticker} was ${merged.note}`);
      return keep(merged.history, through, merged.hasOthers ? before.origin : undefined);
    },
  };
}

/** The same rows from the same source: nothing to write. */
function isHeld(held: StoredBars | undefined, { history, origin }: StoredBars): boolean {
  return (
    held !== undefined &&
    held.origin.source === origin.source &&
    held.origin.feed === origin.feed &&
    sameBars(held.history, history)
  );
}
