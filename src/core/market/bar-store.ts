/**
 * The bars on disk, kept up to date from a source: one parquet file per ticker, parsed once and then held
 * in memory. Once a session the source returns the full history of each ticker, which is compared with the
 * rows held; only rows on which both agree are stored.
 */
import { type Bar, lastDate } from '#core/domain/bar.ts';
import { sessionOn, sessionOnOrBefore } from '#core/domain/calendar.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import {
  type EpochMs,
  epochMs,
  type SessionDate,
  sessionDate,
  type Ticker,
} from '#core/domain/units.ts';
import { sentence, TradingError } from '#core/errors.ts';
import type { BarSet, BarSource, Clock, Log } from '#core/ports.ts';
import { type BarCache, createBarCache, provenanceOf } from './bar-cache.ts';
import { createBarIntake } from './bar-intake.ts';
import { createBarFiles } from './files/bar-files.ts';
import { type Disk, folderDisk } from './files/disk.ts';
import { isUnconfirmed } from './files/origin.ts';
import { createSerialQueue } from './files/serial-queue.ts';
import {
  createDataIssues,
  type DataIssues,
  isWindowSound,
  refusals,
} from './merge/data-quality.ts';
import type { RawBars } from './raw-bars.ts';
import type { BarFetcher } from './source/bar-fetcher.ts';

/** Dependencies of createBarStore. */
export interface BarStoreParts {
  /** Files are read here and in its `equities`; they are written here. */
  readonly folder: string;
  readonly fetcher: BarFetcher;
  readonly tickers: readonly Ticker[];
  /** Tickers that are expected to move together. */
  readonly peers: readonly Ticker[];
  /** Moves that a person has checked and accepted. */
  readonly acceptedMoves?: AcceptedMoves;
  /** The source's display name. */
  readonly name: string;
  /** Dates fetched rows; by default the close of the requested session. */
  readonly clock?: Clock;
  readonly log: Log;
  /** Where the files are; the folder on the machine's disk by default. */
  readonly disk?: Disk;
  /** The second series, of unadjusted prices. */
  readonly raw?: RawBars;
}

type Progress = (done: number, of: number) => void;

/** Ten years to test on, and one to warm up. */
const YEARS = 11;
/** Three times eleven years fit a page of 10,000 bars: no request is wasted, and each makes progress. */
const BATCH_SIZE = 3;

/** One load at a time: concurrent loads would fetch and write everything twice. */
export function createBarStore(parts: BarStoreParts): BarSource {
  const { folder, tickers, log, clock, fetcher, name } = parts;
  let asked: SessionDate | undefined;
  /** The last session for which the source has answered about all tickers. */
  let answered: SessionDate | undefined;

  const now = (): EpochMs => clock?.now() ?? (asked && sessionOn(asked)?.close) ?? epochMs(0);
  const disk = parts.disk ?? folderDisk(folder);
  const files = createBarFiles({ disk, now });
  const cache = createBarCache({ files, tickers, log });
  const intake = createBarIntake({ folder, name, log, cache, now, originOf: fetcher.originOf });
  const source = createSourceState(fetcher, log);
  const issuesOf = createDataIssues(parts.peers, (ticker) => fetcher.otherCloseOf?.(ticker));

  /** Files are read once a session, and again while there is any problem. */
  async function refresh(through: SessionDate): Promise<void> {
    const isSettled = cache.all().size === tickers.length && intake.refused().size === 0;
    if (asked === through && isSettled) return;
    asked = through;
    await cache.refresh(through);
  }

  async function load(...[through, progress, doubted]: LoadTerms): Promise<BarSet> {
    await refresh(through);
    const due = dueTickers({ tickers, doubted }, cache, issuesOf(cache.all()), through);
    const isFirst = due.some((ticker) => cache.get(ticker) === undefined);
    const from = startOf(cache, through);
    let problem: string | undefined;
    let done = 0;
    // Data missing from an answer about several tickers may be available for each separately.
    const size = answered === through ? 1 : BATCH_SIZE;
    for (let at = 0; at < due.length && problem === undefined; at += size) {
      const batch = due.slice(at, at + size);
      const answer = await source.ask(batch, from, through);
      problem = answer.problem;
      for (const ticker of batch) {
        const whole = answer.histories.get(ticker);
        if (whole) await intake.take(ticker, whole, through);
        done += 1;
        if (isFirst && problem === undefined) progress(done, due.length);
      }
    }
    if (problem === undefined) answered = through;
    await fetcher.compare?.(endingOnTape(cache, through), through);
    const found = issuesOf(cache.all());
    const suspicious = refusals(found, parts.acceptedMoves ?? []);
    const refused = new Map([...suspicious, ...intake.refused(), ...cache.refused()]);
    return { ...barSet(cache, found, refused), raw: await parts.raw?.load(through), problem };
  }

  const inTurn = createSerialQueue();
  return {
    name,
    load: (through, progress = () => undefined, doubted = NONE) =>
      inTurn(() => load(through, progress, doubted)),
  };
}

