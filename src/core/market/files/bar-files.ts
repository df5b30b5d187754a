/**
 * The bar files and their manifest. A ticker's file is replaced in two phases: the manifest lists the next
 * hash along with the current one, the file is renamed into place, the manifest drops the old hash. After
 * an interruption at any point the file is one of the two in the manifest, and the next read completes the
 * replacement. Two writers may lose each other's entry, but never mix: a file without an entry is
 * quarantined and fetched again, regardless of its origin; files from elsewhere come in through an import.
 */
import { isDeepStrictEqual } from 'node:util';
import { type BarHistory, lastDate } from '#core/domain/bar.ts';
import type { EpochMs, Ticker } from '#core/domain/units.ts';
import { sentence } from '#core/errors.ts';
import { type Disk, isAbandoned, putInPlace, thisWriter, writeDraft } from './disk.ts';
import { inspectStored } from './inspect-file.ts';
import {
  entryWith,
  type FileEntry,
  fileOf,
  type Listed,
  MANIFEST,
  type Manifest,
  sha256,
} from './manifest.ts';
import { createManifestFile } from './manifest-file.ts';
import type { Origin } from './origin.ts';
import { parquetBytes } from './parquet.ts';
import { quarantine } from './quarantine.ts';
import { createSerialQueue } from './serial-queue.ts';

/** Dependencies of createBarFiles. Instants are milliseconds since 1970. */
export interface BarFilesParts {
  readonly disk: Disk;
  readonly now: () => EpochMs;
  /** Part of a draft's name; each writer has its own. */
  readonly writer?: string;
}

/** The tickers to read, and the files that the caller has already parsed. */
export interface ReadRequest {
  readonly tickers: readonly Ticker[];
  /** Hashes of files that need not be parsed again. */
  readonly known?: ReadonlyMap<Ticker, string>;
}

/** The result of reading one ticker's file; `reason` is a sentence that begins with the file's name. */
export type FileReading =
  | { readonly kind: 'same'; readonly entry: FileEntry }
  | { readonly kind: 'sound'; readonly entry: FileEntry; readonly history: BarHistory }
  /** Damaged files have been quarantined; unreadable files stay in place. */
  | { readonly kind: 'damaged' | 'unread'; readonly reason: string };

/** The parquet files of one folder and their manifest: one file per ticker, daily bars in dollars. */
export interface BarFiles {
  /**
   * Every ticker with a file, checked against the manifest before it is parsed. Quarantines files that are
   * damaged or not in the manifest; completes an interrupted replacement. A ticker without a file is
   * absent.
   */
  read(request: ReadRequest): Promise<ReadonlyMap<Ticker, FileReading>>;
  /**
   * Stores checked rows as `TICKER_1D.parquet`, completely or not at all.
   * @throws TradingError `fix-config` for a folder of a newer Rotor, otherwise the system's Error.
   */
  put(history: BarHistory, origin: Origin): Promise<FileEntry>;
}

/** The folder, and its current writer. */
interface Folder {
  readonly disk: Disk;
  readonly now: () => EpochMs;
  readonly writer: string;
  readonly manifest: ReturnType<typeof createManifestFile>;
}

/**
 * Opens the bar files of a folder. Writes within one process are sequential; nothing is read until
 * requested.
 */
export function createBarFiles(parts: BarFilesParts): BarFiles {
  const { disk, now, writer = thisWriter() } = parts;
  const manifest = createManifestFile({ disk, now, writer });
  const folder: Folder = { disk, now, writer, manifest };
  /** One at a time: both change the manifest. */
  const inTurn = createSerialQueue();
  return {
    read: (request) => inTurn(() => readFiles(folder, request)),
    put: (history, origin) => inTurn(() => putFile(folder, history, origin)),
  };
}

async function putFile(folder: Folder, history: BarHistory, origin: Origin): Promise<FileEntry> {
  const { disk, writer, manifest } = folder;
  const { ticker } = history;
  const name = fileOf(ticker);
  const bytes = await parquetBytes(history);
  const draft = await writeDraft(disk, name, writer, bytes);
  const present = await hashOf(disk, name);
  const before = importedOf((await manifest.read()).get(ticker), present);
  const entry = entryOf(history, sha256(bytes), { imported: before, ...origin });
  await manifest.edit((files) => files.set(ticker, during(files.get(ticker), present, entry)));
  await putInPlace(disk, draft, name);
  // Another writer may have renamed its own file into place; then its entry stays valid.
  if ((await hashOf(disk, name)) === entry.sha256)
    await manifest.edit((f) => f.set(ticker, { now: entry }));
  return entry;
}

