/**
 * The bars on disk, kept up to date from a source: one parquet file a ticker, parsed once and then
 * held in memory. Nothing is ever stored that the source and the files do not agree on.
 */
import { type BarHistory, barHistory, firstFault, lastDate } from '#core/domain/bar.ts';
import { sessionOffset, sessionOn } from '#core/domain/calendar.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import type { BarSet, BarSource, Clock, Log } from '#core/ports.ts';
import { createAsking } from './asking.ts';
import { createHeldBars, type Held, type HeldBars, provenanceOf } from './bar-cache.ts';
import {
  createBarFiles,
  fileOf,
  isUnconfirmed,
  type Origin,
  sourcesOf,
} from './files/bar-files.ts';
import { type Disk, folderDisk } from './files/disk.ts';
import type { BarReader } from './files/reader.ts';
import { type Doubts, doubtsIn, inDoubtSince, LONGEST, refusal } from './merge/data-quality.ts';
import { admit, admitWhole, endsOnTape } from './merge/merge-bars.ts';
import type { BarFetcher } from './source/bar-fetcher.ts';
import {
  type Answer,
  batches,
  type Need,
  overlapOf,
  topUpOf,
  wholeOf,
} from './source/fetch-plan.ts';

export interface BarStoreParts {
  /** Files are read here and in its `equities`; they are written here. */
  readonly folder: string;
  readonly fetcher: BarFetcher;
  readonly tickers: readonly Ticker[];
  /** What a person has looked up and believes. */
  readonly acceptedMoves?: AcceptedMoves;
  /** The source in words, for people. */
  readonly name: string;
  /** Dates what is fetched; without one it is the close of the session that was asked for. */
  readonly clock?: Clock;
  readonly log: Log;
  /** Where the files are; the folder on the machine's disk when not given. */
  readonly disk?: Disk;
  readonly reader?: BarReader;
}

type Progress = (done: number, of: number) => void;

