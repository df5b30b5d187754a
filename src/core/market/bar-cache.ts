/** The bars of the disk files in memory: read once, checked against the files again each day. */
import { type BarHistory, lastDate, truncateTo } from '#core/domain/bar.ts';
import type { BarProvenance, DataQualityIssue } from '#core/domain/findings.ts';
import { epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { sentence } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import type { BarFiles, FileReading, ReadRequest } from './files/bar-files.ts';
import { type FileEntry, fileOf } from './files/manifest.ts';
import type { Origin, StoredBars } from './files/origin.ts';

/** Rows held in memory. */
export interface HeldBars extends StoredBars {
  /** Hash of the file; undefined when it could not be written. */
  readonly sha256: string | undefined;
}

/** Every ticker's rows, checked against their files. */
export interface BarCache {
  /** Detects changes of the files: damage, an import, a removal by a person. */
  refresh(through: SessionDate): Promise<void>;
  get(ticker: Ticker): HeldBars | undefined;
  all(): ReadonlyMap<Ticker, HeldBars>;
  /** Unusable files without sound rows in memory. */
  refused(): ReadonlyMap<Ticker, string>;
  /**
   * Writes and holds checked rows; rows that cannot be written are held all the same, and the failure is
   * logged.
   */
  store(history: BarHistory, origin: Origin): Promise<void>;
}

/** Dependencies of createBarCache. */
export interface BarCacheParts {
  readonly files: BarFiles;
  readonly tickers: readonly Ticker[];
  readonly log: Log;
}

/** Empty until its first refresh. */
export function createBarCache({ files, tickers, log }: BarCacheParts): BarCache {
  const held = new Map<Ticker, HeldBars>();
  const bad = new Map<Ticker, string>();

  async function store(history: BarHistory, origin: Origin): Promise<void> {
    const { ticker } = history;
    const entry = await files.put(history, origin).catch((error: unknown) => {
      log.error(`bars: ${fileOf(ticker)} could not be stored: ${sentence(error)}`);
      return undefined;
    });
    held.set(ticker, { history, origin, sha256: entry?.sha256 });
    bad.delete(ticker);
  }

  async function compare(ticker: Ticker, reading: FileReading | undefined): Promise<void> {
    const before = held.get(ticker);
    if (reading === undefined) {
      if (before?.sha256) log.info(`bars: ${fileOf(ticker)} was removed, so it is fetched whole`);
      if (before?.sha256) held.delete(ticker);
    } else if (reading.kind === 'damaged' || reading.kind === 'unread') {
      refuse(ticker, reading.reason, before !== undefined);
      // Sound rows in memory survive damage to their file, and are written again.
      if (before && reading.kind === 'damaged') await store(before.history, before.origin);
    } else bad.delete(ticker);
  }

  function refuse(ticker: Ticker, reason: string, isHeld: boolean): void {
    if (bad.get(ticker) === reason) return;
    log.warn(`bars: refused ${ticker}: ${reason}${isHeld ? '; the rows held before stay' : ''}`);
    if (!isHeld) bad.set(ticker, reason);
  }

  function take(ticker: Ticker, reading: FileReading | undefined, through: SessionDate): void {
    if (reading?.kind !== 'sound') return;
    const history = truncateTo(reading.history, through);
    const left = reading.history.dates.length - history.dates.length;
    if (left > 0) log.warn(`bars: left out of ${ticker}: ${left} after ${through}`);
    if (lastDate(history) !== undefined) held.set(ticker, heldOf(history, reading.entry));
  }

  return {
    async refresh(through) {
      const hashes = [...held].flatMap(([ticker, { sha256 }]) =>
        sha256 === undefined ? [] : [[ticker, sha256] as const],
      );
      const found = await readAll(files, { tickers, known: new Map(hashes) });
      for (const ticker of tickers) {
        await compare(ticker, found.get(ticker));
        take(ticker, found.get(ticker), through);
      }
    },
    get: (ticker) => held.get(ticker),
    all: () => held,
    refused: () => bad,
    store,
  };
}

/** A folder of a newer Rotor, or on a failing disk, is no reason to stop: the rows in memory are used. */
async function readAll(
  files: BarFiles,
  request: ReadRequest,
): Promise<ReadonlyMap<Ticker, FileReading>> {
  try {
    return await files.read(request);
  } catch (error) {
    const reason = sentence(error);
    return new Map(request.tickers.map((ticker) => [ticker, { kind: 'unread', reason }]));
  }
}

function heldOf(history: BarHistory, entry: FileEntry): HeldBars {
  const { source, feed, adjustment, sha256 } = entry;
  const fetchedAt = epochMs(Date.parse(entry.fetchedAt));
  return { history, origin: { source, feed, adjustment, fetchedAt }, sha256 };
}

/** For display: undefined for a history without rows. */
export function provenanceOf(
  { history, origin }: HeldBars,
  findings: readonly DataQualityIssue[],
): BarProvenance | undefined {
  const first = history.dates[0];
  const last = lastDate(history);
  if (first === undefined || last === undefined) return undefined;
  return { rows: history.dates.length, first, last, ...origin, findings };
}
