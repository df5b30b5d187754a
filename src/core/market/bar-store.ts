/**
 * The bars on disk, kept up to date from a source: one parquet file a ticker, parsed once and then
 * held in memory. Nothing is ever stored that the source and the files do not agree on.
 */
import { mkdir } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import {
  type Bar,
  type BarHistory,
  barHistory,
  firstFault,
  lastDate,
  through as upTo,
} from '#core/domain/bar.ts';
import { sessionOffset, sessionOnOrBefore } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { type SessionDate, sessionDate, type Ticker } from '#core/domain/units.ts';
import { sentence, TradingError } from '#core/errors.ts';
import type { BarSet, BarSource, Clock, Log } from '#core/ports.ts';
import type { BarFetcher } from './bar-fetcher.ts';
import { readFolder } from './folder.ts';
import { compareOverlap, join } from './overlap.ts';
import { writeBars } from './parquet.ts';

export interface BarStoreParts {
  /** Files are read here and in its `equities`; they are written here. */
  readonly folder: string;
  readonly fetcher: BarFetcher;
  readonly tickers: readonly Ticker[];
  /** The source in words, for people. */
  readonly name: string;
  /** Tells which day is in the future; without one it is any after the session that follows. */
  readonly clock?: Clock;
  readonly log: Log;
}

/** Ten years to test on, and one to warm up. */
const YEARS = 11;
/** Sessions fetched again to see whether stored bars were adjusted since. */
const OVERLAP_SESSIONS = 20;

/** What one ticker needs: bars from that day on. */
interface Need {
  readonly ticker: Ticker;
  readonly from: SessionDate;
}

type Progress = (done: number, of: number) => void;

