/**
 * Imports bars from elsewhere, mainly from the folder of Rotor's predecessor: each file is checked row by
 * row like the store's own, and is merged with the stored rows completely or not at all.
 */
import { lastDate, truncateTo } from '#core/domain/bar.ts';
import type { EpochMs, SessionDate, Ticker } from '#core/domain/units.ts';
import { errorCode, sentence } from '#core/errors.ts';
import { type BarFiles, createBarFiles, type FileReading } from '#core/market/files/bar-files.ts';
import type { Disk } from '#core/market/files/disk.ts';
import { type FileEntry, MANIFEST, readManifest } from '#core/market/files/manifest.ts';
import { IMPORT, sourcesOf } from '#core/market/files/origin.ts';
import { type Found, findFiles, type Rows, readFound } from './find-files.ts';
import { mergeRows } from './merge-rows.ts';

/** Dependencies of importBars. */
export interface ImportParts {
  /** The folder of the files; its folder `equities` is searched too. */
  readonly from: string;
  /** The store's folder. */
  readonly disk: Disk;
  readonly now: () => EpochMs;
  readonly writer?: string;
  /** The tickers that Rotor stores; files of others are left alone. */
  readonly tickers: ReadonlySet<Ticker>;
  /** The last day that a bar may have: today in New York. */
  readonly latest: SessionDate;
  /** The last closed session: later bars are left out. */
  readonly through: SessionDate;
  /** A file that was imported before is skipped, even if the stored one was removed since. */
  readonly once?: boolean;
  readonly onFile?: (file: ImportedFile, done: number, of: number) => void;
}

/** A stable JSON format: `null`, not an absent key, where there is no value. */
export interface ImportedFile {
  /** Path relative to the folder: `equities/XLK_1D.parquet`. */
  readonly file: string;
  readonly ticker: Ticker;
  /** `kept`: the stored rows stay, and contain all of the file's. `skipped`: not one of Rotor's tickers. */
  readonly verdict: 'imported' | 'kept' | 'refused' | 'skipped';
  /** Rows in the file, where it could be read. */
  readonly rows: number;
  readonly first: SessionDate | null;
  readonly last: SessionDate | null;
  /** Hash of the file; null where none of its rows can be used. */
  readonly sha256: string | null;
  /** Rows that were new to the store. */
  readonly added: number;
  /** Repairs: equal rows, order, bars of a session that is not over, a damaged file. */
  readonly repairs: readonly string[];
  /** Why it was rejected, kept or skipped; null where it was imported. */
  readonly reason: string | null;
}

/**
 * Files in sequence; of a ticker with two files the second is merged with the result of the first. If
 * interrupted, each ticker is either unchanged or complete, and repeating the call does the rest.
 * @throws TradingError `fix-config` when a folder cannot be listed or a newer Rotor wrote the store.
 */
export async function importBars(parts: ImportParts): Promise<readonly ImportedFile[]> {
  const { disk, now, writer } = parts;
  const files = createBarFiles({ disk, now, ...(writer && { writer }) });
  const found = await findFiles(parts.from);
  const report: ImportedFile[] = [];
  for (const each of found) {
    const file = await importOne({ ...parts, files }, each);
    report.push(file);
    parts.onFile?.(file, report.length, found.length);
  }
  return report;
}

interface Into extends ImportParts {
  readonly files: BarFiles;
}

async function importOne(into: Into, found: Found): Promise<ImportedFile> {
  const { ticker, name } = found;
  const none = { ...NO_ROWS, file: found.file, ticker };
  if (!into.tickers.has(ticker)) {
    return { ...none, verdict: 'skipped', reason: `${ticker} is not one of Rotor's tickers` };
  }
  const read = await readFound(found, into);
  if ('reason' in read) return { ...none, ...NOT_IMPORTED, reason: read.reason };
  const history = truncateTo(read.history, into.through);
  const left = read.history.dates.length - history.dates.length;
  const span = { rows: history.dates.length, first: history.dates[0] ?? null };
  const known = { ...none, ...span, last: lastDate(history) ?? null, sha256: read.sha256 };
  if (known.rows === 0) {
    return { ...known, ...NOT_IMPORTED, reason: `${name}: begins after ${into.through}` };
  }
  const { note, ...outcome } = await importRows(into, found, { ...read, history });
  const cut = left > 0 ? [`left out ${left} after ${into.through}`] : [];
  return { ...known, ...outcome, repairs: [...read.repairs, ...cut, ...(note ? [note] : [])] };
}

interface Outcome extends Pick<ImportedFile, 'verdict' | 'added' | 'reason'> {
  readonly note?: string;
}

/** Merges sound rows with the stored ones. */
async function importRows(into: Into, found: Found, read: Rows): Promise<Outcome> {
  const { ticker, name, file } = found;
  const stored = (await into.files.read({ tickers: [ticker] })).get(ticker);
  if (stored?.kind === 'unread')
    return { ...NOT_IMPORTED, reason: `the stored file: ${stored.reason}` };
  const before = stored && 'entry' in stored ? stored.entry : undefined;
  const known = before ?? (into.once ? await lastEntry(into.disk, ticker) : undefined);
  if (known?.imported?.sha256 === read.sha256) return kept('this very file was imported before');
  const merged = stored?.kind === 'sound' ? mergeRows(stored.history, read.history) : undefined;
  if (merged?.kind === 'conflicts') return { ...NOT_IMPORTED, reason: `${name}: ${merged.reason}` };
  if (merged?.kind === 'contained') return kept('every row of it is stored already');
  const history = merged?.history ?? read.history;
  const origin = {
    source: sourcesOf(before?.source, IMPORT),
    feed: sourcesOf(before?.feed, read.feed),
    adjustment: sourcesOf(before?.adjustment, read.adjustment),
    fetchedAt: into.now(),
    imported: { file, sha256: read.sha256 },
  };
  try {
    await into.files.put(history, origin);
  } catch (error) {
    // The disk failed for this one file; the report continues.
    if (errorCode(error) === undefined) throw error;
    return { ...NOT_IMPORTED, reason: `${name}: could not be stored: ${sentence(error)}` };
  }
  const added = merged?.added ?? history.dates.length;
  return { verdict: 'imported', added, reason: null, ...noteOn(stored) };
}

function kept(reason: string): Outcome {
  return { verdict: 'kept', added: 0, reason };
}

/** The last stored entry of a ticker whose file is gone. */
async function lastEntry(disk: Disk, ticker: Ticker): Promise<FileEntry | undefined> {
  const reading = readManifest(await disk.read(MANIFEST));
  return reading.kind === 'read' ? reading.manifest.get(ticker)?.now : undefined;
}

function noteOn(stored: FileReading | undefined): { readonly note?: string } {
  if (stored?.kind !== 'damaged') return {};
  return { note: `stands in for a damaged file, now in quarantine (${stored.reason})` };
}

const NOT_IMPORTED = { verdict: 'refused', added: 0 } as const;
const NO_ROWS = { rows: 0, first: null, last: null, sha256: null, added: 0, repairs: [] } as const;