type LoadTerms = readonly [through: SessionDate, progress: Progress, doubted: ReadonlySet<Ticker>];

const NONE: ReadonlySet<Ticker> = new Set();

/** Tickers to request: those behind or unconfirmed, and those with an error that the source may fix. */
function dueTickers(
  {
    tickers,
    doubted,
  }: { readonly tickers: readonly Ticker[]; readonly doubted: ReadonlySet<Ticker> },
  cache: BarCache,
  issues: DataIssues,
  through: SessionDate,
): readonly Ticker[] {
  return tickers.filter((ticker) => {
    const held = cache.get(ticker);
    if (!held || doubted.has(ticker) || isUnconfirmed(held.origin.source)) return true;
    return !isWindowSound(held.history, issues.get(ticker) ?? [], through);
  });
}

/** Eleven years earlier, or as far back as any stored history goes. */
function startOf(cache: BarCache, through: SessionDate): SessionDate {
  const year = Number(through.slice(0, 4)) - YEARS;
  const usual = sessionOnOrBefore(sessionDate(`${year}${through.slice(4, 8)}01`)).date;
  const firsts = [...cache.all().values()].flatMap(({ history }) => history.dates[0] ?? []);
  return [usual, ...firsts].toSorted()[0] ?? usual;
}

/** Tickers whose newest close is that session's from the consolidated tape. */
function endingOnTape(cache: BarCache, session: SessionDate): readonly Ticker[] {
  return [...cache.all()].flatMap(([ticker, { history, origin }]) =>
    lastDate(history) === session && !origin.feed.endsWith('iex') ? [ticker] : [],
  );
}

function barSet(cache: BarCache, issues: DataIssues, refused: ReadonlyMap<Ticker, string>): BarSet {
  const all = [...cache.all()];
  const bars = all.flatMap(([ticker, { history }]) =>
    refused.has(ticker) ? [] : [[ticker, history] as const],
  );
  const provenance = all.flatMap(([ticker, each]) => {
    const found = provenanceOf(each, issues.get(ticker) ?? []);
    return found ? [[ticker, found] as const] : [];
  });
  return { bars: new Map(bars), refused, provenance: new Map(provenance) };
}

interface Answer {
  readonly histories: ReadonlyMap<Ticker, readonly Bar[]>;
  /** Why the source did not answer, for display. */
  readonly problem?: string;
}

/** Logs once that the source does not answer, until it answers again. */
function createSourceState(fetcher: BarFetcher, log: Log) {
  let told: string | undefined;

  return {
    /** @throws anything that is not a TradingError: it is unexpected. */
    async ask(...request: Parameters<BarFetcher['fetch']>): Promise<Answer> {
      try {
        const histories = await fetcher.fetch(...request);
        if (told !== undefined) log.info('bars: the source answers again');
        told = undefined;
        return { histories };
      } catch (error) {
        if (!(error instanceof TradingError)) throw error;
        if (told !== error.message) log.warn(`bars: nothing new: ${sentence(error)}`);
        told = error.message;
        return { histories: new Map(), problem: error.message };
      }
    },
  };
}