export function createBarStore(parts: BarStoreParts): BarSource {
  const { folder, fetcher, tickers, log } = parts;
  const held = new Map<Ticker, BarHistory>();
  const badFiles = new Map<Ticker, string>();
  const badAnswers = new Map<Ticker, string>();
  let outage: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Files that are not held yet; one that was refused may have been put right since. */
  async function readFiles(through: SessionDate): Promise<void> {
    const unread = tickers.filter((ticker) => !held.has(ticker));
    if (unread.length === 0) return;
    const latest = parts.clock ? newYorkDate(parts.clock.now()) : sessionOffset(through, 1).date;
    const found = await readFolder({ folders: [folder], tickers: unread, latest });
    for (const [ticker, history] of found.bars) held.set(ticker, complete(history, through));
    for (const ticker of unread) note(badFiles, ticker, found.refused.get(ticker));
    for (const repair of found.repaired.values()) log.warn(`bars: repaired ${repair}`);
  }

  /** A bar of a session that is not over may still change, and would pass for a close tomorrow. */
  function complete(history: BarHistory, through: SessionDate): BarHistory {
    const kept = upTo(history, through);
    const left = history.dates.length - kept.dates.length;
    if (left > 0) log.warn(`bars: left out of ${history.ticker}: ${left} after ${through}`);
    return kept;
  }

  function note(bad: Map<Ticker, string>, ticker: Ticker, reason: string | undefined): void {
    if (reason === undefined) bad.delete(ticker);
    else if (bad.get(ticker) !== reason) {
      log.warn(`bars: refused ${ticker}: ${reason}`);
      bad.set(ticker, reason);
    }
  }

  /** Undefined when the source does not answer, which is said once until it answers again. */
  async function ask(needs: readonly Need[], through: SessionDate): Promise<Answer | undefined> {
    try {
      const answer = await fetchAll(fetcher, needs, through);
      if (outage !== undefined) log.info('bars: the source answers again');
      outage = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof TradingError)) throw error;
      if (outage !== error.message) log.warn(`bars: nothing new: ${sentence(error)}`);
      outage = error.message;
      return undefined;
    }
  }

  async function keep(history: BarHistory, through: SessionDate): Promise<void> {
    const { ticker } = history;
    const fault = firstFault(history, through);
    if (fault) return note(badAnswers, ticker, `${parts.name}, ${fault.date}: ${fault.reason}`);
    note(badAnswers, ticker, undefined);
    if (lastDate(history) === undefined || history === held.get(ticker)) return;
    await mkdir(folder, { recursive: true });
    await writeBars(joinPath(folder, `${ticker}_1D.parquet`), history);
    held.set(ticker, history);
  }

  /** Joins what came to what is stored; answers what has to be fetched whole instead. */
  async function take(answer: Answer, through: SessionDate, progress: Progress): Promise<Need[]> {
    const again: Need[] = [];
    let done = 0;
    for (const [ticker, fresh] of answer) {
      const stored = held.get(ticker);
      const overlap = stored ? compareOverlap(stored, fresh) : undefined;
      if (!stored || !overlap) await keep(barHistory(ticker, fresh), through);
      else if (overlap.kind === 'same') await keep(join(stored, fresh), through);
      else if (overlap.kind === 'different') note(badAnswers, ticker, overlap.reason);
      else again.push({ ticker, from: wholeFrom(stored, through) });
      progress(++done, answer.size);
    }
    return again;
  }

  async function load(through: SessionDate, progress: Progress): Promise<BarSet> {
    await readFiles(through);
    const answer = await ask(needsOf(through), through);
    const again = answer ? await take(answer, through, progress) : [];
    const whole = again.length > 0 ? await ask(again, through) : undefined;
    for (const [ticker, fresh] of whole ?? []) {
      log.info(`bars: ${ticker} was adjusted since, fetched whole`);
      await keep(barHistory(ticker, fresh), through);
    }
    return snapshot();
  }

  /** Files that were refused are left alone: whoever put them there decides what becomes of them. */
  function needsOf(through: SessionDate): Need[] {
    return tickers.flatMap((ticker) => {
      const stored = held.get(ticker);
      const end = stored && lastDate(stored);
      if (end === undefined) {
        return badFiles.has(ticker) ? [] : [{ ticker, from: yearsBefore(through) }];
      }
      if (end >= through) return [];
      return [{ ticker, from: sessionOffset(end, -OVERLAP_SESSIONS).date }];
    });
  }

  function snapshot(): BarSet {
    const refused = new Map([...badAnswers, ...badFiles]);
    return { bars: new Map([...held].filter(([ticker]) => !refused.has(ticker))), refused };
  }

  return {
    name: parts.name,
    /** One at a time: two loads at once would fetch and write everything twice. */
    load(through, progress = () => undefined) {
      const mine = turn.then(() => load(through, progress));
      turn = Promise.allSettled([mine]);
      return mine;
    },
  };
}

type Answer = ReadonlyMap<Ticker, readonly Bar[]>;

/** One request for all tickers that need bars from the same day on. */
async function fetchAll(
  fetcher: BarFetcher,
  needs: readonly Need[],
  through: SessionDate,
): Promise<Answer> {
  const groups = Map.groupBy(needs, ({ from }) => from);
  const found = new Map<Ticker, readonly Bar[]>();
  for (const [from, group] of groups) {
    const tickers = group.map(({ ticker }) => ticker);
    for (const [ticker, bars] of await fetcher.fetch(tickers, from, through)) {
      found.set(ticker, bars);
    }
  }
  return found;
}

/** Eleven years back; a ticker listed later simply has nothing before. */
function yearsBefore(through: SessionDate): SessionDate {
  const year = Number(through.slice(0, 4)) - YEARS;
  return sessionOnOrBefore(sessionDate(`${year}${through.slice(4, 8)}01`)).date;
}

/** As far back as the stored file went, if that is longer. */
function wholeFrom(stored: BarHistory, through: SessionDate): SessionDate {
  const first = stored.dates[0];
  const usual = yearsBefore(through);
  return first !== undefined && first < usual ? first : usual;
}