async function hashOf(disk: Disk, name: string): Promise<string | undefined> {
  const bytes = await disk.read(name);
  return bytes && sha256(bytes);
}

async function readFiles(
  folder: Folder,
  { tickers, known }: ReadRequest,
): Promise<ReadonlyMap<Ticker, FileReading>> {
  const listed = await folder.manifest.read();
  await ignoringErrors(() => sweep(folder.disk));
  const found = new Map<Ticker, FileReading>();
  for (const ticker of tickers) {
    const reading = await readOne(folder, ticker, listed.get(ticker), known?.get(ticker));
    if (reading) found.set(ticker, reading);
  }
  await ignoringErrors(() => complete(folder.manifest, listed, found));
  return found;
}

/** Drafts of a stopped process are useless. */
async function sweep(disk: Disk): Promise<void> {
  for (const name of (await disk.names()).filter(isAbandoned)) await disk.remove(name);
}

async function readOne(
  folder: Folder,
  ticker: Ticker,
  listed: Listed | undefined,
  known: string | undefined,
): Promise<FileReading | undefined> {
  const { disk, manifest } = folder;
  const name = fileOf(ticker);
  const inspected = await (listed
    ? inspectStored({ disk, name, ticker, listed, known })
    : inspectUnlisted(disk, name));
  if (inspected === undefined || inspected.kind === 'absent') return undefined;
  if (inspected.kind !== 'damaged') return inspected;
  // Another process may have put it there since; its manifest was written first.
  const present = (await manifest.read()).get(ticker);
  if (!isDeepStrictEqual(present, listed)) return readOne(folder, ticker, present, known);
  return putAside(folder, name, inspected.reason);
}

/** Without a hash to compare with, a file is not even parsed. */
async function inspectUnlisted(disk: Disk, name: string) {
  const size = await disk.size(name).catch(() => 0);
  const reason = `${name}: is not in ${MANIFEST}; an import takes files from elsewhere`;
  return size === undefined ? undefined : ({ kind: 'damaged', reason } as const);
}

async function putAside({ disk, now }: Folder, name: string, reason: string): Promise<FileReading> {
  try {
    await quarantine(disk, name, { reason, at: now() });
    return { kind: 'damaged', reason };
  } catch (error) {
    return { kind: 'unread', reason: `${reason}; it stays where it is (${sentence(error)})` };
  }
}

/** Once the file is in place the manifest needs no second state. */
async function complete(
  manifest: Folder['manifest'],
  listed: Manifest,
  found: ReadonlyMap<Ticker, FileReading>,
): Promise<void> {
  const begun = [...found].filter(
    ([ticker, reading]) => 'entry' in reading && listed.get(ticker)?.next,
  );
  if (begun.length === 0) return;
  await manifest.edit((files) => {
    for (const [ticker, reading] of begun) {
      const isOurs = isDeepStrictEqual(files.get(ticker), listed.get(ticker));
      if (isOurs && 'entry' in reading) files.set(ticker, { now: reading.entry });
    }
  });
}

/** Cleanup that may fail: a disk that refuses it does not prevent sound files from being read. */
async function ignoringErrors(work: () => Promise<void>): Promise<void> {
  await Promise.allSettled([work()]);
}

/** The entry during a replacement: the state of the current file, and the next one. */
function during(listed: Listed | undefined, present: string | undefined, next: FileEntry): Listed {
  const now = present === undefined ? undefined : entryWith(listed, present);
  return { ...(now && { now }), next };
}

/** The import source of the current file's rows; for a damaged file, of the rows it was meant to hold. */
function importedOf(
  listed: Listed | undefined,
  present: string | undefined,
): FileEntry['imported'] {
  const now = present === undefined ? undefined : entryWith(listed, present);
  return (now ?? listed?.now)?.imported;
}

function entryOf(history: BarHistory, hash: string, origin: Origin): FileEntry {
  const first = history.dates[0];
  const last = lastDate(history);
  if (first === undefined || last === undefined) {
    throw new RangeError(`bars: ${history.ticker} has no rows to store`);
  }
  return {
    sha256: hash,
    rows: history.dates.length,
    first,
    last,
    source: origin.source,
    feed: origin.feed,
    adjustment: origin.adjustment,
    fetchedAt: new Date(origin.fetchedAt).toISOString(),
    ...(origin.imported && { imported: origin.imported }),
  };
}