export function createBarStore(parts: BarStoreParts): BarSource {
  const { folder, fetcher, tickers, log, clock } = parts;
  const badAnswers = new Map<Ticker, string>();
  let asked: SessionDate | undefined;
  const source = createAsking(fetcher, log);
  let turn: Promise<unknown> = Promise.resolve();

  const now = (): EpochMs => clock?.now() ?? (asked && sessionOn(asked)?.close) ?? epochMs(0);
  const files = createBarFiles({
    disk: parts.disk ?? folderDisk(folder),
    now,
    ...(parts.reader && { reader: parts.reader }),
  });
  const held = createHeldBars({ files, tickers, log });

  /** Once a session, and again while anything is amiss. */
  async function readFiles(through: SessionDate): Promise<void> {
    const isSettled = held.all().size === tickers.length && badAnswers.size === 0;
    if (asked === through && isSettled) return;
    asked = through;
    await held.refresh(through);
  }

  function refuse(ticker: Ticker, reason: string): void {
    if (badAnswers.get(ticker) !== reason) log.warn(`bars: refused ${ticker}: ${reason}`);
    badAnswers.set(ticker, reason);
  }

  /** Stores and holds rows that obey every law; others are refused, and what was held stays. */
  async function keep(history: BarHistory, through: SessionDate, before?: Held): Promise<void> {
    const { ticker } = history;
    const fault = firstFault(history, through);
    if (fault) return refuse(ticker, `${parts.name}, ${fault.date}: ${fault.reason}`);
    badAnswers.delete(ticker);
    if (lastDate(history) === undefined || history === before?.history) return;
    await held.store(history, originOf(ticker, before));
  }

  function originOf(ticker: Ticker, before?: Held): Origin {
    const { feed, adjustment } = fetcher.originOf?.(ticker) ?? UNKNOWN;
    const older = before?.origin;
    return {
      source: sourcesOf(older?.source, parts.name),
      feed: both(older?.feed, feed),
      adjustment: both(older?.adjustment, adjustment),
      fetchedAt: now(),
    };
  }

  const feedOf = (ticker: Ticker): string => fetcher.originOf?.(ticker)?.feed ?? UNKNOWN.feed;

  /** Joins what came to what is stored; otherwise the whole history has to decide. */
  async function take(answer: Answer, ticker: Ticker, through: SessionDate): Promise<void> {
    const fresh = answer.get(ticker);
    const before = held.get(ticker);
    if (!fresh) return;
    if (!before) return keep(barHistory(ticker, fresh), through);
    const admitted = admit(before, fresh, feedOf(ticker));
    if (admitted.kind === 'joined') return keep(admitted.history, through, before);
    if (admitted.kind === 'refused') return refuse(ticker, admitted.reason);
    const whole = (await source.ask(wholeOf([ticker], through, before.history), through))?.get(
      ticker,
    );
    if (!whole) return;
    const given = { overlap: admitted.overlap, feed: feedOf(ticker), source: parts.name };
    const judged = admitWhole(before, whole, given);
    if (judged.kind === 'refused') return refuse(ticker, remedy(ticker, judged.reason));
    log.info(`bars: ${ticker} was ${judged.why}, fetched whole`);
    const { history, keepsOlder } = judged;
    await keep(history, through, keepsOlder ? before : undefined);
  }

  async function load(through: SessionDate, progress: Progress): Promise<BarSet> {
    await readFiles(through);
    source.begin();
    const needs = needsOf(through);
    // A top-up is over in a moment.
    const isFill = needs.some(({ whole }) => whole);
    const of = needs.reduce((sum, need) => sum + need.tickers.length, 0);
    let done = 0;
    for (const need of needs) {
      const answer = await source.ask(need, through);
      if (!answer) break;
      for (const ticker of need.tickers) {
        await take(answer, ticker, through);
        done += 1;
        if (isFill) progress(done, of);
      }
    }
    const tape = [...held.all()].filter(([, each]) => endsOnTape(each, through));
    await fetcher.compare?.(
      tape.map(([ticker]) => ticker),
      through,
    );
    return {
      ...barSet(held, findDoubts(), badAnswers, parts.acceptedMoves),
      problem: source.problem(),
    };
  }

  function needsOf(through: SessionDate): readonly Need[] {
    const doubts = findDoubts();
    const behind = tickers.flatMap((ticker) => {
      const { history, origin } = held.get(ticker) ?? {};
      const end = history && lastDate(history);
      if (!history || end === undefined) return wholeOf([ticker], through);
      // What was imported is compared with the source once, over all that a decision reads.
      const isImport = origin !== undefined && isUnconfirmed(origin.source);
      if (isImport) return overlapOf(ticker, sessionOffset(end, -LONGEST).date);
      // A source puts its own errors right, sooner or later.
      const doubtful = inDoubtSince(doubts.get(ticker) ?? [], through);
      if (doubtful !== undefined) return overlapOf(ticker, doubtful);
      return end < through ? topUpOf(history, end, through) : [];
    });
    return batches(behind);
  }

  function findDoubts(): Doubts {
    return doubtsIn(held.all(), (ticker) => fetcher.otherCloseOf?.(ticker));
  }

  function remedy(ticker: Ticker, reason: string): string {
    const own = `remove ${fileOf(ticker)} from ${folder} to take the source's history`;
    return `${reason}; no dividend or split explains it: ${own}`;
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

function barSet(
  held: HeldBars,
  doubts: Doubts,
  badAnswers: ReadonlyMap<Ticker, string>,
  acceptedMoves: AcceptedMoves = [],
): BarSet {
  const all = [...held.all()];
  const refused = new Map([...refusal(doubts, acceptedMoves), ...badAnswers, ...held.refused()]);
  const bars = all.flatMap(([ticker, { history }]) =>
    refused.has(ticker) ? [] : [[ticker, history] as const],
  );
  const provenance = all.flatMap(([ticker, each]) => {
    const found = provenanceOf(each, doubts.get(ticker) ?? []);
    return found ? [[ticker, found] as const] : [];
  });
  return { bars: new Map(bars), refused, provenance: new Map(provenance) };
}

const UNKNOWN = { feed: 'unknown', adjustment: 'unknown' };

/** `sip, then iex`: each is named once, in the order in which they came. */
function both(older: string | undefined, newer: string): string {
  const named = older?.split(', then ') ?? [];
  return named.includes(newer) ? named.join(', then ') : [...named, newer].join(', then ');
}
