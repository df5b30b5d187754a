/**
 * The expected hash of each bar file: `manifest.json` next to them. A parser accepts a damaged page as good
 * prices, so no file is parsed before its hash was found here; and the list contains its own hash.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sessionDate, type Ticker, ticker } from '#core/domain/units.ts';

/** Its name in the bar folder. */
export const MANIFEST = 'manifest.json';

/** The name of a ticker's file in the bar folder. */
export function fileOf(ticker: Ticker): string {
  return `${ticker}_1D.parquet`;
}

/** Increased when older versions can no longer read it. */
const FORMAT = 2;
/** Without imports the format is that of the first version, so that a downgrade still works. */
const WITHOUT_IMPORTS = 1;

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const DATE = z.iso.date().transform(sessionDate);

const FILE = z.strictObject({
  sha256: SHA256,
  rows: z.int().positive(),
  first: DATE,
  last: DATE,
  source: z.string(),
  feed: z.string(),
  adjustment: z.string(),
  fetchedAt: z.iso.datetime(),
  /** The external file that rows of this one were imported from; kept while others are added. */
  imported: z.strictObject({ file: z.string(), sha256: SHA256 }).optional(),
});

/** One state of a ticker's file, and the origin of its data. */
export type FileEntry = Readonly<z.infer<typeof FILE>>;

const LISTED = z.strictObject({
  /** Absent while the first file of a ticker is being written. */
  now: FILE.optional(),
  /** The pending replacement: listed before the rename and dropped after it. */
  next: FILE.optional(),
});

/** The manifest's entry of one ticker: the current file, and the one being written. */
export type Listed = Readonly<z.infer<typeof LISTED>>;
/** The manifest by ticker. */
export type Manifest = ReadonlyMap<Ticker, Listed>;

const DOCUMENT = z.strictObject({
  format: z.literal([WITHOUT_IMPORTS, FORMAT]),
  /** Hash of `files` as JSON: a flipped bit in the list must not look like a damaged bar file. */
  sha256: SHA256,
  files: z.unknown(),
});

const FILES = z.record(z.string().regex(/^[A-Z][A-Z0-9.]{0,9}$/), LISTED);

/** The result of reading the manifest. */
export type ManifestReading =
  | { readonly kind: 'read'; readonly manifest: Manifest }
  /** The content of the list is unreliable. */
  | { readonly kind: 'damaged'; readonly reason: string }
  /** A newer version wrote it, or the system cannot read it: the folder must be left alone. */
  | { readonly kind: 'newer' | 'unread'; readonly reason: string };

/** Returns the manifest's file content: JSON in UTF-8, tickers in order, with a hash over them. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  const files = Object.fromEntries([...manifest].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const document = { format: formatOf(manifest), sha256: sha256(JSON.stringify(files)), files };
  return new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`);
}

function formatOf(manifest: Manifest): number {
  const isImport = ({ now, next }: Listed): boolean => Boolean(now?.imported ?? next?.imported);
  return [...manifest.values()].some(isImport) ? FORMAT : WITHOUT_IMPORTS;
}

/** A missing file is an empty list. */
export function readManifest(bytes: Uint8Array | undefined): ManifestReading {
  if (bytes === undefined) return { kind: 'read', manifest: new Map() };
  const found = jsonOf(bytes);
  const format = z.looseObject({ format: z.int() }).safeParse(found).data?.format;
  if (format !== undefined && format > FORMAT) {
    const reason = `${MANIFEST}: format ${format} is of a newer Rotor, this one reads ${FORMAT}`;
    return { kind: 'newer', reason };
  }
  const document = DOCUMENT.safeParse(found).data;
  if (!document) return damaged('is no list of files');
  if (sha256(JSON.stringify(document.files ?? null)) !== document.sha256) {
    return damaged('its hash is not the hash of its files');
  }
  const files = FILES.safeParse(document.files).data;
  if (!files) return damaged('an entry is not complete');
  const entries = Object.entries(files).map(([name, file]) => [ticker(name), file] as const);
  return { kind: 'read', manifest: new Map(entries) };
}

/** The state that has that hash, or undefined when neither does. */
export function entryWith(listed: Listed | undefined, hash: string): FileEntry | undefined {
  return [listed?.now, listed?.next].find((entry) => entry?.sha256 === hash);
}

/** Returns the SHA-256 of the bytes, or of the text in UTF-8, as 64 lower-case hexadecimal digits. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function damaged(reason: string): ManifestReading {
  return { kind: 'damaged', reason: `${MANIFEST}: ${reason}` };
}

/** Undefined for invalid JSON, which no schema of a list accepts. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
