/** Inspects one bar file without touching it: first its hash, then its rows. */
import { type BarHistory, firstFault, lastDate, type RowFault } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { type Disk, unreadable } from './disk.ts';
import { entryWith, type FileEntry, type Listed, MANIFEST, sha256 } from './manifest.ts';
import { repairRows } from './repair-rows.ts';
import { historyOf, type Parsed } from './table-history.ts';
import { type Late, withinTime } from './time-limit.ts';

/** A hundred times the bars of one ticker since 1990. */
const MAX_BYTES = 32 * 1_048_576;
const MAX_MIXED = 3;

interface OneFile {
  readonly disk: Disk;
  readonly name: string;
  readonly ticker: Ticker;
}

/** A file listed in the manifest, to be checked against it. */
export interface StoredFile extends OneFile {
  /** The manifest's entry of the ticker. */
  readonly listed: Listed;
  /** A file with this hash is not parsed again. */
  readonly known?: string | undefined;
}

/** A file of the folder, listed or not, to be checked. */
export interface FoundFile extends OneFile {
  /** Undefined for a file without a manifest entry. */
  readonly listed: Listed | undefined;
  /** The latest date allowed for a bar of such a file: today in New York. */
  readonly latest: SessionDate;
}

/** The result of reading a file listed in the manifest. */
export type StoredInspection =
  | { readonly kind: 'absent' }
  /** Byte for byte as it was written. */
  | { readonly kind: 'sound'; readonly entry: FileEntry; readonly history: BarHistory }
  /** Sound, and already parsed. */
  | { readonly kind: 'same'; readonly entry: FileEntry }
  /** Not as written, no bars, or bars that break a rule: never used. */
  | {
      readonly kind: 'damaged';
      readonly reason: string;
      /** Rows of a readable file that breaks a rule, for display. */
      readonly history: BarHistory | undefined;
      readonly repairs: readonly string[];
    }
  /** Unknown: the system or the parser did not answer. */
  | { readonly kind: 'unread'; readonly reason: string };

/** The result of checking any file of the folder. */
export type Inspection =
  | StoredInspection
  /** Not in a manifest, and every row obeys the rules for bars, after these repairs. */
  | {
      readonly kind: 'unlisted';
      readonly history: BarHistory;
      readonly repairs: readonly string[];
      readonly sha256: string;
    };

/** Never throws, whatever the file contains. The reason begins with the file's name. */
export async function inspect(asked: FoundFile): Promise<Inspection> {
  const { listed } = asked;
  if (listed) return inspectStored({ ...asked, listed });
  const bytes = await bytesOf(asked);
  return bytes instanceof Uint8Array ? unlisted(asked, bytes) : bytes;
}

/** The same for a file listed in the manifest: its hash before its rows. */
export async function inspectStored(asked: StoredFile): Promise<StoredInspection> {
  const { name, listed, known } = asked;
  const bytes = await bytesOf(asked);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const hash = sha256(bytes);
  const entry = entryWith(listed, hash);
  if (!entry) return damaged(name, `its SHA-256 is ${hash.slice(0, 12)}…, not as in ${MANIFEST}`);
  return hash === known ? { kind: 'same', entry } : sound(asked, bytes, entry);
}

async function bytesOf({ disk, name }: OneFile): Promise<Uint8Array | StoredInspection> {
  const size = await disk.size(name).catch((error: unknown) => unreadable(error));
  if (typeof size === 'string') return { kind: 'unread', reason: `${name}: ${size}` };
  if (size === undefined) return { kind: 'absent' };
  if (size > MAX_BYTES) {
    return damaged(name, `has ${size} bytes, at most ${MAX_BYTES} are read`);
  }
  const bytes = await disk.read(name).catch((error: unknown) => unreadable(error));
  if (typeof bytes === 'string') return { kind: 'unread', reason: `${name}: ${bytes}` };
  return bytes ?? { kind: 'absent' };
}

/** A damaged page can keep a parser busy forever; no file takes more than two seconds. */
const PARSE_MS = 1_900;

async function readTable(bytes: Uint8Array, ticker: Ticker): Promise<Parsed | Late> {
  // Not at the top: a start has much else to load before its first bars.
  const { parseTable } = await import('./parquet-table.ts');
  const { buffer } = new Uint8Array(bytes);
  return withinTime(() => parseTable(buffer, ticker), PARSE_MS);
}

/** The hash is right, so a parser timeout was caused by a busy machine: one retry. */
async function sound(
  { name, ticker }: OneFile,
  bytes: Uint8Array,
  entry: FileEntry,
): Promise<StoredInspection> {
  const first = await readTable(bytes, ticker);
  const reading = first.kind === 'late' ? await readTable(bytes, ticker) : first;
  if (reading.kind === 'late') return { kind: 'unread', reason: `${name}: ${reading.reason}` };
  if (reading.kind !== 'table') return damaged(name, reading.reason);
  const history = historyOf(reading.table, ticker);
  const fault = firstFault(history, entry.last);
  if (fault) return damaged(name, `row ${fault.row} (${fault.date}): ${fault.reason}`, history);
  const { dates } = history;
  const asListed =
    dates.length === entry.rows && dates[0] === entry.first && lastDate(history) === entry.last;
  if (asListed) return { kind: 'sound', entry, history };
  return damaged(name, `holds other rows than ${MANIFEST} says`, history);
}

async function unlisted(
  { name, ticker, latest }: FoundFile,
  bytes: Uint8Array,
): Promise<Inspection> {
  const reading = await readTable(bytes, ticker);
  if (reading.kind === 'late') return { kind: 'unread', reason: `${name}: ${reading.reason}` };
  if (reading.kind !== 'table') return damaged(name, reading.reason);
  const { history, repairs: repaired } = repairRows(historyOf(reading.table, ticker));
  const repairs = [...reading.notes, ...repaired];
  if (history.dates.length === 0) return damaged(name, 'has no rows', history);
  const fault = firstFault(history, latest) ?? swappedColumns(history) ?? withoutCents(history);
  if (!fault) return { kind: 'unlisted', history, repairs, sha256: sha256(bytes) };
  const reason = `${name}, row ${fault.row} (${fault.date}): ${fault.reason}`;
  return { kind: 'damaged', reason, history, repairs };
}

/**
 * A high of three times the low never occurs in an index fund. Volumes swapped with highs obey every rule
 * for bars, and without a hash nothing else would reveal it.
 */
function swappedColumns({ dates, high, low }: BarHistory): RowFault | undefined {
  const row = dates.findIndex((_, at) => (high[at] ?? 0) > MAX_MIXED * (low[at] ?? 0));
  const date = dates[row];
  if (date === undefined) return undefined;
  const reason = `high ${high[row] ?? '?'} is more than ${MAX_MIXED} times low ${low[row] ?? '?'}`;
  return { row, date, reason };
}

/** Over this many days some price has cents; a single one may be in whole dollars. */
const FEWEST_CLOSES = 5;

/** Prices multiplied by a hundred obey every rule for bars as well. */
function withoutCents({ dates, open, high, low, close }: BarHistory): RowFault | undefined {
  const [date] = dates;
  const isWhole =
    close.length >= FEWEST_CLOSES &&
    [open, high, low, close].every((prices) => prices.every(Number.isInteger));
  if (!isWhole || date === undefined) return undefined;
  const reason =
    'every price is a whole number, expected cents: was a decimal comma read as a thousands separator?';
  return { row: 0, date, reason };
}

function damaged(name: string, reason: string, history?: BarHistory): StoredInspection {
  return { kind: 'damaged', reason: `${name}: ${reason}`, history, repairs: [] };
}
